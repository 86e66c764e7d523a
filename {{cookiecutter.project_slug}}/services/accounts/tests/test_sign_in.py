"""Signing in, as a browser does it: every flow through the API, with the CSRF cookie, as far as the mail's link."""

import io
import json
import re
from contextlib import contextmanager
from types import SimpleNamespace
from unittest.mock import patch
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import structlog
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.conf import settings as portal_settings
from django.contrib.auth.hashers import get_hasher
from django.core.cache import caches
from django.core.management import call_command
from redis.exceptions import ConnectionError as RedisConnectionError

from core.configuration.portal import SignUp
from core.configuration.prefixes import AUTHENTICATION
from core.logs.configuration import logging_configuration
from core.people.models import Person
from core.sessions.store import SessionStore, key_of
from core.testing.client import PortalClient

PASSWORD = "correct horse battery"
OTHER_PASSWORD = "staple and a horse"
EMAIL = "asha@example.edu"
API = f"{AUTHENTICATION}browser/v1/"
COOKIE = portal_settings.SESSION_COOKIE_NAME


class Browser(PortalClient):
    """A browser with a page of the portal open: it sends the CSRF cookie's value along, and checks are on."""

    def __init__(self, **more):
        super().__init__(enforce_csrf_checks=True, **more)
        self.get(f"{API}config")

    def ask(self, method, path, data=None, **headers):
        csrf = self.cookies[portal_settings.CSRF_COOKIE_NAME].value
        body = "" if data is None else json.dumps(data)
        headers = {"X-CSRFToken": csrf, **headers}
        return self.generic(method, f"{API}{path}", body, content_type="application/json", headers=headers)

    def enter(self, login="asha", password=PASSWORD):
        return self.ask("POST", "auth/login", {"email" if "@" in login else "username": login, "password": password})

    def prove(self, password=PASSWORD):
        assert self.ask("POST", "auth/reauthenticate", {"password": password}).status_code == 200

    @property
    def name(self):
        """Who the portal takes this browser for."""
        person = self.get("/api/portal/").json()["person"]
        return person and person["username"]

    def sessions(self):
        return self.ask("GET", "auth/sessions").json()["data"]


@pytest.fixture
def asha(make_person):
    return make_person("asha", email=EMAIL, password=PASSWORD)


@pytest.fixture
def anonymous(asha):
    return Browser()


@pytest.fixture
def signed_in(anonymous):
    assert anonymous.enter().status_code == 200
    return anonymous


@pytest.fixture
def clock(monkeypatch):
    """The time by which second factors go."""
    clock = SimpleNamespace(now=1_800_000_000.0)
    clock.time = lambda: clock.now
    monkeypatch.setattr(totp, "time", clock)
    return clock


@pytest.fixture
def sign_up(settings):
    """Opens the portal to whoever wants an account."""

    def allow(*domains):
        change = {"sign_up": SignUp(domains=list(domains)) if domains else SignUp()}
        settings.PORTAL = settings.PORTAL.model_copy(update=change)

    return allow


