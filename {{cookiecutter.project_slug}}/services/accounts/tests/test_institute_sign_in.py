"""Signing in with the institute's own account, against a small provider that the tests start."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings as portal_settings
from django.core import mail
from django.utils import timezone

from core.audit.events import Event
from core.audit.models import AuditEntry
from core.openid.provider import forget_providers
from core.people.actions import role_end, role_grant
from core.people.models import Person, Role, RoleChange
from services.accounts.institute import pending, views
from services.accounts.institute.matching import usernames
from services.accounts.institute.pending import LIFETIME_SECONDS, MOST, SESSION_KEY
from services.accounts.models import InstituteAccount

from .browser import COOKIE, EMAIL, PASSWORD, Browser, code_of
from .institute import START, begin, decide, finish, query_of, sign_in


@pytest.fixture
def browser(institute):
    return Browser()


def failures():
    return list(AuditEntry.objects.filter(event=Event.SIGN_IN_FAILED).values_list("details", flat=True))


class TestTheButton:
    def test_is_on_the_sign_in_page_only_where_it_is_configured(self, browser, institute, settings):
        assert browser.send("GET", "config").json()["data"]["portal"]["institute_sign_in"] == "Example Institute"
        settings.PORTAL = settings.PORTAL.model_copy(update={"institute_sign_in": None})
        assert browser.send("GET", "config").json()["data"]["portal"]["institute_sign_in"] == ""
        assert browser.send("POST", START, {}).status_code == 404
        assert browser.get("/_allauth/institute/answer?state=x&code=y").status_code == 404

    def test_leads_to_the_provider_with_what_it_needs(self, browser, institute):
        location = begin(browser)
        query = query_of(location)
        assert location.startswith(f"{institute.issuer}/authorize?")
        assert query["redirect_uri"] == "http://testserver/_allauth/institute/answer"
        assert query["scope"] == "openid profile email"
        assert query["code_challenge_method"] == "S256"
        assert len({query["state"], query["nonce"], query["code_challenge"]}) == 3

    def test_needs_the_csrf_token(self, browser):
        assert browser.post(f"/_allauth/browser/v1/{START}", {}, content_type="application/json").status_code == 403

    def test_is_refused_to_a_person_who_is_signed_in(self, institute, signed_in):
        assert signed_in.send("POST", START, {}).status_code == 409

    @pytest.mark.parametrize("body", [None, {}, {"next": 5}, {"next": None}, {"next": "/" * 3000}])
    def test_without_a_usable_path_leads_home(self, browser, asha, body):
        location = browser.send("POST", START, body).json()["data"]["location"]
        assert finish(browser, decide(location)) == {"next": "/"}

    @pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "polls"])
    def test_never_leads_to_another_site(self, browser, asha, elsewhere):
        assert sign_in(browser, elsewhere) == {"next": "/"}

    def test_says_when_the_provider_does_not_answer(self, browser, institute):
        institute.before["/.well-known/openid-configuration"] = lambda handler: handler.answer(503, {}) or True
        answer = browser.send("POST", START, {})
        assert answer.status_code == 503
        assert answer.json()["detail"] == "Example Institute does not answer at the moment. Try again in a minute."
        assert failures()[0]["reason"] == "unavailable"

    def test_is_limited_as_signing_in_is(self, browser, settings, monkeypatch):
        monkeypatch.setitem(settings.ACCOUNT_RATE_LIMITS, "login", "2/m/ip")
        assert [browser.send("POST", START, {}).status_code for _ in range(3)] == [200, 200, 429]
        answer = browser.send("POST", START, {})
        assert int(answer["Retry-After"]) > 0
        assert AuditEntry.objects.filter(event=Event.SIGN_IN_LIMITED).count() == 1

    def test_answers_are_limited_too(self, browser, monkeypatch):
        monkeypatch.setattr(views, "MOST_ANSWERS", 2)
        location = "http://testserver/_allauth/institute/answer?state=x"
        problems = [finish(browser, location)["problem"] for _ in range(4)]
        assert problems == ["expired", "expired", "limited", "limited"]
        assert AuditEntry.objects.filter(event=Event.SIGN_IN_LIMITED).count() == 1


class TestSigningIn:
    def test_opens_a_session_of_the_person_with_the_verified_email(self, institute, asha, browser):
        assert sign_in(browser, "/polls?show=mine") == {"next": "/polls?show=mine"}
        assert browser.username == "asha"
        account = InstituteAccount.objects.get()
        assert (account.person, account.issuer, account.subject) == (asha, institute.issuer, institute.claims["sub"])

    def test_is_recorded(self, browser, asha):
        sign_in(browser)
        connected, entry = AuditEntry.objects.filter(person_id=asha.pk).order_by("id")
        assert (connected.event, connected.details["email"]) == (Event.INSTITUTE_ACCOUNT_CONNECTED, EMAIL)
        assert (entry.event, entry.details) == (Event.SIGNED_IN, {"factors": ["institute"], "new_device": True})

    def test_finds_the_person_again_whatever_their_email_is(self, institute, browser, asha):
        sign_in(browser)
        institute.claims |= {"email": "new@example.edu", "email_verified": False}
        Person.objects.filter(pk=asha.pk).update(email="other@example.edu")
        again = Browser()
        assert sign_in(again) == {"next": "/"}
        assert again.username == "asha"

    def test_rotates_the_session(self, browser, asha):
        location = decide(begin(browser))
        before = browser.cookies[COOKIE].value
        finish(browser, location)
        assert browser.cookies[COOKIE].value != before
        anonymous = Browser()
        anonymous.cookies[COOKIE] = before
        assert anonymous.username is None
        assert browser.session.get(SESSION_KEY) == []

    def test_sends_a_mail_about_a_new_device(self, browser, asha, django_capture_on_commit_callbacks):
        assert Browser().submit_login().status_code == 200  # not the first sign-in
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            sign_in(browser)
        assert ["You signed in on a new device" in message.subject for message in mail.outbox] == [True]
        assert [entry.details["new_device"] for entry in AuditEntry.objects.filter(event=Event.SIGNED_IN)][-1]

    def test_asks_for_the_second_factor(self, institute, signed_in, set_up_second_factor, clock):
        secret = set_up_second_factor(signed_in)
        browser = Browser()
        assert sign_in(browser, "/polls") == {"next": "/polls", "step": "code"}
        assert browser.username is None
        answer = browser.send("POST", "auth/2fa/authenticate", {"code": code_of(secret, clock)})
        assert answer.status_code == 200
        assert browser.username == "asha"

    def test_is_refused_to_a_person_who_is_deactivated(self, institute, browser, asha):
        sign_in(browser)
        asha.is_active = False
        asha.save()
        again = Browser()
        assert sign_in(again) == {"next": "/", "problem": "inactive"}
        assert again.username is None
        assert failures()[-1] == {"factor": "institute", "reason": "inactive", "detail": ""}

    def test_a_person_without_a_password_may_set_up_a_second_factor(self, institute, browser):
        institute.configure(create=True)
        sign_in(browser)
        assert browser.send("GET", "account/authenticators/totp").status_code == 404, "its key is in the answer"

    def test_goes_on_when_another_tab_has_signed_in(self, browser, asha):
        first, second = begin(browser, "/polls"), begin(browser)
        finish(browser, decide(second))
        assert finish(browser, decide(first)) == {"next": "/polls"}
        assert browser.username == "asha"

    def test_sends_the_secret_in_the_way_that_the_provider_accepts(self, institute, browser, asha):
        institute.metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
        assert sign_in(browser) == {"next": "/"}
        form = next(fields for method, path, fields in institute.requests if path == "/token")
        assert form["client_secret"]

    def test_reads_the_claims_that_the_token_lacks(self, institute, browser, asha):
        institute.claims = {"sub": "1"}
        institute.userinfo = {"email": EMAIL.upper(), "email_verified": True}
        assert sign_in(browser) == {"next": "/"}
        assert browser.username == "asha"


class TestWhoItIs:
    def test_an_email_that_is_not_verified_finds_nobody(self, institute, browser, asha):
        for verified in (False, None, "true", 1):
            institute.claims["email_verified"] = verified
            assert sign_in(browser) == {"next": "/", "problem": "email"}
        assert not InstituteAccount.objects.exists()

    def test_it_makes_nobody_either(self, institute, browser):
        institute.configure(create=True)
        institute.claims["email_verified"] = False
        assert sign_in(browser) == {"next": "/", "problem": "email"}
        assert not Person.objects.exists()

    def test_without_an_account_the_page_says_whom_to_ask(self, institute, browser):
        assert sign_in(browser) == {"next": "/", "problem": "no-account"}
        assert failures() == [{"factor": "institute", "reason": "no-account", "detail": "no account for 248289761001"}]

    def test_only_emails_at_the_domains_of_the_institute_count(self, institute, browser, asha):
        institute.configure(email_domains=["institute.example"], create=True)
        assert sign_in(browser) == {"next": "/", "problem": "no-account"}
        institute.configure(email_domains=["EXAMPLE.edu"])
        assert sign_in(browser) == {"next": "/"}

    def test_with_create_a_new_person_is_made(self, institute, browser):
        institute.configure(create=True)
        institute.claims |= {"preferred_username": "a.rao@institute.example", "name": " Asha \n Rao‮ "}
        assert sign_in(browser) == {"next": "/"}
        person = Person.objects.get()
        assert (person.username, person.email, person.display_name) == ("a.rao", EMAIL, "Asha Rao")
        assert not person.has_usable_password()
        assert EmailAddress.objects.get().verified
        assert AuditEntry.objects.filter(event=Event.PERSON_ADDED, person_id=person.pk).exists()
        assert browser.username == "a.rao"

    def test_a_username_that_is_taken_gets_a_number(self, institute, browser, make_person):
        make_person("Asha", email="other@example.edu")
        institute.configure(create=True)
        sign_in(browser)
        assert browser.username == "asha2"

    @pytest.mark.parametrize(
        ("preferred", "username"),
        [
            ("asha", "asha"),
            ("+.asha", "asha"),
            ("<asha rao>", "asharao"),
            ("आशा", "आश"),
            ("", "e"),
            ("@", "e"),
            (7, "e"),
        ],
    )
    def test_a_username_has_the_characters_that_usernames_may_have(self, preferred, username):
        made = usernames({"preferred_username": preferred}, "e@example.edu")[0]
        assert made == username
        assert all(len(one) <= 64 for one in usernames({"preferred_username": "a" * 200}, EMAIL))

    def test_an_account_that_somebody_else_signed_up_with_the_email_loses_its_password(
        self, institute, sign_up, settings, browser
    ):
        sign_up()
        other = Browser()
        body = {"username": "squatter", "email": EMAIL, "password": PASSWORD}
        assert other.send("POST", "auth/signup", body).status_code == 401
        settings.PORTAL = settings.PORTAL.model_copy(update={"sign_up": None})
        institute.configure()
        assert sign_in(browser) == {"next": "/"}
        assert not Person.objects.get().has_usable_password()
        assert other.submit_login("squatter").status_code == 400

    def test_two_accounts_of_the_provider_may_belong_to_one_person(self, institute, browser, asha):
        sign_in(browser)
        institute.claims["sub"] = "another"
        assert sign_in(Browser()) == {"next": "/"}
        assert InstituteAccount.objects.filter(person=asha).count() == 2


class TestRoles:
    MAPPING = {"claim": "groups", "values": {"students": "student", "teachers": "faculty"}}

    @pytest.fixture(autouse=True)
    def mapping(self, institute):
        institute.configure(roles=self.MAPPING)

    @staticmethod
    def active(person):
        return sorted(Role.objects.active().filter(person=person).values_list("name", flat=True))

    def test_are_granted_and_recorded(self, institute, browser, asha):
        institute.claims["groups"] = ["students", "others"]
        sign_in(browser)
        assert self.active(asha) == ["student"]
        change = RoleChange.objects.get()
        assert (change.kind, change.by, change.why) == ("granted", None, "sign-in with the institute's account")
        assert AuditEntry.objects.filter(event=Event.ROLE_GRANTED, person_id=asha.pk).exists()
        assert browser.get("/api/portal/").json()["person"]["roles"] == ["student"]

    def test_end_when_the_claim_no_longer_has_them(self, institute, asha):
        institute.claims["groups"] = ["students", "teachers"]
        sign_in(Browser())
        Role.objects.filter(person=asha, name="student").update(start=timezone.localdate() - timedelta(days=9))
        institute.claims["groups"] = "teachers"
        sign_in(Browser())
        assert self.active(asha) == ["faculty"]
        ended = Role.objects.get(person=asha, name="student")
        assert ended.end == timezone.localdate() - timedelta(days=1)
        del institute.claims["groups"]
        sign_in(Browser())
        assert self.active(asha) == []

    def test_are_granted_again(self, institute, asha):
        for groups in (["students"], [], ["students"], ["students"]):
            institute.claims["groups"] = groups
            assert sign_in(Browser()) == {"next": "/"}
        assert self.active(asha) == ["student"]

    def test_that_were_granted_by_hand_stay(self, institute, asha, make_person):
        hand = role_grant(person=asha, name="student")
        role_grant(person=asha, name="staff")
        institute.claims["groups"] = ["students"]
        sign_in(Browser())
        institute.claims["groups"] = []
        sign_in(Browser())
        assert self.active(asha) == ["staff", "student"]
        assert role_end(role=hand) is None

    def test_last_until_the_day_before_the_person_has_them_again(self, institute, asha):
        day = timezone.localdate() + timedelta(days=30)
        role_grant(person=asha, name="student", start=day)
        institute.claims["groups"] = ["students"]
        assert sign_in(Browser()) == {"next": "/"}
        assert Role.objects.active().get(person=asha).end == day - timedelta(days=1)

    def test_are_found_inside_a_claim(self, institute, asha):
        institute.configure(roles={**self.MAPPING, "claim": "realm_access.roles"})
        institute.claims["realm_access"] = {"roles": ["teachers"]}
        sign_in(Browser())
        assert self.active(asha) == ["faculty"]

    @pytest.mark.parametrize("groups", [{"students": 1}, [["students"]], 7, None, [None, 3]])
    def test_a_claim_of_another_form_grants_nothing(self, institute, asha, groups):
        institute.claims["groups"] = groups
        assert sign_in(Browser()) == {"next": "/"}
        assert self.active(asha) == []


class TestAnswers:
    """What comes back from the provider, or from somebody who pretends to be it."""

    def test_a_person_who_cancels_sees_why(self, browser, asha):
        assert finish(browser, decide(begin(browser, "/polls"), "no")) == {"next": "/polls", "problem": "denied"}
        assert failures()[0]["detail"] == "the provider answered access_denied"

    def test_an_answer_counts_once(self, browser, asha):
        location = decide(begin(browser))
        assert finish(browser, location) == {"next": "/"}
        browser.send("DELETE", "auth/session")
        assert finish(browser, location) == {"next": "/", "problem": "expired"}
        assert browser.username is None

    def test_an_answer_counts_in_the_browser_that_began(self, browser, asha):
        location = decide(begin(browser))
        other = Browser()
        assert finish(other, location) == {"next": "/", "problem": "expired"}
        begin(other)
        assert finish(other, location) == {"next": "/", "problem": "expired"}
        assert other.username is None

    def test_a_code_of_another_browser_is_refused(self, browser, asha):
        """An attacker who has a code of the victim, or gives the victim their own, has another verifier and nonce."""
        stolen = query_of(decide(begin(browser)))["code"]
        other = Browser()
        parts = urlsplit(decide(begin(other)))
        state = query_of(parts.geturl())["state"]
        location = f"{parts.path}?code={stolen}&state={state}"
        assert finish(other, location) == {"next": "/", "problem": "invalid"}
        assert failures()[-1]["detail"].endswith("/token answered 400: invalid_grant")

    def test_an_answer_after_ten_minutes_is_refused(self, browser, asha, monkeypatch):
        location = decide(begin(browser))
        later = pending.time.time() + LIFETIME_SECONDS + 1
        monkeypatch.setattr(pending.time, "time", lambda: later)
        assert finish(browser, location) == {"next": "/", "problem": "expired"}

    def test_several_tabs_may_begin(self, browser, asha):
        first = decide(begin(browser, "/first"))
        for _ in range(MOST):
            begin(browser)
        assert len(browser.session[SESSION_KEY]) == MOST
        assert finish(browser, first) == {"next": "/", "problem": "expired"}, "the oldest is forgotten"

    def test_an_answer_of_another_issuer_is_refused(self, institute, browser, asha):
        location = decide(begin(browser))
        assert finish(browser, f"{location}&iss=https://evil.example")["problem"] == "invalid"
        institute.metadata = {"authorization_response_iss_parameter_supported": True}
        browser = Browser()
        forget_providers()
        location = decide(begin(browser))
        assert finish(browser, location)["problem"] == "invalid"
        location = decide(begin(browser))
        assert finish(browser, f"{location}&iss={institute.issuer}") == {"next": "/"}

    @pytest.mark.parametrize(
        ("query", "problem"),
        [
            ("", "expired"),
            ("state=", "expired"),
            ("state=%F0%9F%98%80&code=%F0%9F%98%80", "expired"),
            ("code=x&state=STATE&error=server_error", "unavailable"),
            ("error=%F0%9F%98%80&state=STATE", "denied"),
            ("state=STATE", "invalid"),
            (f"state=STATE&code={'x' * 5000}", "invalid"),
            ("state=STATE&code=wrong", "invalid"),
        ],
    )
    def test_any_other_answer_ends_on_a_page(self, browser, asha, query, problem):
        state = query_of(begin(browser))["state"]
        location = f"/_allauth/institute/answer?{query.replace('STATE', state)}"
        assert finish(browser, location) == {"next": "/", "problem": problem}
        assert browser.username is None

    def test_only_get_is_answered(self, browser):
        csrf = browser.cookies[portal_settings.CSRF_COOKIE_NAME].value
        answer = browser.post_json("/_allauth/institute/answer", {}, headers={"X-CSRFToken": csrf})
        assert answer.status_code == 405
