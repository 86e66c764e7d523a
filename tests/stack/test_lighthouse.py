"""Lighthouse finds nothing to improve on the home page of the internet site, on a phone and on a desktop."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.browser import OPTIONS
from tests.support.browser_over_tls import trusting
from tests.support.checkout import REPOSITORY
from tests.support.compose import Stack
from tests.support.lighthouse import FORMS, Lighthouse, lost, scores

# The points for speed depend on what else the machine does, so they are only reported.
PROMISED = ["accessibility", "best-practices", "seo"]


@pytest.fixture(scope="module")
def lighthouse(portal: Path) -> Lighthouse:
    return Lighthouse(REPOSITORY / "var" / "lighthouse", portal)


@pytest.mark.parametrize("form", FORMS)
def test_the_home_page_for_everyone(
    lighthouse: Lighthouse, chromium: str, stack: Stack, form: str, report: Callable[[str], None]
) -> None:
    url = f"{stack.origin('internet')}/"
    found = lighthouse.report(url, *FORMS[form], chromium=chromium, flags=[*OPTIONS, *trusting(stack)])
    points = scores(found)
    report(f"Lighthouse, {form}: {points}; not perfect in performance: {lost(found, 'performance')}")
    assert {name: lost(found, name) for name in PROMISED if points[name] < 100} == {}
