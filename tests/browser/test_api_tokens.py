"""A person makes an API token in the browser, a script uses it, and it stops when it is revoked."""

import os
import re
import subprocess
import sys

from playwright.sync_api import expect

from tests.support.browser import UNAUTHORIZED

PAGE = "docs/how-to/use-the-api-from-a-script.md"


def run_script(portal, url: str, token: str) -> subprocess.CompletedProcess[str]:
    """Run the script of the page in the portal's documentation."""
    (script,) = re.findall(r"```python\n(import json.*?)```", (portal / PAGE).read_text(), re.DOTALL)
    environment = {**os.environ, "PORTAL": url, "TOKEN": token}
    command = [sys.executable, "-c", script]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_a_token_made_in_the_browser_serves_a_script_until_it_is_revoked(open_window, served):
    portal = served.installation.folder
    window = open_window()
    page = window.page
    window.open("/sign-in?next=/account/security")
    window.submit_sign_in("student", "welcome-student")
    window.wait_for_heading("Account")
    tokens = page.get_by_role("region", name="API tokens")
    tokens.get_by_role("button", name="Create a token").click()
    page.get_by_label("Name", exact=True).fill("Nightly report")
    page.get_by_label("Polls: See polls and their results").check()
    window.check_accessibility()
    page.get_by_role("button", name="Create", exact=True).click()
    password = page.get_by_role("dialog", name="Confirm your password").get_by_label("Your password")
    secret = page.get_by_role("dialog", name="Your API token").locator("code")
    password.or_(secret).first.wait_for()
    if password.is_visible():
        password.fill("welcome-student")
        page.keyboard.press("Enter")
    secret.wait_for()
    token = secret.inner_text()
    window.check_accessibility()
    page.get_by_role("button", name="Done").click()
    expect(tokens.get_by_text("Nightly report", exact=True).first).to_be_visible()

    done = run_script(portal, served.url, token)
    assert done.returncode == 0, done.stderr
    page.reload()
    expect(tokens.get_by_text("Last used")).to_be_visible()

    tokens.get_by_role("button", name="Revoke Nightly report").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Revoke").click()
    tokens.get_by_text("You have no API tokens.").wait_for()
    assert "401" in run_script(portal, served.url, token).stderr
    window.expect_problems(UNAUTHORIZED)
