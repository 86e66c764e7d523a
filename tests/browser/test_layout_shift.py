"""Pages stay still while they load, in whichever order the answers of the API arrive, and on a slow machine.

`make test` checks the main pages on a phone, and `make test-all` every page at both widths.
"""

from collections.abc import Callable

import pytest

from tests.support.browser import ANSWER_ONE_BY_ONE, MEASURE_SHIFT, NARROW, WIDE, Window, wait_until_true
from tests.support.screens import MAIN, OTHERS, SIGNED_OUT

# The largest of the "good" layout shifts of Core Web Vitals: https://web.dev/articles/cls
MOST_SHIFT = 0.1

SCREENS = SIGNED_OUT | MAIN | OTHERS
CASES = [
    pytest.param(
        name,
        viewport,
        order,
        id=f"{name}-{viewport['width']}-{order}",
        marks=() if name in MAIN and viewport is NARROW and order == "latest first" else pytest.mark.long,
    )
    for name in SCREENS
    for viewport in (NARROW, WIDE)
    for order in ANSWER_ONE_BY_ONE
]


@pytest.mark.parametrize(("name", "viewport", "order"), CASES)
def test_a_page_stays_still_while_it_loads(
    open_window: Callable[..., Window], name: str, viewport: dict, order: str
) -> None:
    screen = SCREENS[name]
    window = open_window(viewport=viewport)
    if screen.account:
        window.take_session(screen.account)
    window.page.add_init_script(MEASURE_SHIFT)
    window.page.add_init_script(ANSWER_ONE_BY_ONE[order])
    window.open(screen.path)
    window.page.get_by_text(screen.content).first.wait_for()
    wait_until_true(window.page, "window.isComplete()")
    if screen.problem:
        window.expect_problems(screen.problem)
    moved = window.page.evaluate("window.shifts")
    assert window.page.evaluate("window.shift") <= MOST_SHIFT, moved
