"""Signing in over the API, as a browser does it with the CSRF cookie."""

import json
from contextlib import contextmanager
from unittest.mock import patch

import pytest
import structlog
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.conf import settings as portal_settings
from django.contrib.auth.hashers import get_hasher
from django.core.cache import caches
from redis.exceptions import ConnectionError as RedisConnectionError

from core.configuration.prefixes import AUTHENTICATION
from core.logs.configuration import logging_configuration
from core.sessions.store import SessionStore, key_of
from core.testing.client import PortalClient

from .browser import API, COOKIE, EMAIL, OTHER_PASSWORD, PASSWORD, Browser, codes, link_in


class TestSigningIn:
    @pytest.mark.parametrize("login", ["asha", "ASHA", EMAIL, "Asha@Example.EDU", "ａｓｈａ"])
    def test_with_username_or_email(self, anonymous, login):
        answer = anonymous.submit_login(login)
        assert answer.status_code == 200
        assert answer.json()["meta"]["is_authenticated"] is True
        assert answer.json()["data"]["user"]["username"] == "asha"
        assert anonymous.username == "asha"

    def test_with_an_email_as_username(self, anonymous):
        answer = anonymous.send("POST", "auth/login", {"username": EMAIL, "password": PASSWORD})
        assert answer.status_code == 200

    def test_without_an_email(self, make_person):
        make_person("ben", password=PASSWORD)
        anonymous = Browser()
        assert anonymous.submit_login("ben").status_code == 200
        assert anonymous.username == "ben"

    def test_with_a_wrong_password(self, anonymous):
        answer = anonymous.submit_login(password="wrong")
        assert answer.status_code == 400
        assert codes(answer) == ["username_password_mismatch"]
        assert COOKIE not in anonymous.cookies
        assert anonymous.username is None

    @pytest.mark.parametrize(("known", "unknown"), [("asha", "nobody"), (EMAIL, "nobody@example.edu")])
    def test_an_unknown_username_gets_the_same_response(self, anonymous, known, unknown):
        answers = [anonymous.submit_login(login, "wrong") for login in (known, unknown)]
        assert answers[0].status_code == answers[1].status_code == 400
        assert answers[0].content == answers[1].content
        assert set(answers[0].headers) == set(answers[1].headers)

    def test_an_unknown_username_takes_as_long(self, anonymous, make_person):
        """Hashing takes the time, and each response computes one hash."""
        make_person("ben", email="ben@example.edu")  # without a password
        make_person("cleo", email="cleo@example.edu", password=PASSWORD, is_active=False)
        computed = {}
        for login in ("asha", EMAIL, "nobody", "nobody@example.edu", "ben", "ben@example.edu", "cleo"):
            with counted_hashes() as hashes:
                assert anonymous.submit_login(login, "wrong").status_code == 400
            computed[login] = len(hashes)
        assert set(computed.values()) == {1}, computed

    def test_a_deactivated_person_cannot_sign_in(self, asha, anonymous):
        asha.is_active = False
        asha.save()
        assert anonymous.submit_login().status_code == 401
        assert anonymous.username is None

    def test_a_signed_in_person_gets_409(self, signed_in):
        assert signed_in.submit_login().status_code == 409

    def test_signing_out_ends_the_session(self, signed_in):
        token = signed_in.token
        assert signed_in.send("DELETE", "auth/session").status_code == 401  # the response of success: not signed in
        assert signed_in.username is None
        assert SessionStore.from_token(token).load() == {}

    def test_signing_in_replaces_the_session_token(self, anonymous):
        fixed = SessionStore()
        fixed["planted"] = True
        fixed.save()
        anonymous.cookies[COOKIE] = fixed.token
        assert anonymous.submit_login().status_code == 200
        assert anonymous.token != fixed.token
        assert SessionStore.from_token(fixed.token).load() == {}

    def test_without_the_session_store_it_is_503(self, anonymous):
        with patch.object(SessionStore, "save", side_effect=RedisConnectionError("gone")):
            answer = anonymous.submit_login()
        assert answer.status_code == 503
        assert answer["Retry-After"]
        assert COOKIE not in answer.cookies
        assert anonymous.submit_login().status_code == 200

    def test_without_the_store_of_rate_limits_it_is_503(self, signed_in):
        with patch("allauth.core.internal.ratelimit.cache.add", side_effect=RedisConnectionError("gone")):
            assert Browser().submit_login().status_code == 503
            assert signed_in.username == "asha", "open sessions keep working"

    def test_the_token_is_stored_nowhere(self, signed_in, caplog):
        token = signed_in.token
        client = caches["sessions"].client.get_client(write=True)
        stored = {key: client.get(key) for key in client.scan_iter(f"{caches['sessions'].key_prefix}:*")}
        rows = [json.dumps(row, default=str) for model in apps.get_models() for row in model.objects.values()]
        assert any(key_of(token) in row for row in rows)
        assert not any(token in text for text in [*rows, str(stored), caplog.text])
        for key in [key_of(token), *(key.decode() for key in stored)]:
            attacker = PortalClient()
            attacker.cookies[COOKIE] = key
            assert attacker.get(f"{API}auth/session").status_code == 401

    def test_a_session_of_the_other_site_is_refused(self, signed_in, settings):
        settings.SITE = "internet"
        assert signed_in.send("GET", "auth/session").status_code == 401


