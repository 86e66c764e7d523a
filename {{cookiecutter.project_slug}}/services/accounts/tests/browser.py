"""A browser for the tests of the sign-in API, and helpers for its responses and emails."""

import json
import re
from urllib.parse import unquote

from django.conf import settings as portal_settings

from core.configuration.prefixes import AUTHENTICATION
from core.testing.client import PortalClient

from .allauth_internals import totp

PASSWORD = "correct horse battery"
OTHER_PASSWORD = "staple and a horse"
EMAIL = "asha@example.edu"
API = f"{AUTHENTICATION}browser/v1/"
COOKIE = portal_settings.SESSION_COOKIE_NAME
APPROVAL = "/api/accounts/second-factor-approval/"


class Browser(PortalClient):
    """A browser with a page of the portal: it sends the CSRF token, and CSRF checks are on."""

    def __init__(self, **more):
        super().__init__(enforce_csrf_checks=True, **more)
        self.get(f"{API}config")

    def send(self, method, path, data=None, **headers):
        csrf = self.cookies[portal_settings.CSRF_COOKIE_NAME].value
        body = "" if data is None else json.dumps(data)
        headers = {"X-CSRFToken": csrf, **headers}
        return self.generic(method, f"{API}{path}", body, content_type="application/json", headers=headers)

    def approve(self, code):
        """Type the code with which a superuser allows a second factor. Returns the status."""
        csrf = self.cookies[portal_settings.CSRF_COOKIE_NAME].value
        return self.post_json(APPROVAL, {"code": code}, headers={"X-CSRFToken": csrf}).status_code

    def submit_login(self, login="asha", password=PASSWORD):
        return self.send("POST", "auth/login", {"email" if "@" in login else "username": login, "password": password})

    def reauthenticate(self, password=PASSWORD):
        assert self.send("POST", "auth/reauthenticate", {"password": password}).status_code == 200

    @property
    def username(self):
        """The username of the signed-in person, None without one."""
        person = self.get("/api/portal/").json()["person"]
        return person and person["username"]

    def sessions(self):
        return self.send("GET", "auth/sessions").json()["data"]


def code_of(secret, clock):
    """Return the code that an authenticator app shows next."""
    clock.now += 30
    return totp.format_hotp_value(totp.hotp_value(secret, int(clock.now) // 30))


def link_in(mail, page):
    """Return the key in the link of an email, which has it in the fragment."""
    return unquote(re.search(rf"http://testserver{page}#([^\s/]+)", mail.body)[1])


def codes(answer):
    return [error["code"] for error in answer.json()["errors"]]


def pending_flows(answer):
    return [flow for flow in answer.json()["data"]["flows"] if flow.get("is_pending")]
