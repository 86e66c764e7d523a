"""Pages explain bad answers of the API, and stay in shape with unusual names, pictures and clocks."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.test_shell import an_app, with_portal
from tests.support.browser import NARROW, NOT_FOUND, WIDE, Window
from tests.support.checkout import REPOSITORY
from tests.support.pictures import png

SHOTS = REPOSITORY / "var" / "screenshots"
HTML = "<!doctype html><title>Network</title><h1>Sign in to the network</h1>"
PROBLEM = "application/problem+json"
REQUEST_ID = "0123456789abcdef"

# A page that waits 30 seconds for an answer waits for one here.
SHORT_TIMEOUT = """
const timeout = AbortSignal.timeout.bind(AbortSignal)
AbortSignal.timeout = (milliseconds) => timeout(milliseconds === 30000 ? 1000 : milliseconds)
"""


class Bad(NamedTuple):
    """An answer that a page cannot use: what the API sends, what the page says, and what the browser's console says."""

    answer: dict | None  # None: no answer
    says: str
    console: str = ""


BAD = {
    "500": Bad(
        {"status": 500, "content_type": "text/html", "body": HTML, "headers": {"X-Request-ID": REQUEST_ID}},
        "The portal has a problem",
        "status of 500",
    ),
    "429": Bad(
        {
            "status": 429,
            "content_type": PROBLEM,
            "headers": {"Retry-After": "120"},
            "body": '{"type": "about:blank", "status": 429, "detail": "Too many requests."}',
        },
        "Too many requests. Try again in 2 minutes.",
        "status of 429",
    ),
    "HTML": Bad({"status": 200, "content_type": "text/html", "body": HTML}, "Does your network have a sign-in page?"),
    "nothing": Bad(
        {"status": 200, "content_type": "application/json", "body": ""}, "The answer is not from the portal"
    ),
    "after 30 s": Bad(None, "The portal did not answer in time"),
}

# Path, the request that the page cannot do without, who reads it, and what is there once it is answered.
PAGES = {
    "home": ("/", "**/api/portal/attention/", "student", "All notifications"),
    "people": ("/people", re.compile(r"/api/people/\?"), "student", "Anjali Deshpande"),
    "profile": ("/people/1", "**/api/people/1/", "student", "Contact"),
    "privacy": ("/people/me", "**/api/people/me/", "student", "How others see you"),
    "polls": ("/polls", re.compile(r"/api/polls/\?"), "student", "robotics lab"),
    "poll": ("/polls/1", "**/api/polls/1/", "student", "Votes so far"),
    "notifications": ("/notifications", re.compile(r"/api/notifications/\?"), "student", "Mark all as read"),
    "announcements": ("/announcements", re.compile(r"/api/announcements/(\?|$)"), "student", "Welcome to the new term"),
    "security": ("/account/security", "**/auth/sessions", "student", "This device"),
    "overview": ("/overview", "**/api/overview/", "maintainer", "Tier I"),
    "manage-people": ("/manage-people", re.compile(r"/api/people/manage/(\?|$)"), "maintainer", "Anjali Deshpande"),
}