@contextmanager
def counted_hashes():
    hasher = type(get_hasher())
    original, counted = hasher.encode, []

    def encode(self, *args, **more):
        counted.append(args)
        return original(self, *args, **more)

    with patch.object(hasher, "encode", encode):
        yield counted


class TestLimits:
    @pytest.mark.parametrize("spellings", [["asha", "ASHA", "ａｓｈａ"], [EMAIL, EMAIL.upper()]])
    def test_spellings_of_a_login_share_their_attempts(self, anonymous, spellings):
        for attempt in range(5):
            login = spellings[attempt % len(spellings)]
            answer = anonymous.send("POST", "auth/login", {"username": login, "password": "wrong"})
            assert answer.status_code == 400
        for port in ("", ":81", ":82"):
            anonymous.defaults["HTTP_HOST"] = f"testserver{port}"
            answer = anonymous.submit_login(spellings[0])
            assert answer.status_code == 429
            assert answer.json() == {"status": 429}
            assert int(answer["Retry-After"]) == 300
        assert anonymous.username is None

    def test_an_unknown_username_has_the_same_limit(self, anonymous):
        answers = [anonymous.submit_login("nobody", "wrong") for _ in range(6)]
        assert [answer.status_code for answer in answers] == [400] * 5 + [429]

    def test_username_and_email_have_separate_attempts(self, anonymous):
        """Otherwise they would reveal whether an email belongs to a username."""
        for _ in range(6):
            answer = anonymous.submit_login("asha", "wrong")
        assert answer.status_code == 429
        assert anonymous.submit_login(EMAIL, "wrong").status_code == 400

    def test_an_ip_address_has_a_limit(self, anonymous, settings):
        settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
        answers = [anonymous.submit_login(f"person{number}", "wrong") for number in range(3)]
        assert [answer.status_code for answer in answers] == [400, 400, 429]
        assert int(answers[-1]["Retry-After"]) == 300

    def test_successful_attempts_do_not_count(self, anonymous):
        for _ in range(12):
            assert anonymous.submit_login().status_code == 200
            anonymous.send("DELETE", "auth/session")

    def test_only_the_reverse_proxy_decides_the_ip_address(self, anonymous, settings):
        settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
        assert anonymous.submit_login().status_code == 200
        other = Browser(headers={"X-Forwarded-For": "192.0.2.7", "X-Real-IP": "192.0.2.7"})
        assert other.submit_login().status_code == 429, "in development, headers are ignored"
        settings.ALLAUTH_TRUSTED_CLIENT_IP_HEADER = "X-Forwarded-For"  # in production
        assert other.submit_login().status_code == 200
        assert UserSession.objects.latest("pk").ip == "192.0.2.7"

    @pytest.mark.parametrize("header", ["unknown", "", "192.0.2.8, 192.0.2.7", "nonsense", None])
    def test_clients_whose_ip_address_is_unknown_share_a_limit(self, anonymous, settings, header):
        settings.ALLAUTH_TRUSTED_CLIENT_IP_HEADER = "X-Forwarded-For"  # in production
        settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
        told, first, second = (
            Browser(headers={"X-Forwarded-For": "192.0.2.7"}),
            Browser(headers={"X-Forwarded-For": "unknown"}),
            Browser(headers={} if header is None else {"X-Forwarded-For": header}),
        )
        assert first.submit_login().status_code == 200
        assert second.submit_login().status_code == 200
        assert second.sessions()[-1] | {"ip": None, "rings": []} == second.sessions()[-1]
        assert second.submit_login("ben").status_code == 429
        assert told.submit_login().status_code == 200

    def test_password_resets_are_limited(self, anonymous, mailoutbox):
        answers = [anonymous.send("POST", "auth/password/request", {"email": EMAIL}) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429]
        assert int(answers[-1]["Retry-After"]) == 3600
        assert len(mailoutbox) == 5

    def test_what_attempts_leave_in_the_session_store_is_small_and_expires(self, anonymous):
        """Nothing evicts it, so an attacker must not fill it. Each attempt names another account, of any length."""
        attempts = 10
        for number in range(attempts):
            Browser().submit_login(f"nobody-{number}-" + "x" * 5000)
            Browser().send("POST", "auth/password/request", {"email": f"nobody-{number}@example.edu"})
            Browser().send("POST", "auth/signup", {"username": f"n{number}", "email": "a@b.example", "password": "x"})
        client = caches["default"].client.get_client(write=True)
        names = list(client.scan_iter(f"{portal_settings.CACHES['default']['KEY_PREFIX']}:*"))
        # For each attempt the counter of what was typed, and the mail. The counters of the IP address are shared.
        assert attempts < len(names) <= 3 * attempts + 10
        for name in names:
            assert len(name) < 100
            assert 0 < client.ttl(name) <= 24 * 3600
            if client.type(name) == b"string":
                assert len(client.get(name)) < 4096
        assert caches["sessions"].keys("*") == [], "an attempt that failed has a session"


