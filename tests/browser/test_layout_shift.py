"""Pages stay still while they load, in whichever order the answers of the API arrive, and on a slow machine."""

from collections.abc import Callable

import pytest

from tests.support.browser import ANSWER_ONE_BY_ONE, MEASURE_SHIFT, NARROW, WIDE, Window, wait_until_true
from tests.support.screens import MAIN, OTHERS, SIGNED_OUT

# The largest of the "good" layout shifts of Core Web Vitals: https://web.dev/articles/cls
MOST_SHIFT = 0.1

SCREENS = SIGNED_OUT | MAIN | OTHERS


@pytest.mark.parametrize("name", SCREENS)
def test_a_page_stays_still_while_it_loads(open_window: Callable[..., Window], name: str) -> None:
    screen = SCREENS[name]
    first = open_window()
    if screen.account:
        first.take_session(screen.account)
    session = first.page.context.storage_state()
    # They load beside each other, because they mostly wait.
    windows = {}
    for viewport in (NARROW, WIDE):
        for order, script in ANSWER_ONE_BY_ONE.items():
            window = windows[viewport["width"], order] = open_window(viewport=viewport, storage_state=session)
            window.page.add_init_script(MEASURE_SHIFT)
            window.page.add_init_script(script)
            window.page.goto(window.url + screen.path, wait_until="commit")
    faults = []
    for case, window in windows.items():
        window.page.get_by_text(screen.content).first.wait_for()
        wait_until_true(window.page, "window.isComplete()")
        if screen.problem:
            window.expect_problems(screen.problem)
        if window.page.evaluate("window.shift") > MOST_SHIFT:
            faults.append((case, window.page.evaluate("window.shifts")))
    assert faults == []
