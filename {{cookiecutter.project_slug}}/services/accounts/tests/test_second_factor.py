"""Setting up, using and turning off the second factor."""

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as portal_settings

from .browser import EMAIL, OTHER_PASSWORD, Browser, code_of, codes, link_in, pending_flows


class TestSecondFactor:
    @pytest.fixture
    def secret(self, signed_in, set_up_second_factor):
        return set_up_second_factor(signed_in)

    def test_setting_it_up_requires_reauthentication(self, signed_in, clock):
        signed_in.reauthenticate()
        secret = signed_in.send("GET", "account/authenticators/totp").json()["meta"]["secret"]
        other = Browser()
        other.submit_login()
        assert "secret" not in other.send("GET", "account/authenticators/totp").json().get("meta", {})
        answer = other.send("POST", "account/authenticators/totp", {"code": code_of(secret, clock)})
        assert answer.status_code in {400, 401}
        assert not Authenticator.objects.exists()

    def test_the_secret_has_the_portals_name(self, signed_in):
        signed_in.reauthenticate()
        answer = signed_in.send("GET", "account/authenticators/totp")
        assert answer.status_code == 404  # not set up yet
        query = parse_qs(urlsplit(answer.json()["meta"]["totp_url"]).query)
        assert query["issuer"] == [portal_settings.PORTAL.name]

    def test_a_wrong_code_does_not_set_it_up(self, signed_in):
        signed_in.reauthenticate()
        signed_in.send("GET", "account/authenticators/totp")
        answer = signed_in.send("POST", "account/authenticators/totp", {"code": "000000"})
        assert codes(answer) == ["incorrect_code"]
        assert not Authenticator.objects.exists()

    def test_signing_in_requires_a_code(self, secret, clock):
        anonymous = Browser()
        answer = anonymous.submit_login()
        assert answer.status_code == 401
        assert pending_flows(answer) == [
            {"id": "mfa_authenticate", "is_pending": True, "types": ["recovery_codes", "totp"]}
        ]
        assert anonymous.username is None
        before = anonymous.token
        assert anonymous.send("POST", "auth/2fa/authenticate", {"code": "000000"}).status_code == 400
        answer = anonymous.send("POST", "auth/2fa/authenticate", {"code": code_of(secret, clock)})
        assert answer.status_code == 200
        assert anonymous.username == "asha"
        assert anonymous.token != before

    def test_a_code_works_once(self, secret, clock):
        code = code_of(secret, clock)
        answers = []
        for _ in range(2):
            anonymous = Browser()
            anonymous.submit_login()
            answers.append(anonymous.send("POST", "auth/2fa/authenticate", {"code": code}).status_code)
        assert answers == [200, 400]

    def test_a_recovery_code_works_once(self, secret, signed_in):
        listed = signed_in.send("GET", "account/authenticators/recovery-codes").json()["data"]
        assert len(listed["unused_codes"]) == 10
        code = listed["unused_codes"][0]
        answers = []
        for _ in range(2):
            anonymous = Browser()
            anonymous.submit_login()
            answers.append(anonymous.send("POST", "auth/2fa/authenticate", {"code": code}).status_code)
        assert answers == [200, 400]
        listed = signed_in.send("GET", "account/authenticators/recovery-codes").json()["data"]
        assert listed["unused_code_count"] == 9
        assert code not in listed["unused_codes"]

    def test_guesses_are_limited(self, secret, clock):
        anonymous = Browser()
        anonymous.submit_login()
        answers = [anonymous.send("POST", "auth/2fa/authenticate", {"code": f"{code:06}"}) for code in range(6)]
        assert [answer.status_code for answer in answers] == [400] * 5 + [429]
        assert int(answers[-1]["Retry-After"]) == 300
        assert anonymous.send("POST", "auth/2fa/authenticate", {"code": code_of(secret, clock)}).status_code == 429

    def test_it_is_turned_off(self, secret, signed_in):
        assert signed_in.send("DELETE", "account/authenticators/totp").status_code == 200
        assert not Authenticator.objects.exists(), "the recovery codes go with it"
        assert Browser().submit_login().status_code == 200

    def test_a_password_reset_does_not_bypass_it(self, secret, mailoutbox):
        anonymous = Browser()
        mailoutbox.clear()
        anonymous.send("POST", "auth/password/request", {"email": EMAIL})
        key = link_in(mailoutbox[0], "/password/reset")
        anonymous.send("POST", "auth/password/reset", {"key": key, "password": OTHER_PASSWORD})
        assert pending_flows(anonymous.submit_login(password=OTHER_PASSWORD))[0]["id"] == "mfa_authenticate"
        assert anonymous.username is None
