"""Making an account, where the portal lets people make their own."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import in_every_appearance
from tests.browser.test_signing_in import NOT_NOW, REFUSED, check, link_in_mail


@in_every_appearance
def test_the_page_is_accessible_and_fits(visit, served_with_sign_up, viewport, color_scheme):
    one = visit(served_with_sign_up, viewport=viewport, color_scheme=color_scheme)
    page = one.open("/sign-in?next=/sample")
    check(one)
    page.get_by_role("link", name="Make an account").click()
    page.get_by_label("Name to sign in with").wait_for()
    check(one)
    page.get_by_label("Name to sign in with").fill("a b")
    page.get_by_label("E-mail").fill("someone@elsewhere.example")
    page.get_by_label("Password").fill("12345")
    page.get_by_role("button", name="Make the account").click()
    page.get_by_text("Only addresses at example.edu may sign up.").wait_for()
    check(one)
    one.expects(REFUSED)


def test_an_account_is_made_and_confirmed_by_mail(visit, sign_in, served_with_sign_up):
    one = visit(served_with_sign_up)
    page = one.open("/sign-up")
    page.get_by_label("Name to sign in with").fill("dev")
    page.get_by_label("Your name").fill("Dev Das")
    page.get_by_label("E-mail").fill("dev@example.org")
    page.get_by_label("Password").fill("four words of one sample")
    page.keyboard.press("Enter")
    expect(page.get_by_label("E-mail")).to_be_focused()
    expect(page.get_by_label("E-mail")).to_have_accessible_description(re.compile("Only addresses at example.edu"))
    page.get_by_label("E-mail").fill("dev@example.edu")
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("heading", name="Look into your mail")).to_be_focused()
    assert one.axe() == []
    one.open(link_in_mail(one.served.folder, "dev@example.edu", r"/account/email/confirm/\S+"))
    page.get_by_role("button", name="Yes, use it").click()
    one.heading("Confirmed")
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    page.get_by_label("Name or e-mail").wait_for()
    sign_in(one, "dev", password="four words of one sample")
    page.get_by_role("button", name="Signed in as Dev Das").wait_for()
    one.expects(f"{REFUSED}|{NOT_NOW}")
