"""Making an account, where the portal lets people make their own."""

import re

from playwright.sync_api import expect

from tests.browser.test_signing_in import NOT_NOW, REFUSED
from tests.support.browser import in_every_appearance
from tests.support.mail import wait_for_link


@in_every_appearance
def test_the_page_is_accessible_and_fits(open_window, served_with_sign_up, viewport, color_scheme):
    window = open_window(served_with_sign_up, viewport=viewport, color_scheme=color_scheme)
    page = window.open("/sign-in?next=/sample")
    window.check_accessibility()
    page.get_by_role("link", name="Make an account").click()
    page.get_by_label("Name to sign in with").wait_for()
    window.check_accessibility()
    page.get_by_label("Name to sign in with").fill("a b")
    page.get_by_label("E-mail").fill("someone@elsewhere.example")
    page.get_by_label("Password").fill("12345")
    page.get_by_role("button", name="Make the account").click()
    page.get_by_text("Use an email address at example.edu.").wait_for()
    window.check_accessibility()
    window.expect_problems(REFUSED)


def test_an_account_is_made_and_confirmed_by_mail(open_window, served_with_sign_up):
    window = open_window(served_with_sign_up)
    page = window.open("/sign-up")
    page.get_by_label("Name to sign in with").fill("dev")
    page.get_by_label("Your name").fill("Dev Das")
    page.get_by_label("E-mail").fill("dev@example.org")
    page.get_by_label("Password").fill("four words of one sample")
    page.keyboard.press("Enter")
    expect(page.get_by_label("E-mail")).to_be_focused()
    expect(page.get_by_label("E-mail")).to_have_accessible_description(re.compile("Use an email address at example.edu"))
    page.get_by_label("E-mail").fill("dev@example.edu")
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_focused()
    assert window.axe_violations() == []
    window.open(wait_for_link(window.folder, "dev@example.edu", r"/account/email/confirm/\S+"))
    page.get_by_role("button", name="Yes, use it").click()
    window.wait_for_heading("Confirmed")
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    page.get_by_label("Name or e-mail").wait_for()
    window.sign_in("dev", password="four words of one sample")
    page.get_by_role("button", name="Signed in as Dev Das").wait_for()
    window.expect_problems(f"{REFUSED}|{NOT_NOW}")
