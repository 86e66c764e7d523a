"""Passkeys, with the virtual authenticator of Chromium."""

import pytest
from playwright.sync_api import expect

from tests.support.browser import BAD_REQUEST, UNAUTHORIZED, Window
from tests.support.passkeys import add_authenticator


@pytest.fixture
def window(open_window, served) -> Window:
    """A window at `localhost`: browsers make no passkeys for an IP address."""
    window = open_window()
    window.url = served.url.replace("127.0.0.1", "localhost")
    add_authenticator(window)
    return window


def test_a_passkey_is_added_signs_in_confirms_and_is_removed(window):
    page = window.page
    window.open("/sign-in?next=/account/security")
    window.submit_sign_in("guest", "welcome-guest")
    window.wait_for_heading("Account")
    passkeys = page.get_by_role("region", name="Passkeys")
    passkeys.get_by_role("button", name="Add a passkey").click()
    dialog = page.get_by_role("dialog", name="Confirm your password")
    dialog.get_by_label("Your password").fill("welcome-guest")
    page.keyboard.press("Enter")
    page.get_by_label("Name of the passkey").fill("Blue key")
    assert window.axe_violations() == []
    page.get_by_role("button", name="Continue").click()
    passkeys.get_by_text("Blue key", exact=True).first.wait_for()
    page.get_by_text("Your passkey is added. Save your recovery codes now.").wait_for()
    window.check_accessibility()

    page.context.clear_cookies()
    window.open("/sign-in?next=/account/security")
    expect(page.get_by_label("Username or email")).to_be_focused()
    page.get_by_role("button", name="Sign in with a passkey").click()
    window.wait_for_heading("Account")

    page.context.clear_cookies()  # the password alone is not enough any more
    window.open("/sign-in?next=/account/security")
    window.submit_sign_in("guest", "welcome-guest")
    window.wait_for_heading("Enter your code")
    assert window.axe_violations() == []
    page.get_by_role("button", name="Use a passkey").click()
    window.wait_for_heading("Account")

    passkeys.get_by_role("button", name="Remove Blue key").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Remove").click()
    confirmation = page.get_by_role("dialog", name="Confirm your password")
    gone = passkeys.get_by_text("You have no passkeys yet.")
    confirmation.or_(gone).first.wait_for()
    if confirmation.is_visible():
        confirmation.get_by_role("button", name="Use a passkey").click()
    gone.wait_for()
    window.expect_problems(f"{UNAUTHORIZED}|{BAD_REQUEST}")


def test_passkeys_are_hidden_at_an_ip_address(open_window):
    page = open_window().open("/sign-in")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_have_count(0)
