"""Staff set up their first second factor with more than a password, and nobody changes one without a code of it."""

import io
import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings as portal_settings
from django.core.management import call_command
from django.utils import timezone

from core.audit.models import AuditEntry
from core.testing.client import PortalClient
from services.accounts.sign_in.second_factor_setup import approvals

from .browser import EMAIL, OTHER_PASSWORD, PASSWORD, Browser, code_of, codes, link_in, pending_flows

TOTP, RECOVERY = "account/authenticators/totp", "account/authenticators/recovery-codes"
PEOPLE = "/admin/core_people/person/"


@pytest.fixture(params=["staff", "superuser"])
def asha(request, make_person):
    flags = {"is_staff": True, "is_superuser": request.param == "superuser"}
    return make_person("asha", email=EMAIL, password=PASSWORD, **flags)


@pytest.fixture
def chief(make_person):
    return PortalClient().sign_in(make_person("chief", is_staff=True, is_superuser=True))


def allow(client, person):
    """Allow a person to set up a second factor. Returns the page, which shows the code."""
    action = {"action": "allow_second_factor", "_selected_action": [person.pk]}
    return client.post(PEOPLE, action, follow=True).content.decode()


def approval(page):
    """Return the code that the page shows."""
    (code,) = re.findall(r"with the code (\w{4}-\w{4})\.", page)
    return code


def open_link(browser, key, password=OTHER_PASSWORD):
    """Set a password with the key of a link, and sign in with it in the same browser."""
    browser.send("POST", "auth/password/reset", {"key": key, "password": password})
    assert browser.submit_login(password=password).status_code == 200
    return browser


def maintainer_key(username="asha"):
    output = io.StringIO()
    call_command("makemaintainer", username, stdout=output, stderr=output)
    return re.search(r"/password/reset#(\S+)", output.getvalue())[1]


def set_up(browser, clock, password=PASSWORD):
    """Try to set up a second factor. Returns the answer to the code, or to the request for a key if that is refused."""
    browser.send("POST", "auth/reauthenticate", {"password": password})
    answer = browser.send("GET", TOTP)
    if answer.status_code == 409:
        return answer
    secret = answer.json()["meta"]["secret"]
    return browser.send("POST", TOTP, {"code": code_of(secret, clock)})


def assert_refused(answer):
    assert answer.status_code == 409
    assert codes(answer) == ["second_factor_not_allowed"]
    (error,) = answer.json()["errors"]
    assert "Ask a superuser to allow it in /admin/" in error["message"]
    assert not Authenticator.objects.exists()


