"""A maintainer adds a client, a person signs in at it with their account, and takes back what they allowed."""

import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, Route, expect

from tests.support.browser import BAD_REQUEST, NARROW, NARROWEST, WIDE, Window
from tests.support.pictures import png

WIKI = "https://wiki.example.edu"
CALLBACK = f"{WIKI}/callback"
LOGO = {"name": "logo.png", "mimeType": "image/png", "buffer": png(200, 200, (200, 30, 30))}

# An authorization request, and the challenge of RFC 7636, appendix B.
REQUEST = {
    "redirect_uri": CALLBACK,
    "response_type": "code",
    "scope": "openid profile email",
    "state": "a-state",
    "nonce": "a-nonce",
    "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    "code_challenge_method": "S256",
}


def authorize_path(client_id: str, **more: str) -> str:
    return f"/identity/authorize?{urlencode({'client_id': client_id, **REQUEST, **more})}"


def device_code(url: str, client_id: str) -> str:
    """Begin a sign-in on a device, and return the code that it shows."""
    fields = urlencode({"client_id": client_id, "scope": "openid profile email"}).encode()
    with urlopen(f"{url}/identity/api/device", fields, timeout=10) as answer:
        return json.load(answer)["user_code"]


def serve_the_wiki(page: Page) -> None:
    """Answer in place of the other site, of which there is only the name."""

    def answer(route: Route) -> None:
        route.fulfill(body="<title>Wiki</title><h1>Welcome to the wiki</h1>", content_type="text/html")

    page.route(f"{WIKI}/**", answer)


@pytest.fixture
def add_client(manage: Callable[..., str]) -> Iterator[Callable[..., str]]:
    """`add_client(name, ...)` adds a client with the command `client`, and returns its id. The test removes it."""
    added: list[str] = []

    def add(name: str, *arguments: str) -> str:
        printed = manage("client", "create", name, *arguments)
        added.append(re.findall(r"client_id +(\S+)", printed)[0])
        return added[-1]

    yield add
    for client_id in added:
        manage("client", "remove", client_id)


def test_a_client_that_a_maintainer_adds_signs_a_person_in_until_they_revoke_it(open_window):
    window = open_window(viewport=NARROW, color_scheme="dark").sign_in("maintainer", then="/manage-clients/new")
    page = window.page
    expect(page.get_by_label("Kind")).to_be_focused()
    page.get_by_label("Name", exact=True).fill("Wiki of <b>all</b>")
    uris = page.get_by_label("Redirect URIs", exact=True)
    uris.fill("http://wiki.example.edu/callback")
    page.get_by_label("See your name and your username").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Space")
    page.get_by_role("button", name="Add the client").focus()
    page.keyboard.press("Enter")
    expect(uris).to_be_focused()
    expect(uris).to_have_accessible_description(re.compile("cannot be a redirect URI"))
    window.expect_problems(BAD_REQUEST)
    window.check_accessibility()
    uris.fill(CALLBACK)
    page.get_by_role("button", name="Add the client").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="The secret of Wiki of <b>all</b>")
    dialog.wait_for()
    issuer, client_id, secret = dialog.locator("code").all_inner_texts()
    assert (issuer, len(secret) >= 43) == (window.url, True)
    window.check_accessibility()
    page.keyboard.press("Escape")
    window.wait_for_heading("Wiki of <b>all</b>")
    assert secret not in page.content()
    window.check_accessibility()
    page.get_by_label("Picture").set_input_files(LOGO)
    page.get_by_text("The logo is saved.").wait_for()
    expect(page.get_by_role("img", name="Logo")).to_be_visible()
    page.set_viewport_size(NARROWEST)
    assert window.overflow() == 0

    other = open_window()
    student = other.page
    serve_the_wiki(student)
    other.open(authorize_path(client_id, login_hint="student"))
    expect(student.get_by_label("Username or email")).to_have_value("student")
    expect(student.get_by_label("Password", exact=True)).to_be_focused()
    student.keyboard.type("welcome-student")
    student.keyboard.press("Enter")
    other.wait_for_heading("Sign in at another site")
    expect(student.get_by_text("See your email address")).to_be_visible()
    assert student.locator("main img").evaluate("image => image.naturalWidth") == 96
    other.check_accessibility()
    student.get_by_role("button", name="Allow").focus()
    student.keyboard.press("Enter")
    student.get_by_role("heading", name="Welcome to the wiki").wait_for()
    answer = parse_qs(urlsplit(student.url).query)
    assert (answer["state"], answer["iss"], len(answer["code"])) == (["a-state"], [window.url], 1)

    # A person who goes back to the sign-in page continues as well.
    student.goto(f"{window.url}/sign-in?{urlencode({'next': authorize_path(client_id)})}")
    student.get_by_role("heading", name="Welcome to the wiki").wait_for()

    other.open("/account/security")
    sites = student.get_by_role("region", name="Sites that you use")
    expect(sites.get_by_text("Recognize you when you come again")).to_be_visible()
    activity = student.get_by_role("region", name="Recent activity")
    expect(activity.get_by_text("Signed in at Wiki of <b>all</b> for the first time").first).to_be_visible()
    other.check_accessibility()
    sites.get_by_role("button", name="Revoke Wiki of <b>all</b>").click()
    student.get_by_role("alertdialog").get_by_role("button", name="Revoke").click()
    sites.get_by_text("You have not signed in at another site with this account.").wait_for()

    page.reload()
    expect(page.get_by_role("region", name="Sign-ins").get_by_text("student")).to_have_count(2)
    page.get_by_role("button", name="Remove the client").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
    page.get_by_text("No other site signs people in with this portal yet").wait_for()
    other.open(authorize_path(client_id))
    other.expect_problems(BAD_REQUEST)


def test_the_page_is_offered_to_maintainers_only(open_window):
    maintainer = open_window().sign_in("maintainer")
    link = maintainer.page.get_by_role("navigation").get_by_role("link", name="Single sign-on")
    expect(link.first).to_have_attribute("href", "/manage-clients")
    student = open_window().sign_in("student")
    expect(student.page.get_by_role("link", name="Single sign-on")).to_have_count(0)


@pytest.mark.parametrize(
    ("viewport", "scheme"), [(WIDE, "light"), (NARROWEST, "dark")], ids=["wide-light", "narrowest-dark"]
)
def test_the_pages_of_the_provider_are_accessible(open_window, add_client, viewport, scheme):
    scopes = ["--scope", "openid", "--scope", "roles"]
    client_id = add_client("Library catalogue", "--redirect-uri", CALLBACK, *scopes)
    device = add_client("Command line", "--kind", "native")
    window: Window = open_window(viewport=viewport, color_scheme=scheme).sign_in("student")
    pages = {
        authorize_path(client_id, scope="openid roles"): "Sign in at another site",
        authorize_path(client_id, scope="openid roles", prompt="login"): "Sign in again",
        "/identity/device": "Sign in on a device",
        "/identity/device?code=wrong": "Sign in on a device",
        f"/identity/device?code={device_code(window.url, device)}": "Sign in on a device",
        "/identity/logout": "Sign out",
    }
    for path, heading in pages.items():
        window.open(path)
        window.wait_for_heading(heading)
        window.check_accessibility()
        assert window.overflow() == 0, path
    window.open(authorize_path("nothing"))
    window.check_accessibility()
    assert window.overflow() == 0
    window.expect_problems(BAD_REQUEST)