class TestRequests:
    UNSAFE = (
        ("POST", "auth/login"),
        ("POST", "auth/signup"),
        ("DELETE", "auth/session"),
        ("DELETE", "auth/sessions"),
        ("POST", "auth/reauthenticate"),
        ("POST", "auth/password/request"),
        ("POST", "auth/password/reset"),
        ("POST", "account/password/change"),
        ("POST", "auth/email/verify"),
        ("POST", "account/email"),
        ("PUT", "account/email"),
        ("PATCH", "account/email"),
        ("DELETE", "account/email"),
        ("POST", "account/authenticators/totp"),
        ("DELETE", "account/authenticators/totp"),
        ("POST", "account/authenticators/recovery-codes"),
        ("POST", "auth/2fa/authenticate"),
        ("POST", "auth/2fa/reauthenticate"),
    )

    @pytest.mark.parametrize(("method", "path"), UNSAFE)
    def test_changes_need_the_csrf_token(self, signed_in, method, path):
        answer = signed_in.send(method, path, {}, **{"X-CSRFToken": ""})
        assert answer.status_code == 403
        assert answer["Content-Type"] == "application/problem+json"
        assert signed_in.username == "asha"

    @pytest.mark.parametrize("body", ["", "[]", "{", "null", '"x"', "\x00", "{}"])
    def test_an_invalid_body_is_refused(self, anonymous, body):
        csrf = {"X-CSRFToken": anonymous.cookies[portal_settings.CSRF_COOKIE_NAME].value}
        answer = anonymous.post(f"{API}auth/login", body, content_type="application/json", headers=csrf)
        assert answer.status_code == 400
        assert "json" in answer["Content-Type"]
        assert answer.json()["status"] == 400

    @pytest.mark.parametrize(
        "path", ["", "browser", "browser/v1/", "browser/v1/auth/login/", "app/v1/config", "browser/v1/nothing", "../x"]
    )
    def test_unknown_paths_are_not_found(self, db, visitor, path):
        answer = visitor.get(f"{AUTHENTICATION}{path}")
        assert answer.status_code == 404
        assert answer["Content-Type"] == "application/problem+json" or path == "../x"

    def test_an_unsupported_method_is_refused(self, anonymous):
        answer = anonymous.send("GET", "auth/login")
        assert answer.status_code == 405
        assert answer["Content-Type"] == "application/problem+json"
        assert "POST" in answer["Allow"]

    def test_responses_are_not_cached(self, signed_in):
        assert "no-store" in signed_in.send("GET", "auth/session")["Cache-Control"]


NEW_EMAIL = "asha.rao@example.edu"


def test_no_log_line_holds_a_secret(asha, mailoutbox, caplog, clock, set_up_second_factor):
    """At any level, during all requests that contain secrets."""
    caplog.set_level("DEBUG")
    anonymous = Browser()
    anonymous.submit_login(password="a wrong secret")
    anonymous.submit_login()
    secrets = [PASSWORD, "a wrong secret", anonymous.token]
    secret = set_up_second_factor(anonymous)
    secrets += [
        secret,
        *anonymous.send("GET", "account/authenticators/recovery-codes").json()["data"]["unused_codes"],
    ]
    anonymous.send("POST", "account/email", {"email": NEW_EMAIL})
    confirmation = link_in(next(mail for mail in mailoutbox if "confirm" in mail.body), "/account/email/confirm")
    anonymous.get(f"/account/email/confirm/{confirmation}")
    anonymous.send("POST", "auth/email/verify", {"key": confirmation})
    anonymous.send("DELETE", "auth/session")
    anonymous.send("POST", "auth/password/request", {"email": NEW_EMAIL})
    reset = link_in(mailoutbox[-1], "/password/reset")
    anonymous.get(f"/password/reset/{reset}")
    anonymous.send("POST", "auth/password/reset", {"key": reset, "password": OTHER_PASSWORD})
    secrets += [confirmation, reset, OTHER_PASSWORD, anonymous.cookies[portal_settings.CSRF_COOKIE_NAME].value]

    formatter = logging_configuration(json=True, quiet=False)["formatters"]["portal"]
    processor = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=formatter["foreign_pre_chain"], processors=formatter["processors"]
    )
    # Django logs SQL with password hashes at this level, which the portal never enables.
    lines = [processor.format(record) for record in caplog.records if not record.name.startswith("django.db")]
    assert any("/password/reset/(not shown)" in line for line in lines)
    assert any("/account/email/confirm/(not shown)" in line for line in lines)
    for line in lines:
        assert not any(secret in line for secret in secrets), line


def test_requests_of_a_signed_in_person_stay_cheap(signed_in, round_trips):
    signed_in.get("/api/portal/")
    with round_trips(sql=2, stores=4):
        signed_in.get("/api/portal/")
    signed_in.get("/api/notifications/")
    with round_trips(sql=1, stores=1 + 2):  # the session, then the view
        assert signed_in.get("/api/notifications/").status_code == 200