class TestFirstOne:
    def test_a_password_is_not_enough(self, signed_in, clock):
        assert_refused(set_up(signed_in, clock))
        assert_refused(signed_in.send("POST", TOTP, {"code": "123456"}))
        assert_refused(signed_in.send("POST", TOTP, {}))

    def test_a_key_from_before_they_were_staff_is_not_enough(self, make_person, clock):
        ben = make_person("ben", password=PASSWORD)
        browser = Browser()
        browser.submit_login("ben")
        browser.reauthenticate()
        secret = browser.send("GET", TOTP).json()["meta"]["secret"]
        ben.is_staff = True
        ben.save()
        assert_refused(browser.send("POST", TOTP, {"code": code_of(secret, clock)}))

    def test_a_new_password_by_mail_is_not_enough(self, anonymous, mailoutbox, clock):
        anonymous.send("POST", "auth/password/request", {"email": EMAIL})
        browser = open_link(anonymous, link_in(mailoutbox[0], "/password/reset"))
        assert_refused(set_up(browser, clock, OTHER_PASSWORD))

    def test_the_link_of_make_maintainer_is_enough_in_its_browser(self, anonymous, clock):
        browser = open_link(anonymous, maintainer_key())
        assert set_up(browser, clock, OTHER_PASSWORD).status_code == 200

    def test_that_link_is_not_enough_in_another_browser(self, anonymous, clock):
        open_link(anonymous, maintainer_key())
        thief = Browser()
        assert thief.submit_login(password=OTHER_PASSWORD).status_code == 200
        assert_refused(set_up(thief, clock, OTHER_PASSWORD))

    def test_that_link_is_not_enough_for_somebody_else(self, anonymous, make_person, clock):
        make_person("ben", password=PASSWORD, is_staff=True)
        anonymous.send("POST", "auth/password/reset", {"key": maintainer_key(), "password": OTHER_PASSWORD})
        anonymous.submit_login("ben")
        assert_refused(set_up(anonymous, clock))

    def test_that_link_counts_as_long_as_it_would_have_worked(self, anonymous, clock, settings):
        settings.PASSWORD_RESET_TIMEOUT = -1
        key = maintainer_key()
        settings.PASSWORD_RESET_TIMEOUT = 60
        anonymous.send("POST", "auth/password/reset", {"key": key, "password": OTHER_PASSWORD})
        anonymous.submit_login(password=OTHER_PASSWORD)
        session = anonymous.session
        session["_second_factor_setup"]["until"] -= 61
        session.save()
        assert_refused(set_up(anonymous, clock, OTHER_PASSWORD))

    def test_that_link_works_once(self, anonymous):
        key = maintainer_key()
        open_link(anonymous, key)
        answer = Browser().send("POST", "auth/password/reset", {"key": key, "password": PASSWORD})
        assert answer.status_code == 400

    def test_a_superuser_allows_it_with_a_code(self, asha, signed_in, chief, clock):
        code = approval(allow(chief, asha))
        page = chief.get(f"{PEOPLE}{asha.pk}/change/").content.decode()
        assert "first second factor until" in page
        assert code not in page
        assert signed_in.approve(f" {code.lower()} ") == 204
        assert set_up(signed_in, clock).status_code == 200

    def test_without_the_code_a_password_is_not_enough_after_a_superuser_allowed_it(
        self, asha, signed_in, chief, clock
    ):
        code = approval(allow(chief, asha))
        assert_refused(set_up(signed_in, clock))
        assert signed_in.approve("AAAA-AAAA") == 400
        assert_refused(set_up(signed_in, clock))
        thief = Browser()
        thief.submit_login()
        assert signed_in.approve(code) == 204
        assert_refused(set_up(thief, clock))
        assert thief.approve(code) == 400, "it works once"

    def test_the_code_is_for_one_person(self, asha, anonymous, chief, make_person, clock):
        code = approval(allow(chief, asha))
        make_person("ben", password=PASSWORD, is_staff=True)
        ben = Browser()
        ben.submit_login("ben")
        assert ben.approve(code) == 400
        assert_refused(set_up(ben, clock))
        assert Browser().approve(code) == 401

    def test_only_so_many_codes_are_tried_and_a_new_one_replaces_the_one_before(self, asha, signed_in, chief):
        old = approval(allow(chief, asha))
        new = approval(allow(chief, asha))
        assert [signed_in.approve(code) for code in (old, new)] == [400, 204]
        code = approval(allow(chief, asha))
        assert [signed_in.approve("AAAA-AAAA") for _ in range(5)] == [400] * 5
        assert signed_in.approve(code) == 400

    @pytest.mark.parametrize("code", ["", "x" * 100_000, "<b>", None])
    def test_a_text_that_is_no_code_is_refused(self, asha, signed_in, chief, code):
        allow(chief, asha)
        assert signed_in.approve(code) == 400

    def test_a_wrong_code_is_recorded(self, asha, signed_in):
        signed_in.approve("AAAA-AAAA")
        entry = AuditEntry.objects.get(event="second_factor_failed")
        assert (entry.person, entry.details) == ("asha", {"factor": "approval"})

    def test_what_a_superuser_allowed_ends_after_a_day(self, asha, signed_in, chief):
        allow(chief, asha)
        asha.refresh_from_db()
        until = asha.second_factor_allowed_until
        assert timezone.now() + timedelta(hours=23.9) < until < timezone.now() + timedelta(hours=24.1)
        assert approvals.lifetime_milliseconds == 24 * 3600 * 1000

    def test_what_a_superuser_allowed_is_used_up(self, asha, signed_in, chief, clock):
        assert signed_in.approve(approval(allow(chief, asha))) == 204
        unused = approvals.create(asha.pk)
        assert set_up(signed_in, clock).status_code == 200
        chief.post(PEOPLE, {"action": "remove_second_factor", "_selected_action": [asha.pk]})
        assert signed_in.approve(unused) == 400
        assert_refused(set_up(signed_in, clock))

    def test_staff_allow_it_to_nobody(self, asha, signed_in, make_person, clock):
        clerk = make_person("clerk", is_staff=True)
        clerk.user_permissions.set(clerk.user_permissions.model.objects.all())
        page = allow(PortalClient().sign_in(clerk), asha)
        assert "Nothing was changed, because of asha." in page
        assert_refused(set_up(signed_in, clock))

    def test_a_wrong_code_does_not_use_it_up(self, asha, signed_in, chief, clock):
        signed_in.approve(approval(allow(chief, asha)))
        signed_in.reauthenticate()
        secret = signed_in.send("GET", TOTP).json()["meta"]["secret"]
        assert signed_in.send("POST", TOTP, {"code": "000000"}).status_code == 400
        assert signed_in.send("POST", TOTP, {"code": code_of(secret, clock)}).status_code == 200


