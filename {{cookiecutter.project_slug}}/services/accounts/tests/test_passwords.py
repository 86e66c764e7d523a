"""Resetting and changing a password."""

from unittest.mock import patch

import pytest
from django.conf import settings as portal_settings
from django.core.cache import caches

from core.mail.models import Mail

from .browser import EMAIL, OTHER_PASSWORD, PASSWORD, Browser, codes, link_in


class TestPasswords:
    def request_reset(self, anonymous, mailoutbox, email=EMAIL):
        assert anonymous.send("POST", "auth/password/request", {"email": email}).status_code == 200
        return link_in(mailoutbox[-1], "/password/reset")

    def test_a_forgotten_password_is_reset_by_email(self, signed_in, mailoutbox):
        anonymous = Browser()
        key = self.request_reset(anonymous, mailoutbox)
        assert mailoutbox[0].to == [EMAIL]
        assert mailoutbox[0].subject.startswith(f"[{portal_settings.PORTAL.name}] ")
        found = anonymous.send("GET", "auth/password/reset", **{"X-Password-Reset-Key": key})
        assert found.json()["data"]["user"]["username"] == "asha"
        answer = anonymous.send("POST", "auth/password/reset", {"key": key, "password": OTHER_PASSWORD})
        assert answer.status_code == 401  # done, but not signed in
        assert anonymous.username is None
        assert signed_in.username is None, "the reset ends every session"
        assert anonymous.submit_login(password=PASSWORD).status_code == 400
        assert anonymous.submit_login(password=OTHER_PASSWORD).status_code == 200

    def test_the_link_works_once(self, anonymous, mailoutbox):
        key = self.request_reset(anonymous, mailoutbox)
        anonymous.send("POST", "auth/password/reset", {"key": key, "password": OTHER_PASSWORD})
        answer = anonymous.send("POST", "auth/password/reset", {"key": key, "password": PASSWORD})
        assert answer.status_code == 400
        assert codes(answer) == ["invalid_password_reset"]

    @pytest.mark.usefixtures("closed_sign_up")
    def test_an_unknown_email_gets_the_same_response(self, anonymous, mailoutbox):
        known = anonymous.send("POST", "auth/password/request", {"email": EMAIL})
        unknown = anonymous.send("POST", "auth/password/request", {"email": "nobody@example.edu"})
        assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
        assert [mail.to for mail in mailoutbox] == [[EMAIL], ["nobody@example.edu"]]
        assert "no such account" in mailoutbox[1].body
        assert portal_settings.PORTAL.maintainers.email in mailoutbox[1].body
        assert "sign-up" not in mailoutbox[1].body

    def test_an_unconfirmed_email_receives_no_link(self, signed_in, mailoutbox):
        signed_in.reauthenticate()
        signed_in.send("POST", "account/email", {"email": "anonymous@example.edu"})
        mailoutbox.clear()
        Browser().send("POST", "auth/password/request", {"email": "anonymous@example.edu"})
        (mail,) = mailoutbox
        assert "/password/reset#" not in mail.body

    def test_a_weak_password_is_refused(self, anonymous, mailoutbox):
        key = self.request_reset(anonymous, mailoutbox)
        answer = anonymous.send("POST", "auth/password/reset", {"key": key, "password": "12345678"})
        assert {error["param"] for error in answer.json()["errors"]} == {"password"}

    @pytest.mark.parametrize("password", ["asha-2026!", "example.edu-1", "Password123!"])
    def test_a_password_that_is_easy_to_guess_is_refused(self, signed_in, mailoutbox, password):
        key = self.request_reset(Browser(), mailoutbox)
        change = {"current_password": PASSWORD, "new_password": password}
        for answer in (
            Browser().send("POST", "auth/password/reset", {"key": key, "password": password}),
            signed_in.send("POST", "account/password/change", change),
        ):
            assert answer.status_code == 400
            assert {"password_made_of_names", "password_too_common"} & set(codes(answer)), answer.content

    def test_a_change_keeps_this_session_and_ends_the_others(self, signed_in, mailoutbox, settings):
        settings.LANGUAGE_CODE = "en"
        other = Browser()
        other.submit_login()
        token = signed_in.token
        change = {"current_password": PASSWORD, "new_password": OTHER_PASSWORD}
        assert signed_in.send("POST", "account/password/change", change).status_code == 200
        assert signed_in.username == "asha"
        assert signed_in.token != token
        assert other.username is None
        assert [session["is_current"] for session in signed_in.sessions()] == [True]
        assert "password" in mailoutbox[-1].subject.lower()

    def test_a_change_requires_the_current_password(self, signed_in):
        change = {"current_password": "wrong", "new_password": OTHER_PASSWORD}
        answer = signed_in.send("POST", "account/password/change", change)
        assert codes(answer) == ["enter_current_password"]

    def test_a_waiting_link_is_in_no_store_nor_task_and_encrypted_in_the_database(
        self, anonymous, django_capture_on_commit_callbacks
    ):
        with (
            patch("core.mail.sending.deliver_mail.delay") as delay,
            django_capture_on_commit_callbacks(execute=True),
        ):
            anonymous.send("POST", "auth/password/request", {"email": EMAIL})
        mail = Mail.objects.get()
        assert delay.call_args.args == (mail.pk,)
        assert "/password/reset#" in mail.message().body
        assert "/password/reset#" not in str(Mail.objects.values().get())
        client = caches["default"].client.get_client(write=True)
        for name in client.scan_iter("*"):
            assert client.type(name) != b"string" or b"/password/reset#" not in client.get(name)
