"""Signing in with the institute's own account, at a small provider on this machine."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Served, configure, copy_served, serving
from tests.browser.test_tabs import type_and_lose_the_session
from tests.support.network import HOST, free_port

BUTTON = "Sign in with Example Institute"
CLAIMS = '{"sub": "7", "email": "tara@example.edu", "email_verified": true, "name": "Tara Bose"}'
SIGN_IN = """institute_sign_in:
  name: Example Institute
  issuer: {issuer}
  client_id: portal
  create: true
"""


@pytest.fixture(scope="module")
def connected(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The same build in another portal, whose people sign in at a provider. There, everyone is Tara."""
    installation = copy_served(served, tmp_path_factory.mktemp("institute"))
    provider_port = free_port()
    issuer = f"http://{HOST}:{provider_port}"
    configure(installation.folder, "sign_up: false\n", f"sign_up: false\n{SIGN_IN.format(issuer=issuer)}")
    environment = installation.folder / ".env"
    with environment.open("a") as file:
        file.write('\nINSTITUTE_SIGN_IN_SECRET="the secret of the client"\n')
    provider = ("-m", "core.testing.openid_provider", "--port", str(provider_port), "--claims", CLAIMS)
    with installation.running("python", *provider) as process:
        process.wait_until_it_prints(issuer, seconds=60)
        with serving(installation) as portal:
            yield portal


def test_a_person_signs_in_and_returns_to_the_page_that_they_wanted(connected, open_window):
    window = open_window(connected)
    page = window.open("/sign-in?next=/account/security")
    page.get_by_role("button", name=BUTTON).wait_for()
    window.check_accessibility()
    page.get_by_role("button", name=BUTTON).click()
    page.get_by_role("link", name="Continue as Tara Bose").click()
    page.wait_for_url("**/account/security")
    page.get_by_role("button", name="Signed in as Tara Bose").wait_for()


def test_a_person_who_cancels_sees_what_to_do(connected, open_window):
    window = open_window(connected)
    page = window.open("/sign-in?next=/people")
    page.get_by_role("button", name=BUTTON).click()
    page.get_by_role("link", name="Cancel").click()
    page.get_by_text("Example Institute did not sign you in").wait_for()
    window.check_accessibility()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are not signed in")
    page.get_by_role("button", name="Try again").click()
    page.get_by_role("link", name="Continue as Tara Bose").click()
    page.wait_for_url("**/people")
    page.get_by_role("button", name="Signed in as Tara Bose").wait_for()


def test_a_person_whose_session_ended_signs_in_again_in_another_tab_and_loses_nothing(connected, open_window):
    window = open_window(connected)
    page = window.open("/sign-in?next=/account/security")
    page.get_by_role("button", name=BUTTON).click()
    page.get_by_role("link", name="Continue as Tara Bose").click()
    page.wait_for_url("**/account/security")
    type_and_lose_the_session(window)
    dialog = page.get_by_role("dialog", name="Sign in again")
    with page.context.expect_page() as opened:
        dialog.get_by_role("link", name=re.compile(BUTTON)).click()
    tab = opened.value
    tab.get_by_role("link", name="Continue as Tara Bose").click()
    tab.get_by_text("Close this tab, and continue in the other one.").wait_for()
    dialog.wait_for(state="detached")
    expect(page.get_by_label("New email")).to_have_value("half-typed@example.edu")
