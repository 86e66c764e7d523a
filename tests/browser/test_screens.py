"""Every screen is accessible, fits and breaks no policy, in both schemes and at all widths.

`make test` checks the main screens in two appearances, and `make test-all` every screen in all of them. The pictures
are in var/screenshots/ of the template.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from tests.browser.conftest import Served
from tests.support.browser import NARROW, NARROWEST, WIDE, Appearance, Window
from tests.support.checkout import REPOSITORY
from tests.support.screens import MAIN, OPEN, OTHERS, SIGNED_OUT, Screen

WIDEST = {"width": 1920, "height": 1080}
SHOTS = REPOSITORY / "var" / "screenshots"

# (window, scheme). The main screens are checked in the first ones at each change.
FIRST = [(NARROWEST, "dark"), (WIDE, "light")]
FURTHER = [(NARROWEST, "light"), (WIDE, "dark"), (NARROW, "light")]

LARGE_TEXT = "document.documentElement.style.fontSize = '200%'"


NOTIFY = """
from core.people.models import Person
from services.notifications import notify
notify("polls.closed", to=Person.objects.get(username="student"), params={"question": "Tea?"}, link="/polls/1")
"""


@pytest.fixture(scope="module", autouse=True)
def notification(served: Served) -> None:
    """Notify the account of most screens. The tests of notifications have emptied its inbox."""
    served.installation.manage("shell", "--command", NOTIFY)


@pytest.fixture
def show(open_window: Callable[..., Window]) -> Callable[..., Window]:
    """`show(screen)` opens it as the person who sees most of it, and waits until it is complete."""

    def show(screen: Screen, *, account: str | None = None, viewport: dict = WIDE, **options: object) -> Window:
        window = open_window(viewport=viewport, **options)
        if account := account or screen.account:
            window.take_session(account)
        window.open(screen.path)
        if screen.content:
            window.page.get_by_text(screen.content).first.wait_for()
        window.page.wait_for_load_state("networkidle")
        if screen.problem:
            window.expect_problems(screen.problem)
        return window

    return show


def check(window: Window, appearances: list[Appearance]) -> None:
    """Check the screen that the window shows in each appearance. All faults are reported together."""
    faults = window.faults_in(appearances)
    if (headings := window.page.locator("h1:visible").count()) != 1:
        faults.append(f"{headings} headings of level 1")
    if outside := [url for url in window.requests if not url.startswith(("/", "data:", "blob:"))]:
        faults.append(f"requests to other hosts: {outside}")
    assert faults == []


SCREENS = SIGNED_OUT | MAIN | OTHERS


def in_parts(at_each_change: Iterable[str], others: Iterable[str] = ()) -> list:
    """Return the names of screens with their appearances, those of each change apart from the long ones."""
    return [
        *(pytest.param(name, FIRST, id=name) for name in at_each_change),
        *(pytest.param(name, FURTHER, id=f"{name}, further", marks=pytest.mark.long) for name in at_each_change),
        *(pytest.param(name, FIRST + FURTHER, id=name, marks=pytest.mark.long) for name in others),
    ]


@pytest.mark.parametrize(("name", "appearances"), in_parts([*MAIN, *SIGNED_OUT], OTHERS))
def test_a_screen(show: Callable[..., Window], name: str, appearances: list) -> None:
    window = show(SCREENS[name])
    if FIRST[0] in appearances:
        take_pictures(window, name)
    assert window.page.title()
    check(window, appearances)
    window.page.evaluate(LARGE_TEXT)
    for viewport in (NARROW, WIDE):
        window.page.set_viewport_size(viewport)
        assert window.overflow() <= 0, f"at 200 % text, {viewport['width']} pixels"


@pytest.mark.parametrize(("name", "appearances"), in_parts(OPEN))
def test_what_opens_above_a_screen(show: Callable[..., Window], name: str, appearances: list) -> None:
    screen = OPEN[name]
    appearances = [one for one in appearances if (screen.wide if one[0]["width"] > 700 else screen.narrow)]
    window = show(screen, viewport=appearances[0][0])
    screen.open(window.page)
    window.page.wait_for_load_state("networkidle")
    check(window, appearances)
    if appearances[0] == FIRST[0]:
        take_pictures(window, f"{name}, open", wide=screen.wide)


@pytest.mark.long
@pytest.mark.parametrize("name", MAIN)
def test_a_main_screen_in_hindi(show: Callable[..., Window], name: str) -> None:
    window = show(MAIN[name]._replace(content=""), locale="hi-IN")
    assert window.page.locator("html").get_attribute("lang") == "hi"
    check(window, FIRST)
    take_pictures(window, f"{name}, Hindi")


@pytest.mark.long
@pytest.mark.parametrize("name", MAIN)
def test_a_main_screen_as_a_maintainer(show: Callable[..., Window], name: str) -> None:
    check(show(MAIN[name]._replace(content=""), account="maintainer"), FIRST + FURTHER)


@pytest.mark.long
@pytest.mark.parametrize("name", MAIN)
def test_a_wide_window_is_used(show: Callable[..., Window], name: str) -> None:
    window = show(MAIN[name], viewport=WIDEST)
    used = window.page.evaluate(
        "Math.max(...[...document.querySelectorAll('main *')].map((one) => one.getBoundingClientRect().right))"
    )
    assert used > 0.85 * WIDEST["width"]


def take_pictures(window: Window, name: str, *, wide: bool = True) -> None:
    """Keep the screen at 1280 pixels in light and at 390 in dark."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    file = name.replace(", ", "-").replace(" ", "-")
    for viewport, scheme in [(WIDE, "light"), (NARROW, "dark")][0 if wide else 1 :]:
        window.appear((viewport, scheme))
        window.page.screenshot(path=SHOTS / f"{file}-{viewport['width']}-{scheme}.jpg", type="jpeg", quality=70)


@pytest.fixture(scope="module", autouse=True)
def contact_sheet(browser) -> Iterator[None]:
    """At the end, one page shows all pictures: var/screenshots/index.html."""
    yield
    pictures = sorted(path.name for path in SHOTS.glob("*.jpg"))
    figures = "\n".join(
        f'<figure><img src={json.dumps(name)} loading="lazy" alt=""><figcaption>{Path(name).stem}</figcaption></figure>'
        for name in pictures
    )
    style = "body{display:flex;flex-wrap:wrap;gap:1rem;font:14px sans-serif}img{block-size:24rem}figure{margin:0}"
    (SHOTS / "index.html").write_text(f"<!doctype html><title>Screens</title><style>{style}</style>\n{figures}\n")
