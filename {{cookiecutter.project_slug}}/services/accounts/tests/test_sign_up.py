"""Creating an account."""

import pytest
from django.conf import settings as portal_settings

from core.people.models import Person

from .browser import API, EMAIL, PASSWORD, Browser, codes, link_in, pending_flows


class TestSignUp:
    FORM = {"username": "dev", "email": "dev@example.edu", "password": PASSWORD, "display_name": "Dev Das"}

    @pytest.mark.usefixtures("closed_sign_up")
    def test_closed_sign_up_names_the_maintainers(self, anonymous):
        data = anonymous.get(f"{API}config").json()["data"]
        assert data["account"]["is_open_for_signup"] is False
        assert data["portal"] == {
            "sign_up_domains": [],
            "maintainers": portal_settings.PORTAL.maintainers.model_dump(),
            "passkeys": True,
            "institute_sign_in": "",
        }

    @pytest.mark.usefixtures("closed_sign_up")
    def test_closed_sign_up_does_not_reveal_usernames(self, anonymous):
        answers = [anonymous.send("POST", "auth/signup", self.FORM | {"username": name}) for name in ("dev", "asha")]
        assert [answer.status_code for answer in answers] == [403, 403]
        assert answers[0].content == answers[1].content
        assert not Person.objects.filter(username="dev").exists()

    def test_open_sign_up_creates_an_account(self, anonymous, sign_up, mailoutbox):
        sign_up()
        answer = anonymous.send("POST", "auth/signup", self.FORM)
        assert answer.status_code == 401
        assert pending_flows(answer)[0]["id"] == "verify_email"
        assert Browser().submit_login("dev").status_code == 401, "not before the email is confirmed"
        key = link_in(mailoutbox[0], "/account/email/confirm")
        Browser().send("POST", "auth/email/verify", {"key": key})
        dev = Browser()
        assert dev.submit_login("dev").status_code == 200
        assert dev.get("/api/portal/").json()["person"]["display_name"] == "Dev Das"

    @pytest.mark.parametrize("password", ["dev-das-2026!", "Das1234567", "dev@example.edu", "Password123!"])
    def test_a_password_that_is_easy_to_guess_is_refused(self, anonymous, sign_up, password):
        sign_up()
        answer = anonymous.send("POST", "auth/signup", self.FORM | {"password": password})
        assert answer.status_code == 400
        assert {error["param"] for error in answer.json()["errors"]} == {"password"}
        assert not Person.objects.filter(username="dev").exists()

    def test_privileges_cannot_be_requested(self, anonymous, sign_up):
        sign_up()
        anonymous.send("POST", "auth/signup", self.FORM | {"is_staff": True, "is_superuser": True, "is_active": False})
        person = Person.objects.get(username="dev")
        assert (person.is_staff, person.is_superuser, person.is_active) == (False, False, True)

    @pytest.mark.parametrize(
        ("email", "allowed"),
        [("dev@example.edu", True), ("dev@EXAMPLE.edu", True), ("dev@sub.example.edu", False), ("dev@evil.org", False),
         ("dev@example.edu.evil.org", False)],
    )  # fmt: skip
    def test_sign_up_is_limited_to_domains(self, anonymous, sign_up, email, allowed):
        sign_up("example.edu")
        data = anonymous.get(f"{API}config").json()["data"]
        assert (data["account"]["is_open_for_signup"], data["portal"]["sign_up_domains"]) == (True, ["example.edu"])
        answer = anonymous.send("POST", "auth/signup", self.FORM | {"email": email})
        assert Person.objects.filter(username="dev").exists() is allowed
        if not allowed:
            assert codes(answer) == ["domain"]
            assert "example.edu" in answer.json()["errors"][0]["message"]

    @pytest.mark.parametrize("name", ["-x", "a b", "a@b", "x" * 65, "<b>", "ASHA", "ａｓｈａ"])
    def test_usernames_follow_the_rules_of_person(self, anonymous, sign_up, name):
        sign_up()
        answer = anonymous.send("POST", "auth/signup", self.FORM | {"username": name})
        assert answer.status_code == 400
        assert {error["param"] for error in answer.json()["errors"]} == {"username"}

    def test_an_existing_email_is_not_revealed(self, anonymous, sign_up, mailoutbox, settings):
        settings.LANGUAGE_CODE = "en"
        sign_up()
        free = anonymous.send("POST", "auth/signup", self.FORM)
        taken = Browser().send("POST", "auth/signup", self.FORM | {"username": "eve", "email": EMAIL})
        assert (free.status_code, free.json()) == (taken.status_code, taken.json())
        assert not Person.objects.filter(username="eve").exists()
        assert mailoutbox[-1].to == [EMAIL]
        assert "already exists" in mailoutbox[-1].body