def code_of(secret, clock):
    """The code that a phone shows, at a moment at which it has shown no other."""
    clock.now += 30
    return totp.format_hotp_value(totp.hotp_value(secret, int(clock.now) // 30))


@pytest.fixture
def set_up_second_factor(clock, django_capture_on_commit_callbacks):
    """Turns the second factor on in a browser that is signed in; its secret."""

    def set_up(anonymous):
        anonymous.prove()
        secret = anonymous.ask("GET", "account/authenticators/totp").json()["meta"]["secret"]
        with django_capture_on_commit_callbacks(execute=True):
            answer = anonymous.ask("POST", "account/authenticators/totp", {"code": code_of(secret, clock)})
        assert answer.status_code == 200, answer.content
        return secret

    return set_up


def link_in(mail, page):
    """The key in a mail's link."""
    return unquote(re.search(rf"http://testserver{page}([^\s/]+)", mail.body)[1])


def codes(answer):
    return [error["code"] for error in answer.json()["errors"]]


def pending(answer):
    return [flow for flow in answer.json()["data"]["flows"] if flow.get("is_pending")]


class TestSigningIn:
    @pytest.mark.parametrize("login", ["asha", "ASHA", EMAIL, "Asha@Example.EDU", "ａｓｈａ"])
    def test_by_name_or_by_email(self, anonymous, login):
        answer = anonymous.enter(login)
        assert answer.status_code == 200
        assert answer.json()["meta"]["is_authenticated"] is True
        assert answer.json()["data"]["user"]["username"] == "asha"
        assert anonymous.name == "asha"

    def test_an_email_in_place_of_the_name(self, anonymous):
        answer = anonymous.ask("POST", "auth/login", {"username": EMAIL, "password": PASSWORD})
        assert answer.status_code == 200

    def test_who_has_no_email(self, make_person):
        make_person("ben", password=PASSWORD)
        anonymous = Browser()
        assert anonymous.enter("ben").status_code == 200
        assert anonymous.name == "ben"

    def test_a_wrong_password(self, anonymous):
        answer = anonymous.enter(password="wrong")
        assert answer.status_code == 400
        assert codes(answer) == ["username_password_mismatch"]
        assert COOKIE not in anonymous.cookies
        assert anonymous.name is None

    @pytest.mark.parametrize(("known", "unknown"), [("asha", "nobody"), (EMAIL, "nobody@example.edu")])
    def test_an_unknown_name_is_answered_alike(self, anonymous, known, unknown):
        answers = [anonymous.enter(login, "wrong") for login in (known, unknown)]
        assert answers[0].status_code == answers[1].status_code == 400
        assert answers[0].content == answers[1].content
        assert set(answers[0].headers) == set(answers[1].headers)

    def test_an_unknown_name_takes_as_long(self, anonymous, make_person):
        """What takes time is the hash: each answer is worth as many of them."""
        make_person("ben", email="ben@example.edu")  # who has no password yet
        make_person("cleo", email="cleo@example.edu", password=PASSWORD, is_active=False)
        worth = {}
        for login in ("asha", EMAIL, "nobody", "nobody@example.edu", "ben", "ben@example.edu", "cleo"):
            with counted_hashes() as hashes:
                assert anonymous.enter(login, "wrong").status_code == 400
            worth[login] = len(hashes)
        assert set(worth.values()) == {1}, worth

    def test_an_inactive_person(self, asha, anonymous):
        asha.is_active = False
        asha.save()
        assert anonymous.enter().status_code == 401
        assert anonymous.name is None

    def test_who_is_signed_in_already(self, signed_in):
        assert signed_in.enter().status_code == 409

    def test_out(self, signed_in):
        token = signed_in.token
        assert signed_in.ask("DELETE", "auth/session").status_code == 401  # which is to say: not signed in, now
        assert signed_in.name is None
        assert SessionStore.from_token(token).load() == {}

    def test_a_token_that_was_there_before_is_worth_nothing_after(self, anonymous):
        fixed = SessionStore()
        fixed["planted"] = True
        fixed.save()
        anonymous.cookies[COOKIE] = fixed.token
        assert anonymous.enter().status_code == 200
        assert anonymous.token != fixed.token
        assert SessionStore.from_token(fixed.token).load() == {}

    def test_while_the_session_store_is_away(self, anonymous):
        with patch.object(SessionStore, "save", side_effect=RedisConnectionError("gone")):
            answer = anonymous.enter()
        assert answer.status_code == 503
        assert answer["Retry-After"]
        assert COOKIE not in answer.cookies
        assert anonymous.enter().status_code == 200

    def test_while_the_application_store_is_away(self, signed_in):
        with patch("allauth.core.internal.ratelimit.cache.add", side_effect=RedisConnectionError("gone")):
            assert Browser().enter().status_code == 503
            assert signed_in.name == "asha", "who is signed in goes on"

    def test_the_token_is_kept_nowhere(self, signed_in, caplog):
        token = signed_in.token
        client = caches["sessions"].client.get_client(write=True)
        stored = {key: client.get(key) for key in client.scan_iter(f"{caches['sessions'].key_prefix}:*")}
        rows = [json.dumps(row, default=str) for model in apps.get_models() for row in model.objects.values()]
        assert any(key_of(token) in row for row in rows)
        assert not any(token in text for text in [*rows, str(stored), caplog.text])
        for key in [key_of(token), *(key.decode() for key in stored)]:
            thief = PortalClient()
            thief.cookies[COOKIE] = key
            assert thief.get(f"{API}auth/session").status_code == 401

    def test_the_other_site_refuses_the_session(self, signed_in, settings):
        settings.SITE = "internet"
        assert signed_in.ask("GET", "auth/session").status_code == 401


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
    def test_an_account_has_few_attempts_however_it_is_spelt(self, anonymous, spellings):
        for attempt in range(5):
            login = spellings[attempt % len(spellings)]
            answer = anonymous.ask("POST", "auth/login", {"username": login, "password": "wrong"})
            assert answer.status_code == 400
        for port in ("", ":81", ":82"):
            anonymous.defaults["HTTP_HOST"] = f"testserver{port}"
            answer = anonymous.enter(spellings[0])
            assert answer.status_code == 429
            assert answer.json() == {"status": 429}
            assert int(answer["Retry-After"]) == 300
        assert anonymous.name is None

    def test_so_has_a_name_that_nobody_has(self, anonymous):
        answers = [anonymous.enter("nobody", "wrong") for _ in range(6)]
        assert [answer.status_code for answer in answers] == [400] * 5 + [429]

    def test_nobody_learns_whose_address_it_is(self, anonymous):
        """Were a name's attempts and an e-mail's one number, the one would tell whether the other is its own."""
        for _ in range(6):
            answer = anonymous.enter("asha", "wrong")
        assert answer.status_code == 429
        assert anonymous.enter(EMAIL, "wrong").status_code == 400

    def test_an_address_has_more(self, anonymous, settings):
        settings.ACCOUNT_RATE_LIMITS = {"login": "2/m/ip"}
        answers = [anonymous.enter(f"person{number}", "wrong") for number in range(3)]
        assert [answer.status_code for answer in answers] == [400, 400, 429]
        assert int(answers[-1]["Retry-After"]) == 300

    def test_right_passwords_cost_nothing(self, anonymous):
        for _ in range(12):
            assert anonymous.enter().status_code == 200
            anonymous.ask("DELETE", "auth/session")

    def test_only_the_reverse_proxys_word_for_an_address_counts(self, anonymous, settings):
        settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
        assert anonymous.enter().status_code == 200
        other = Browser(headers={"X-Forwarded-For": "192.0.2.7", "X-Real-IP": "192.0.2.7"})
        assert other.enter().status_code == 429, "in development, no header says who asks"
        settings.ALLAUTH_TRUSTED_CLIENT_IP_HEADER = "X-Forwarded-For"  # in production
        assert other.enter().status_code == 200
        assert UserSession.objects.latest("pk").ip == "192.0.2.7"
        listed = Browser(headers={"X-Forwarded-For": "192.0.2.8, 192.0.2.7"})
        assert listed.enter().status_code == 403, "the reverse proxy writes one address"
        assert Browser().enter().status_code == 403, "and always writes one"

    def test_new_passwords_by_mail(self, anonymous, mailoutbox):
        answers = [anonymous.ask("POST", "auth/password/request", {"email": EMAIL}) for _ in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429]
        assert int(answers[-1]["Retry-After"]) == 3600
        assert len(mailoutbox) == 5


class TestForms:
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
    def test_nothing_is_changed_from_another_sites_page(self, signed_in, method, path):
        answer = signed_in.ask(method, path, {}, **{"X-CSRFToken": ""})
        assert answer.status_code == 403
        assert answer["Content-Type"] == "application/problem+json"
        assert signed_in.name == "asha"

    @pytest.mark.parametrize("body", ["", "[]", "{", "null", '"x"', "\x00", "{}"])
    def test_nonsense_is_answered(self, anonymous, body):
        csrf = {"X-CSRFToken": anonymous.cookies[portal_settings.CSRF_COOKIE_NAME].value}
        answer = anonymous.post(f"{API}auth/login", body, content_type="application/json", headers=csrf)
        assert answer.status_code == 400
        assert "json" in answer["Content-Type"]
        assert answer.json()["status"] == 400

    @pytest.mark.parametrize(
        "path", ["", "browser", "browser/v1/", "browser/v1/auth/login/", "app/v1/config", "browser/v1/nothing", "../x"]
    )
    def test_there_is_nothing_elsewhere(self, db, visitor, path):
        answer = visitor.get(f"{AUTHENTICATION}{path}")
        assert answer.status_code == 404
        assert answer["Content-Type"] == "application/problem+json" or path == "../x"

    def test_a_method_that_an_address_has_not(self, anonymous):
        answer = anonymous.ask("GET", "auth/login")
        assert answer.status_code == 405
        assert answer["Content-Type"] == "application/problem+json"
        assert "POST" in answer["Allow"]

    def test_answers_are_not_kept(self, signed_in):
        assert "no-store" in signed_in.ask("GET", "auth/session")["Cache-Control"]


class TestSessions:
    def test_are_listed_with_device_place_and_time(self, signed_in, settings):
        settings.ALLAUTH_TRUSTED_CLIENT_IP_HEADER = "X-Forwarded-For"
        Browser(headers={"User-Agent": "Phone", "X-Forwarded-For": "10.1.2.3"}).enter()
        Browser(headers={"User-Agent": "Tablet", "X-Forwarded-For": "203.0.113.9"}).enter()
        here, phone, tablet = signed_in.sessions()
        assert here["is_current"]
        assert not phone["is_current"]
        assert (phone["user_agent"], phone["ip"], phone["rings"]) == ("Phone", "10.1.2.3", ["campus"])
        assert (tablet["user_agent"], tablet["ip"], tablet["rings"]) == ("Tablet", "203.0.113.9", [])
        assert phone["created_at"] <= tablet["created_at"]
        assert "session_key" not in phone

    def test_one_is_ended(self, signed_in):
        other = Browser()
        other.enter()
        assert other.name == "asha"
        (mine, theirs) = signed_in.sessions()
        answer = signed_in.ask("DELETE", "auth/sessions", {"sessions": [theirs["id"]]})
        assert [session["id"] for session in answer.json()["data"]] == [mine["id"]]
        assert SessionStore.from_token(other.token).load() == {}
        assert other.name is None
        assert signed_in.name == "asha"

    def test_all_are_ended(self, signed_in):
        others = [Browser(), Browser()]
        for other in others:
            other.enter()
        ids = [session["id"] for session in signed_in.sessions()]
        assert len(ids) == 3
        assert signed_in.ask("DELETE", "auth/sessions", {"sessions": ids}).status_code == 401
        assert [one.name for one in (signed_in, *others)] == [None] * 3
        client = caches["sessions"].client.get_client(write=True)
        assert not any(
            b"_auth_user_id" in client.get(key) for key in client.scan_iter(f"{caches['sessions'].key_prefix}:*")
        )

    def test_another_persons_is_not(self, signed_in, make_person):
        make_person("ben", password=PASSWORD)
        ben = Browser()
        ben.enter("ben")
        (theirs,) = ben.sessions()
        assert signed_in.ask("DELETE", "auth/sessions", {"sessions": [theirs["id"]]}).status_code == 400
        assert ben.name == "ben"

    def test_both_sites_are_on_the_list(self, signed_in, settings):
        settings.SITE = "internet"
        other = Browser()
        other.enter()
        ids = [session["id"] for session in other.sessions()]
        assert len(ids) == 2
        settings.SITE = "intranet"
        assert signed_in.name == "asha", "signing in on one site ends nothing on the other"
        assert [session["id"] for session in signed_in.sessions()] == ids
        signed_in.ask("DELETE", "auth/sessions", {"sessions": ids[1:]})
        settings.SITE = "internet"
        assert other.name is None

    def test_one_from_the_shell_is_on_the_list_and_can_be_ended(self, signed_in):
        call_command("makesession", "asha", stdout=(said := io.StringIO()))
        shell = PortalClient()
        shell.cookies[COOKIE] = json.loads(said.getvalue())["value"]
        assert shell.get("/api/portal/").json()["person"]["username"] == "asha"
        listed = signed_in.sessions()
        assert listed[-1]["user_agent"] == "manage.py makesession"
        signed_in.ask("DELETE", "auth/sessions", {"sessions": [listed[-1]["id"]]})
        assert shell.get("/api/portal/").json()["person"] is None


class TestPasswords:
    def request(self, anonymous, mailoutbox, email=EMAIL):
        assert anonymous.ask("POST", "auth/password/request", {"email": email}).status_code == 200
        return link_in(mailoutbox[-1], "/password/reset/")

    def test_a_forgotten_one_is_made_anew_by_mail(self, signed_in, mailoutbox):
        anonymous = Browser()
        key = self.request(anonymous, mailoutbox)
        assert mailoutbox[0].to == [EMAIL]
        assert mailoutbox[0].subject.startswith(f"[{portal_settings.PORTAL.name}] ")
        looked = anonymous.ask("GET", "auth/password/reset", **{"X-Password-Reset-Key": key})
        assert looked.json()["data"]["user"]["username"] == "asha"
        answer = anonymous.ask("POST", "auth/password/reset", {"key": key, "password": OTHER_PASSWORD})
        assert answer.status_code == 401  # done, and not signed in by it
        assert anonymous.name is None
        assert signed_in.name is None, "it ended every session"
        assert anonymous.enter(password=PASSWORD).status_code == 400
        assert anonymous.enter(password=OTHER_PASSWORD).status_code == 200

    def test_the_link_works_once(self, anonymous, mailoutbox):
        key = self.request(anonymous, mailoutbox)
        anonymous.ask("POST", "auth/password/reset", {"key": key, "password": OTHER_PASSWORD})
        answer = anonymous.ask("POST", "auth/password/reset", {"key": key, "password": PASSWORD})
        assert answer.status_code == 400
        assert codes(answer) == ["invalid_password_reset"]

    def test_an_unknown_address_is_answered_alike(self, anonymous, mailoutbox):
        known = anonymous.ask("POST", "auth/password/request", {"email": EMAIL})
        unknown = anonymous.ask("POST", "auth/password/request", {"email": "nobody@example.edu"})
        assert (known.status_code, known.content) == (unknown.status_code, unknown.content)
        assert [mail.to for mail in mailoutbox] == [[EMAIL], ["nobody@example.edu"]]
        assert "no such account" in mailoutbox[1].body
        assert portal_settings.PORTAL.maintainers.email in mailoutbox[1].body
        assert "sign-up" not in mailoutbox[1].body

    def test_an_address_that_was_mistyped_once_opens_nothing(self, signed_in, mailoutbox):
        signed_in.prove()
        signed_in.ask("POST", "account/email", {"email": "anonymous@example.edu"})
        mailoutbox.clear()
        Browser().ask("POST", "auth/password/request", {"email": "anonymous@example.edu"})
        (mail,) = mailoutbox
        assert "/password/reset/" not in mail.body

    def test_a_weak_one_is_refused(self, anonymous, mailoutbox):
        key = self.request(anonymous, mailoutbox)
        answer = anonymous.ask("POST", "auth/password/reset", {"key": key, "password": "12345678"})
        assert {error["param"] for error in answer.json()["errors"]} == {"password"}

    def test_changing_it_keeps_this_session_and_ends_the_others(self, signed_in, mailoutbox, settings):
        settings.LANGUAGE_CODE = "en"
        other = Browser()
        other.enter()
        token = signed_in.token
        change = {"current_password": PASSWORD, "new_password": OTHER_PASSWORD}
        assert signed_in.ask("POST", "account/password/change", change).status_code == 200
        assert signed_in.name == "asha"
        assert signed_in.token != token
        assert other.name is None
        assert [session["is_current"] for session in signed_in.sessions()] == [True]
        assert "password" in mailoutbox[-1].subject.lower()

    def test_changing_it_asks_for_the_old_one(self, signed_in):
        change = {"current_password": "wrong", "new_password": OTHER_PASSWORD}
        answer = signed_in.ask("POST", "account/password/change", change)
        assert codes(answer) == ["enter_current_password"]

    def test_mail_waits_where_the_redis_gui_and_the_broker_see_nothing_of_it(self, anonymous):
        with patch("core.mail.sending.deliver_mail.delay") as delay:
            anonymous.ask("POST", "auth/password/request", {"email": EMAIL})
        (key,) = delay.call_args.args
        client = caches["default"].client.get_client(write=True)
        (name,) = [name.decode() for name in client.scan_iter(f"*{key}")]
        assert ":secrets:core:" in name
        assert b"/password/reset/" in client.get(name)
        assert client.ttl(name) > 0


class TestEmail:
    NEW = "asha.rao@example.edu"

    def change(self, anonymous, mailoutbox, email=NEW):
        anonymous.prove()
        mailoutbox.clear()
        answer = anonymous.ask("POST", "account/email", {"email": email})
        assert answer.status_code == 200, answer.content
        return answer.json()["data"]

    def test_a_change_asks_for_the_password_first(self, signed_in):
        answer = signed_in.ask("POST", "account/email", {"email": self.NEW})
        assert answer.status_code == 401
        assert answer.json()["meta"]["is_authenticated"] is True
        assert [flow["id"] for flow in answer.json()["data"]["flows"]] == ["reauthenticate"]

    def test_a_change_is_confirmed_by_mail(self, signed_in, asha, mailoutbox):
        listed = self.change(signed_in, mailoutbox)
        assert {(one["email"], one["verified"]) for one in listed} == {(EMAIL, True), (self.NEW, False)}
        asha.refresh_from_db()
        assert asha.email == EMAIL
        assert mailoutbox[0].to == [self.NEW]
        key = link_in(mailoutbox[0], "/account/email/confirm/")
        seen = Browser().ask("GET", "auth/email/verify", **{"X-Email-Verification-Key": key})
        assert seen.json()["data"]["email"] == self.NEW
        Browser().ask("POST", "auth/email/verify", {"key": key})
        asha.refresh_from_db()
        assert asha.email == self.NEW
        assert list(EmailAddress.objects.values_list("email", "primary", "verified")) == [(self.NEW, True, True)]
        assert mailoutbox[-1].to == [EMAIL], "the old address is told"
        again = Browser().ask("POST", "auth/email/verify", {"key": key})
        assert again.status_code == 400
        assert Browser().enter(EMAIL).status_code == 400
        assert Browser().enter(self.NEW).status_code == 200

    def test_an_unconfirmed_one_cannot_be_made_the_first(self, make_person):
        make_person("ben", password=PASSWORD)
        ben = Browser()
        ben.enter("ben")
        ben.prove()
        ben.ask("POST", "account/email", {"email": "anonymous@example.edu"})
        answer = ben.ask("PATCH", "account/email", {"email": "anonymous@example.edu", "primary": True})
        assert answer.status_code == 405
        assert Person.objects.get(username="ben").email == ""

    def test_another_persons_is_neither_betrayed_nor_taken(self, signed_in, make_person, mailoutbox):
        ben = make_person("ben", email="ben@example.edu")
        free = self.change(signed_in, mailoutbox)
        taken = self.change(signed_in, mailoutbox, ben.email)
        assert len(free) == len(taken) == 2
        key = link_in(mailoutbox[0], "/account/email/confirm/")
        answer = signed_in.ask("POST", "auth/email/verify", {"key": key})
        assert codes(answer) == ["email_taken"]
        ben.refresh_from_db()
        assert ben.email == "ben@example.edu"

    def test_the_only_one_is_not_removed(self, signed_in):
        signed_in.prove()
        answer = signed_in.ask("DELETE", "account/email", {"email": EMAIL})
        assert codes(answer) == ["cannot_remove_primary_email"]

    def test_a_change_is_called_off(self, signed_in, mailoutbox):
        self.change(signed_in, mailoutbox)
        answer = signed_in.ask("DELETE", "account/email", {"email": self.NEW})
        assert [one["email"] for one in answer.json()["data"]] == [EMAIL]

    def test_with_a_second_factor_too(self, signed_in, mailoutbox, set_up_second_factor):
        set_up_second_factor(signed_in)
        assert len(self.change(signed_in, mailoutbox)) == 2

    def addresses(self, person):
        return list(EmailAddress.objects.filter(user=person).values_list("email", "primary", "verified"))

    def test_the_shells_people_have_theirs(self, db):
        options = {"username": "boss", "email": "Boss@Example.EDU"}
        call_command("createsuperuser", interactive=False, stdout=io.StringIO(), **options)
        call_command("seed", stdout=io.StringIO())
        for person in Person.objects.all():
            assert self.addresses(person) == [(person.email, True, True)]
        assert Person.objects.get(username="boss").email == "boss@example.edu"

    def test_the_admins_people_have_theirs(self, asha, make_person):
        boss = PortalClient().sign_in(make_person("boss", is_staff=True, is_superuser=True))
        EmailAddress.objects.create(user=asha, email="half.way@example.edu")
        form = boss.get(f"/admin/core_people/person/{asha.pk}/change/").context["adminform"].form
        shown = [name for name in form.fields if name.endswith("_visible_to")]
        given = {name: form.initial[name] or "" for name in ("username", "display_name", *shown)}
        answer = boss.post(
            f"/admin/core_people/person/{asha.pk}/change/", {**given, "email": "Rao@example.edu", "is_active": "on"}
        )
        assert answer.status_code == 302, answer.context["adminform"].errors
        asha.refresh_from_db()
        assert asha.email == "rao@example.edu"
        assert self.addresses(asha) == [("rao@example.edu", True, True)]


class TestSecondFactor:
    @pytest.fixture
    def secret(self, signed_in, set_up_second_factor):
        return set_up_second_factor(signed_in)

    def test_setting_up_asks_for_the_password_first(self, signed_in, clock):
        secret = signed_in.ask("GET", "account/authenticators/totp").json()["meta"]["secret"]
        answer = signed_in.ask("POST", "account/authenticators/totp", {"code": code_of(secret, clock)})
        assert answer.status_code == 401
        assert not Authenticator.objects.exists()

    def test_setting_up_shows_a_secret_with_the_portals_name(self, signed_in):
        answer = signed_in.ask("GET", "account/authenticators/totp")
        assert answer.status_code == 404  # there is none yet
        query = parse_qs(urlsplit(answer.json()["meta"]["totp_url"]).query)
        assert query["issuer"] == [portal_settings.PORTAL.name]

    def test_a_wrong_code_sets_nothing_up(self, signed_in):
        signed_in.prove()
        signed_in.ask("GET", "account/authenticators/totp")
        answer = signed_in.ask("POST", "account/authenticators/totp", {"code": "000000"})
        assert codes(answer) == ["incorrect_code"]
        assert not Authenticator.objects.exists()

    def test_signing_in_asks_for_a_code(self, secret, clock):
        anonymous = Browser()
        answer = anonymous.enter()
        assert answer.status_code == 401
        assert pending(answer) == [{"id": "mfa_authenticate", "is_pending": True, "types": ["recovery_codes", "totp"]}]
        assert anonymous.name is None
        before = anonymous.token
        assert anonymous.ask("POST", "auth/2fa/authenticate", {"code": "000000"}).status_code == 400
        answer = anonymous.ask("POST", "auth/2fa/authenticate", {"code": code_of(secret, clock)})
        assert answer.status_code == 200
        assert anonymous.name == "asha"
        assert anonymous.token != before

    def test_a_code_works_once(self, secret, clock):
        code = code_of(secret, clock)
        answers = []
        for _ in range(2):
            anonymous = Browser()
            anonymous.enter()
            answers.append(anonymous.ask("POST", "auth/2fa/authenticate", {"code": code}).status_code)
        assert answers == [200, 400]

    def test_a_recovery_code_works_once(self, secret, signed_in):
        listed = signed_in.ask("GET", "account/authenticators/recovery-codes").json()["data"]
        assert len(listed["unused_codes"]) == 10
        code = listed["unused_codes"][0]
        answers = []
        for _ in range(2):
            anonymous = Browser()
            anonymous.enter()
            answers.append(anonymous.ask("POST", "auth/2fa/authenticate", {"code": code}).status_code)
        assert answers == [200, 400]
        listed = signed_in.ask("GET", "account/authenticators/recovery-codes").json()["data"]
        assert listed["unused_code_count"] == 9
        assert code not in listed["unused_codes"]

    def test_codes_are_not_guessed(self, secret, clock):
        anonymous = Browser()
        anonymous.enter()
        answers = [anonymous.ask("POST", "auth/2fa/authenticate", {"code": f"{code:06}"}) for code in range(6)]
        assert [answer.status_code for answer in answers] == [400] * 5 + [429]
        assert int(answers[-1]["Retry-After"]) == 300
        assert anonymous.ask("POST", "auth/2fa/authenticate", {"code": code_of(secret, clock)}).status_code == 429

    def test_it_is_taken_away(self, secret, signed_in):
        assert signed_in.ask("DELETE", "account/authenticators/totp").status_code == 200
        assert not Authenticator.objects.exists(), "the recovery codes go with it"
        assert Browser().enter().status_code == 200

    def test_a_password_made_anew_does_not_pass_it_by(self, secret, mailoutbox):
        anonymous = Browser()
        mailoutbox.clear()
        anonymous.ask("POST", "auth/password/request", {"email": EMAIL})
        key = link_in(mailoutbox[0], "/password/reset/")
        anonymous.ask("POST", "auth/password/reset", {"key": key, "password": OTHER_PASSWORD})
        assert pending(anonymous.enter(password=OTHER_PASSWORD))[0]["id"] == "mfa_authenticate"
        assert anonymous.name is None


class TestSignUp:
    FORM = {"username": "dev", "email": "dev@example.edu", "password": PASSWORD, "display_name": "Dev Das"}

    def test_is_closed_and_says_whom_to_ask(self, anonymous):
        data = anonymous.get(f"{API}config").json()["data"]
        assert data["account"]["is_open_for_signup"] is False
        assert data["portal"] == {
            "sign_up_domains": [],
            "maintainers": portal_settings.PORTAL.maintainers.model_dump(),
        }

    def test_tells_nobody_which_names_are_taken_while_it_is_closed(self, anonymous):
        answers = [anonymous.ask("POST", "auth/signup", self.FORM | {"username": name}) for name in ("dev", "asha")]
        assert [answer.status_code for answer in answers] == [403, 403]
        assert answers[0].content == answers[1].content, "nor does it tell which names are taken"
        assert not Person.objects.filter(username="dev").exists()

    def test_is_open(self, anonymous, sign_up, mailoutbox):
        sign_up()
        answer = anonymous.ask("POST", "auth/signup", self.FORM)
        assert answer.status_code == 401
        assert pending(answer)[0]["id"] == "verify_email"
        assert Browser().enter("dev").status_code == 401, "not before the address is confirmed"
        key = link_in(mailoutbox[0], "/account/email/confirm/")
        Browser().ask("POST", "auth/email/verify", {"key": key})
        dev = Browser()
        assert dev.enter("dev").status_code == 200
        assert dev.get("/api/portal/").json()["person"]["display_name"] == "Dev Das"

    def test_makes_nobody_more_than_they_are(self, anonymous, sign_up):
        sign_up()
        anonymous.ask("POST", "auth/signup", self.FORM | {"is_staff": True, "is_superuser": True, "is_active": False})
        person = Person.objects.get(username="dev")
        assert (person.is_staff, person.is_superuser, person.is_active) == (False, False, True)

    @pytest.mark.parametrize(
        ("email", "allowed"),
        [("dev@example.edu", True), ("dev@EXAMPLE.edu", True), ("dev@sub.example.edu", False), ("dev@evil.org", False),
         ("dev@example.edu.evil.org", False)],
    )  # fmt: skip
    def test_is_open_to_a_domain(self, anonymous, sign_up, email, allowed):
        sign_up("example.edu")
        data = anonymous.get(f"{API}config").json()["data"]
        assert (data["account"]["is_open_for_signup"], data["portal"]["sign_up_domains"]) == (True, ["example.edu"])
        answer = anonymous.ask("POST", "auth/signup", self.FORM | {"email": email})
        assert Person.objects.filter(username="dev").exists() is allowed
        if not allowed:
            assert codes(answer) == ["domain"]
            assert "example.edu" in answer.json()["errors"][0]["message"]

    @pytest.mark.parametrize("name", ["-x", "a b", "a@b", "x" * 65, "<b>", "ASHA", "ａｓｈａ"])
    def test_names_are_persons(self, anonymous, sign_up, name):
        sign_up()
        answer = anonymous.ask("POST", "auth/signup", self.FORM | {"username": name})
        assert answer.status_code == 400
        assert {error["param"] for error in answer.json()["errors"]} == {"username"}

    def test_an_address_that_is_taken_is_not_betrayed(self, anonymous, sign_up, mailoutbox, settings):
        settings.LANGUAGE_CODE = "en"
        sign_up()
        free = anonymous.ask("POST", "auth/signup", self.FORM)
        taken = Browser().ask("POST", "auth/signup", self.FORM | {"username": "eve", "email": EMAIL})
        assert (free.status_code, free.json()) == (taken.status_code, taken.json())
        assert not Person.objects.filter(username="eve").exists()
        assert mailoutbox[-1].to == [EMAIL]
        assert "already exists" in mailoutbox[-1].body


class TestMaintainers:
    @pytest.fixture
    def boss(self, asha):
        asha.is_staff = asha.is_superuser = True
        asha.save()
        return asha

    @pytest.fixture
    def enforced(self, settings):
        settings.SECOND_FACTOR_FOR_MAINTAINERS = True

    @pytest.mark.parametrize(
        ("asked", "kept"),
        [
            ("/admin/", "/admin/"),
            ("/admin/core_people/person/?q=a&o=1", "/admin/core_people/person/%3Fq%3Da%26o%3D1"),
            ("/redis/", "/redis/"),
            ("https://evil.example/", "/admin/"),
            ("//evil.example/", "/admin/"),
            ("///evil.example/", "/admin/"),
            ("/\\evil.example/", "/admin/"),
            ("\\\\evil.example/", "/admin/"),
            ("javascript:alert(1)", "/admin/"),
            (" https://evil.example/", "/admin/"),
            ("/\tevil", "/%09evil"),
            ("", "/admin/"),
        ],
    )
    def test_the_admin_has_the_same_sign_in(self, db, visitor, asked, kept):
        answer = visitor.get("/admin/login/", {"next": asked})
        assert answer.status_code == 302
        assert answer["Location"] == f"/sign-in/?next={kept}"

    @pytest.mark.parametrize("asked", ["https://evil.example/", "//evil.example/", "/\\evil.example/"])
    def test_who_is_signed_in_is_not_sent_elsewhere(self, boss, signed_in, asked):
        assert signed_in.get("/admin/login/", {"next": asked})["Location"] == "/admin/"

    def test_the_admin_takes_no_password_of_its_own(self, boss):
        answer = PortalClient().post("/admin/login/", {"username": "asha", "password": PASSWORD})
        assert answer.status_code == 401
        assert COOKIE not in answer.cookies

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_the_admin_changes_no_password_but_leads_to_the_account_page(self, boss, signed_in, mailoutbox, method):
        passwords = {"old_password": PASSWORD, "new_password1": OTHER_PASSWORD, "new_password2": OTHER_PASSWORD}
        csrf = signed_in.cookies[portal_settings.CSRF_COOKIE_NAME].value
        answer = getattr(signed_in, method)("/admin/password_change/", passwords, headers={"X-CSRFToken": csrf})
        assert (answer.status_code, answer["Location"]) == (302, "/account/")
        boss.refresh_from_db()
        assert boss.check_password(PASSWORD)
        assert mailoutbox == []
        assert 'href="/admin/password_change/"' in signed_in.get("/admin/").content.decode()

    def test_a_password_is_enough_where_nothing_is_enforced(self, boss, signed_in):
        assert signed_in.get("/admin/").status_code == 200
        assert signed_in.get("/redis/").status_code == 204

    def test_without_a_second_factor_they_are_sent_to_set_one_up(self, boss, signed_in, enforced):
        answer = signed_in.get("/admin/core_people/person/")
        assert answer["Location"] == "/account/?second-factor=required&next=/admin/core_people/person/"
        csrf = signed_in.cookies[portal_settings.CSRF_COOKIE_NAME].value
        refused = signed_in.post("/admin/core_people/person/add/", {}, headers={"X-CSRFToken": csrf})
        assert refused.status_code == 403
        assert "second factor" in refused.content.decode()
        # NGINX sends whoever it is told of by a 401 to the admin's sign-in.
        assert signed_in.get("/redis/").status_code == 401
        answer = signed_in.get("/admin/login/?next=/redis/")
        assert answer["Location"] == "/account/?second-factor=required&next=/redis/"
        assert signed_in.get("/api/notifications/").status_code == 200, "all else is open"

    @pytest.mark.django_db(transaction=True)
    def test_setting_it_up_opens_the_admin_at_once(self, boss, signed_in, enforced, set_up_second_factor):
        other = Browser()
        other.enter()
        set_up_second_factor(signed_in)
        assert signed_in.get("/admin/").status_code == 200
        assert signed_in.get("/redis/").status_code == 204
        assert other.get("/admin/").status_code == 302, "a session that never showed it does not count"

    def test_a_session_shows_it_later(self, boss, signed_in, enforced, set_up_second_factor, clock):
        other = Browser()
        other.enter()
        secret = set_up_second_factor(signed_in)
        other.ask("POST", "auth/2fa/reauthenticate", {"code": code_of(secret, clock)})
        assert other.get("/admin/").status_code == 200

    def test_signing_in_with_it_opens_the_admin(self, boss, signed_in, enforced, set_up_second_factor, clock):
        secret = set_up_second_factor(signed_in)
        anonymous = Browser()
        anonymous.enter()
        assert anonymous.get("/admin/")["Location"] == "/sign-in/?next=/admin/", "half signed in is not signed in"
        anonymous.ask("POST", "auth/2fa/authenticate", {"code": code_of(secret, clock)})
        assert anonymous.get("/admin/").status_code == 200

    def test_taking_it_away_closes_the_admin(self, boss, signed_in, enforced, set_up_second_factor):
        set_up_second_factor(signed_in)
        signed_in.ask("DELETE", "account/authenticators/totp")
        assert signed_in.get("/admin/").status_code == 302

    def test_nobody_else_is_asked_for_it(self, signed_in, enforced):
        assert signed_in.get("/admin/").status_code == 403
        assert signed_in.get("/redis/").status_code == 403
        assert signed_in.get("/admin/login/").status_code == 403

    def test_a_session_from_the_shell_counts(self, boss, enforced):
        call_command("makesession", "asha", stdout=(said := io.StringIO()))
        client = PortalClient()
        client.cookies[COOKIE] = json.loads(said.getvalue())["value"]
        assert client.get("/admin/").status_code == 200
        assert client.get("/redis/").status_code == 204

    def test_secrets_are_not_among_the_admins_pages(self, boss, signed_in):
        page = signed_in.get("/admin/").content.decode()
        for address in ("mfa/authenticator", "usersessions/usersession", "account/emailaddress"):
            assert f"/admin/{address}/" not in page
            assert signed_in.get(f"/admin/{address}/").status_code == 404

    def test_a_lost_second_factor_is_taken_away(self, boss, make_person, signed_in, set_up_second_factor):
        make_person("ben", password=PASSWORD)
        ben = Browser()
        ben.enter("ben")
        set_up_second_factor(ben)
        person = Person.objects.get(username="ben")
        for action in ("remove_second_factor", "sign_out_everywhere"):
            form = {"action": action, "_selected_action": [person.pk]}
            csrf = signed_in.cookies[portal_settings.CSRF_COOKIE_NAME].value
            signed_in.post("/admin/core_people/person/", form, headers={"X-CSRFToken": csrf})
        assert ben.name is None
        assert ben.enter("ben").status_code == 200


def test_no_log_line_holds_a_secret(asha, mailoutbox, caplog, clock, set_up_second_factor):
    """Everything that is said, at every level, while somebody does all that has to do with secrets."""
    caplog.set_level("DEBUG")
    anonymous = Browser()
    anonymous.enter(password="a wrong secret")
    anonymous.enter()
    secrets = [PASSWORD, "a wrong secret", anonymous.token]
    secret = set_up_second_factor(anonymous)
    secrets += [secret, *anonymous.ask("GET", "account/authenticators/recovery-codes").json()["data"]["unused_codes"]]
    anonymous.ask("POST", "account/email", {"email": TestEmail.NEW})
    confirmation = link_in(next(mail for mail in mailoutbox if "confirm" in mail.body), "/account/email/confirm/")
    anonymous.get(f"/account/email/confirm/{confirmation}")
    anonymous.ask("POST", "auth/email/verify", {"key": confirmation})
    anonymous.ask("DELETE", "auth/session")
    anonymous.ask("POST", "auth/password/request", {"email": TestEmail.NEW})
    reset = link_in(mailoutbox[-1], "/password/reset/")
    anonymous.get(f"/password/reset/{reset}")
    anonymous.ask("POST", "auth/password/reset", {"key": reset, "password": OTHER_PASSWORD})
    secrets += [confirmation, reset, OTHER_PASSWORD, anonymous.cookies[portal_settings.CSRF_COOKIE_NAME].value]

    formatter = logging_configuration(json=True, quiet=False)["formatters"]["portal"]
    made = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=formatter["foreign_pre_chain"], processors=formatter["processors"]
    )
    # Of SQL, which nobody logs, Django tells at this level what a password's hash is.
    lines = [made.format(record) for record in caplog.records if not record.name.startswith("django.db")]
    assert any("/password/reset/(not shown)" in line for line in lines)
    assert any("/account/email/confirm/(not shown)" in line for line in lines)
    for line in lines:
        assert not any(secret in line for secret in secrets), line


def test_what_is_signed_in_costs_what_it_did(signed_in, round_trips):
    signed_in.get("/api/portal/")
    with round_trips(sql=2, stores=4):
        signed_in.get("/api/portal/")
    signed_in.get("/api/notifications/")
    with round_trips(sql=1, stores=1 + 2):  # the session; then the view's own
        assert signed_in.get("/api/notifications/").status_code == 200


def test_a_list_of_sessions_stays_cheap(signed_in, round_trips):
    with round_trips(sql=3, stores=4):
        signed_in.sessions()