def test_ordinary_people_need_no_approval_and_keep_their_factor_when_they_become_staff(make_person, clock, settings):
    ben = make_person("ben", password=PASSWORD)
    browser = Browser()
    browser.submit_login("ben")
    assert set_up(browser, clock).status_code == 200
    ben.is_staff = ben.is_superuser = True
    ben.save()
    settings.SECOND_FACTOR_FOR_MAINTAINERS = True
    again = Browser()
    assert pending_flows(again.submit_login("ben"))[0]["id"] == "mfa_authenticate"
    assert Authenticator.objects.filter(user=ben, type="totp").exists()


class TestChangingIt:
    """A session from before the second factor, and the password, are not enough."""

    @pytest.fixture
    def secret(self, asha, signed_in, chief, clock):
        """Set up the second factor of asha in another browser, and return its secret."""
        other = Browser()
        other.submit_login()
        other.approve(approval(allow(chief, asha)))
        other.reauthenticate()
        secret = other.send("GET", TOTP).json()["meta"]["secret"]
        assert other.send("POST", TOTP, {"code": code_of(secret, clock)}).status_code == 200
        self.other = other
        return secret

    def requests(self, browser):
        yield browser.send("DELETE", TOTP)
        yield browser.send("GET", RECOVERY)
        yield browser.send("POST", RECOVERY, {})

    def test_a_password_neither_removes_it_nor_shows_recovery_codes(self, secret, signed_in):
        before = list(Authenticator.objects.order_by("pk").values_list("pk", "data"))
        signed_in.reauthenticate()
        for answer in self.requests(signed_in):
            assert answer.status_code == 401, answer.content
            assert [flow["id"] for flow in answer.json()["data"]["flows"]] == ["mfa_reauthenticate"]
            assert "unused_codes" not in answer.content.decode()
        assert list(Authenticator.objects.order_by("pk").values_list("pk", "data")) == before

    def test_a_password_does_not_replace_it(self, secret, signed_in, clock):
        signed_in.reauthenticate()
        assert "secret" not in signed_in.send("GET", TOTP).json().get("meta", {})
        assert signed_in.send("POST", TOTP, {"code": code_of(secret, clock)}).status_code in {400, 409}
        assert Authenticator.objects.filter(type="totp").count() == 1

    def test_a_code_shows_recovery_codes_and_removes_it(self, secret, signed_in, clock):
        assert signed_in.send("POST", "auth/2fa/reauthenticate", {"code": code_of(secret, clock)}).status_code == 200
        assert len(signed_in.send("GET", RECOVERY).json()["data"]["unused_codes"]) == 10
        assert signed_in.send("POST", RECOVERY, {}).status_code == 200
        assert signed_in.send("DELETE", TOTP).status_code == 200
        assert not Authenticator.objects.exists()

    def test_a_code_counts_for_five_minutes(self, secret, signed_in, clock, settings):
        signed_in.send("POST", "auth/2fa/reauthenticate", {"code": code_of(secret, clock)})
        settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 0
        assert signed_in.send("DELETE", TOTP).status_code == 401

    def test_who_turned_it_off_sets_up_another_in_the_same_browser_only(self, secret, signed_in, clock):
        assert self.other.send("DELETE", TOTP).status_code == 200
        assert_refused(set_up(signed_in, clock))
        assert set_up(self.other, clock).status_code == 200


def test_the_portal_asks_for_the_second_factor_again(make_person, clock, settings):
    """Powers that ended come back with a code, in the same session."""
    settings.SECOND_FACTOR_FOR_MAINTAINERS = True
    make_person("asha", email=EMAIL, password=PASSWORD, is_staff=True, is_superuser=True)
    browser = open_link(Browser(), maintainer_key())
    browser.reauthenticate(OTHER_PASSWORD)
    secret = browser.send("GET", TOTP).json()["meta"]["secret"]
    browser.send("POST", TOTP, {"code": code_of(secret, clock)})
    assert browser.get("/admin/").status_code == 200
    session = browser.session
    for record in session["account_authentication_methods"]:
        record["at"] -= portal_settings.PORTAL.security.second_factor_hours * 3600
    session.save()
    assert browser.get("/admin/")["Location"] == "/account/?second-factor=required&next=/admin/"
    assert browser.send("POST", "auth/2fa/reauthenticate", {"code": code_of(secret, clock)}).status_code == 200
    assert browser.get("/admin/").status_code == 200
