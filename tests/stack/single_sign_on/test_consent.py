"""Another site cannot press the button of the page of consent, neither in a hidden frame nor by a form of its own."""

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.stack.single_sign_on.relying_party import AUTHORIZE, RelyingParty
from tests.support.browser import FORBIDDEN, WIDE, Window, running_browser
from tests.support.browser_over_tls import trusting
from tests.support.compose import Stack
from tests.support.single_sign_on import hidden_fields
from tests.support.visitor import FORM, Visitor

# A page of the attacker's may send requests to the portal, although that is on this machine.
LOCAL_PORTAL = "--disable-features=LocalNetworkAccessChecks"
SCOPE = "openid profile"
CONSENT = "Sign in at another site"


@pytest.fixture
def not_allowed(client: Callable[[str], RelyingParty], reader: Visitor) -> Iterator[RelyingParty]:
    """A client that the person has not allowed, also not by the end of the test."""
    yield client("Not allowed")
    assert "Not allowed" not in {one["name"] for one in reader.get("/api/single_sign_on/connections/").json()}


@pytest.fixture
def attacker(stack: Stack) -> str:
    """The origin of a site whose domain is below the portal's, so that browsers send the portal's cookies from it."""
    return f"https://evil.{stack.domains['internet']}"


@pytest.fixture(scope="module")
def browser(chromium: str, stack: Stack) -> Iterator[Browser]:
    with running_browser(chromium, *trusting(stack), LOCAL_PORTAL) as browser:
        yield browser


@pytest.fixture
def window(browser: Browser, stack: Stack, reader: Visitor) -> Iterator[Window]:
    """A window in which the person has signed in."""
    url = stack.origin("internet")
    context = browser.new_context(viewport=WIDE)
    context.add_cookies([{"name": name, "value": value, "url": url} for name, value in reader.cookies.items()])
    yield Window(context.new_page(), url=url, folder=stack.portal)
    context.close()


def serve(page: Page, origin: str, html: str) -> None:
    """Answer in place of the attacker's site, of which there is only the name."""
    page.route(f"{origin}/**", lambda route: route.fulfill(body=html, content_type="text/html"))


def test_no_site_can_frame_the_page(window: Window, not_allowed: RelyingParty, attacker: str) -> None:
    page, path = window.page, not_allowed.path(scope=SCOPE)
    window.open(path)
    window.wait_for_heading(CONSENT)  # the frame below asks for the same, with the same cookies
    frame = f'<iframe src="{window.url}{path.replace("&", "&amp;")}" style="opacity: 0; width: 900px; height: 700px">'
    serve(page, attacker, f"<h1>Win a bicycle</h1>{frame}</iframe>")
    page.goto(attacker)
    window.expect_problems("frame-ancestors 'none'")
    (framed,) = page.main_frame.child_frames
    expect(framed.get_by_role("button", name="Allow")).to_have_count(0)
    assert framed.url.startswith("chrome-error:")


def test_no_site_can_send_the_form(window: Window, reader: Visitor, not_allowed: RelyingParty, attacker: str) -> None:
    """Not even with what the person's own page has signed, which no other site can read."""
    signed = hidden_fields(not_allowed.authorize(reader, scope=SCOPE))
    fields = {name: signed[name] for name in ("request", "page")} | {"action": "grant"}
    inputs = "".join(f'<input type="hidden" name="{name}" value="{value}">' for name, value in fields.items())
    serve(window.page, attacker, f'<form method="post" action="{window.url}{AUTHORIZE}">{inputs}<button>Win</button>')
    window.page.goto(attacker)
    with window.page.expect_response(f"**{AUTHORIZE}") as response:
        window.page.get_by_role("button", name="Win").click()
    assert response.value.status == 403
    window.expect_problems(FORBIDDEN)


def test_the_form_needs_the_origin_of_the_portal(reader: Visitor, not_allowed: RelyingParty, attacker: str) -> None:
    page = not_allowed.authorize(reader, scope=SCOPE)
    assert page.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    form = urlencode({**hidden_fields(page), "action": "grant"})
    for origin in (attacker, "https://evil.example", "null"):
        headers = reader.page_headers(FORM) | {"Origin": origin}
        assert reader.request("POST", AUTHORIZE, body=form, headers=headers).status == 403, origin
