"""On a slow network, people see their name and their apps within four seconds."""

from collections.abc import Callable

from playwright.sync_api import Browser

from tests.support.browser import Window
from tests.support.slow_network import check_first_view, load_home


def test_home_on_a_slow_network(browser: Browser, open_window: Callable[..., Window], report) -> None:
    window = open_window()
    window.take_session("student")
    cookies = window.page.context.cookies()
    report(check_first_view(lambda network: load_home(browser, window.url, cookies, network=network)))