def keep_picture(page: Page, name: str) -> None:
    """Keep the page for the contact sheet, at 1280 pixels in light and at 390 in dark."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    for viewport, scheme in ((WIDE, "light"), (NARROW, "dark")):
        page.set_viewport_size(viewport)
        page.emulate_media(color_scheme=scheme)
        file = SHOTS / f"bad-{name.replace(' ', '-')}-{viewport['width']}-{scheme}.jpg"
        page.screenshot(path=file, type="jpeg", quality=60)


def check_shape(window: Window, name: str) -> None:
    keep_picture(window.page, name)
    for viewport in (NARROW, WIDE):
        window.page.set_viewport_size(viewport)
        assert window.overflow() <= 0, f"{name}, {viewport['width']} pixels"


def answer_badly(page: Page, pattern: str | re.Pattern[str], bad: Bad) -> None:
    if bad.answer is None:
        page.route(pattern, lambda route: None)
    else:
        page.route(pattern, lambda route: route.fulfill(**bad.answer))


def alert_of(page: Page) -> Locator:
    return page.get_by_role("main").get_by_role("alert").first


# One place explains all bad answers, so not every page gets all of them.
CASES = [(name, "500") for name in PAGES] + [
    (name, kind) for name in ("home", "people") for kind in BAD if kind != "500"
]


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_a_page_explains_a_bad_answer_and_goes_on_after_it(open_window: Callable[..., Window], name: str, kind: str):
    path, pattern, account, content = PAGES[name]
    bad = BAD[kind]
    window = open_window()
    page = window.page
    page.add_init_script(SHORT_TIMEOUT)
    window.take_session(account)
    answer_badly(page, pattern, bad)
    window.open(path)
    expect(alert_of(page)).to_contain_text(bad.says)
    if kind == "500":
        expect(alert_of(page)).to_contain_text(REQUEST_ID)
    crumbs = page.get_by_role("navigation", name="Breadcrumbs").get_by_role("listitem").all_inner_texts()
    assert len(set(crumbs)) == len(crumbs)
    check_shape(window, f"{name}-{kind}")
    page.unroute(pattern)
    alert_of(page).get_by_role("button", name="Try again").press("Enter")
    page.get_by_role("main").get_by_text(content).first.wait_for()
    if bad.console:
        window.expect_problems(bad.console)


@pytest.mark.parametrize("kind", BAD)
def test_the_portal_itself_without_an_answer_says_so_and_comes_back(open_window: Callable[..., Window], kind: str):
    window = open_window()
    page = window.page
    page.add_init_script(SHORT_TIMEOUT)
    answer_badly(page, "**/api/portal/", BAD[kind])
    window.open("/")
    window.wait_for_heading("The portal cannot be reached")
    if kind in ("HTML", "nothing"):
        page.get_by_text("Does your network have a sign-in page?").wait_for()
    check_shape(window, f"portal-{kind}")
    page.unroute("**/api/portal/")
    page.get_by_role("banner").get_by_role("link", name="Sign in").wait_for()
    if BAD[kind].console:
        window.expect_problems(BAD[kind].console)


# Path, who asks for it, and the heading of the answer.
MISSING = {
    "app": ("/no-such-app", "student", "Page not found"),
    "poll": ("/polls/999999", "student", "Poll not found"),
    "no poll": ("/polls/first", "student", "Poll not found"),
    "person": ("/people/999999", "student", "Profile not found"),
    "announcement": ("/announcements/999999", "student", "Announcement not found"),
    "managed person": ("/manage-people/999999", "maintainer", "Person not found"),
    "tab": ("/account/no-such-tab", "student", "Page not found"),
}


@pytest.mark.parametrize("name", MISSING)
def test_a_link_to_what_is_not_there_leads_on_and_offers_nothing_that_cannot_help(
    open_window: Callable[..., Window], name: str
):
    path, account, heading = MISSING[name]
    window = open_window().sign_in(account)
    page = window.open(path)
    window.wait_for_heading(heading)
    expect(page.get_by_role("main").get_by_role("link").last).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_have_count(0)
    check_shape(window, f"missing-{name}")
    window.problems = [problem for problem in window.problems if NOT_FOUND not in problem]


@pytest.mark.parametrize("hours", [1, -1], ids=["fast", "slow"])
def test_a_clock_that_is_an_hour_off_changes_no_time_on_the_page(open_window: Callable[..., Window], hours: int):
    window = open_window().sign_in("student")
    page = window.page
    happened, due = datetime.now(UTC) - timedelta(minutes=20), datetime.now(UTC) + timedelta(hours=3, minutes=30)
    page.route("**/api/portal/attention/", lambda route: route.fulfill(json=attention(happened, due)))
    page.clock.install(time=datetime.now(UTC) + timedelta(hours=hours))
    window.open("/")
    card = page.get_by_role("region", name=re.compile("^Needs attention"))
    expect(card).to_contain_text(re.compile("2[0-2] minutes ago"))
    expect(card).to_contain_text("in 3 hours")


def attention(happened: datetime, due: datetime) -> dict:
    item = {"app": "polls", "app_title": "Polls", "app_icon": "chart", "source": "polls", "detail": "", "action": ""}
    items = [
        {**item, "key": "1", "title": "It happened", "link": "/polls/1", "at": happened.isoformat()},
        {**item, "key": "2", "title": "It is due", "link": "/polls/2", "at": due.isoformat()},
    ]
    return {"items": items, "more": [], "incomplete": []}


LONG_NAME = "ꧽW" * 100


def with_long_names(route: Route) -> None:
    """Give everybody in an answer a name of 200 wide characters."""
    response = route.fetch()
    text = re.sub(r'"display_name":\s*"[^"]*"', f'"display_name": "{LONG_NAME}"', response.text())
    route.fulfill(response=response, body=re.sub(r'"author":\s*"[^"]*"', f'"author": "{LONG_NAME}"', text))


@pytest.mark.parametrize("path", ["/", "/people", "/people/1", "/people/me", "/account/profile", "/manage-people"])
def test_a_name_of_200_wide_characters_fits(open_window: Callable[..., Window], path: str):
    window = open_window()
    page = window.page
    page.route(re.compile("/api/(portal|people|polls)/"), with_long_names)
    window.take_session("maintainer")
    window.open(path).get_by_role("main").get_by_text(LONG_NAME).first.wait_for()
    page.wait_for_load_state("networkidle")
    check_shape(window, f"long-name{path.replace('/', '-')}")
    for crumbs in page.get_by_role("navigation", name="Breadcrumbs").all():
        assert crumbs.bounding_box()["height"] < 40, "they stay in one line"


@pytest.mark.parametrize("number", [0, 1, 300])
def test_a_phone_shows_any_number_of_apps_and_a_title_of_one_letter(open_window: Callable[..., Window], number: int):
    window = open_window(viewport=NARROW)
    page = window.page
    apps = [an_app(index, title="A" if index == 0 else f"App {index}") for index in range(number)]
    with_portal(page, apps=apps, pinned=[], recent=[])
    window.sign_in("student")
    expect(page.get_by_role("main").get_by_role("link", name=re.compile("^(A|App .*)$"))).to_have_count(number)
    check_shape(window, f"{number} apps")
    page.set_viewport_size(NARROW)
    page.get_by_role("button", name="Menu", exact=True).press("Enter")
    drawer = page.get_by_role("dialog", name="Menu")
    drawer.get_by_role("link", name="Home").wait_for()
    assert window.overflow() <= 0


def test_a_photo_of_40_megapixels_is_cropped_and_used(open_window: Callable[..., Window], manage):
    window = open_window(viewport=NARROW).sign_in("guest", then="/account/profile")
    page = window.page
    page.get_by_role("button", name="Choose photo").click()
    large = {"name": "large.png", "mimeType": "image/png", "buffer": png(8000, 5000, (30, 120, 90))}
    page.get_by_label("Picture file").set_input_files(large)
    page.get_by_role("slider", name="Zoom").wait_for()
    check_shape(window, "photo")
    page.get_by_role("button", name="Use this photo").click()
    page.get_by_text("Your photo is changed.").wait_for()
    page.get_by_role("button", name="Remove photo").click()
    page.get_by_text("You have no photo yet.").wait_for()
