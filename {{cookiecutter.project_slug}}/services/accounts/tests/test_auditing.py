"""The audit log has every sign-in, session, password, email address, second factor and admin action of an account."""

import io
import json
from unittest.mock import patch

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import DatabaseError
from django.utils import timezone

from core.audit.events import Event
from core.audit.models import AuditEntry
from core.people.actions import role_end, role_extend
from core.people.models import Role
from core.testing.client import PortalClient

from .browser import EMAIL, OTHER_PASSWORD, PASSWORD, Browser, code_of, link_in

ADMIN_PEOPLE = "/admin/core_people/person/"
MFA_LOGIN = "auth/2fa/authenticate"


def entries(*events):
    """Return (event, person, by) of the entries, the oldest first; of these events alone, if there are any."""
    found = AuditEntry.objects.order_by("id")
    if events:
        found = found.filter(event__in=events)
    return [(entry.event, entry.person, entry.by) for entry in found]


def details(event):
    return AuditEntry.objects.filter(event=event).latest("id").details


@pytest.fixture
def chief(make_person):
    return make_person("chief", is_staff=True, is_superuser=True, password=PASSWORD)


@pytest.fixture
def maintainer(chief):
    return PortalClient().sign_in(chief)


class TestSigningIn:
    def test_a_sign_in(self, signed_in):
        entry = AuditEntry.objects.get(event=Event.SIGNED_IN)
        assert (entry.person, entry.by, entry.ip_address) == ("asha", "asha", "127.0.0.1")
        assert entry.details == {"factors": ["password"], "new_device": True}
        assert len(entry.request_id) >= 8

    def test_a_sign_in_with_a_second_factor(self, signed_in, set_up_second_factor, clock):
        secret = set_up_second_factor(signed_in)
        codes = signed_in.send("GET", "account/authenticators/recovery-codes").json()["data"]["unused_codes"]
        for code, factor in ((code_of(secret, clock), "totp"), (codes[0], "recovery_codes")):
            browser = Browser()
            browser.submit_login()
            assert browser.send("POST", MFA_LOGIN, {"code": code}).status_code == 200
            assert details(Event.SIGNED_IN)["factors"] == ["password", factor]
        assert entries(Event.RECOVERY_CODE_USED) == [("recovery_code_used", "asha", "asha")]

    def test_a_password_alone_is_no_sign_in(self, signed_in, set_up_second_factor):
        set_up_second_factor(signed_in)
        before = len(entries(Event.SIGNED_IN))
        browser = Browser()
        browser.submit_login()
        browser.send("POST", MFA_LOGIN, {"code": "000000"})
        assert len(entries(Event.SIGNED_IN)) == before
        assert entries(Event.SECOND_FACTOR_FAILED) == [("second_factor_failed", "asha", "")]

    @pytest.mark.parametrize("login", ["asha", "ASHA", EMAIL])
    def test_a_wrong_password(self, anonymous, login):
        anonymous.submit_login(login, password="wrong password")
        assert entries() == [("sign_in_failed", "asha", "")]
        assert "wrong password" not in json.dumps(details(Event.SIGN_IN_FAILED))

    @pytest.mark.parametrize("typed", ["my secret password", "somebody@example.edu"])
    def test_a_name_that_nobody_has_is_not_stored(self, anonymous, typed):
        for _ in range(2):
            anonymous.submit_login(typed, password="wrong password")
        first, second = AuditEntry.objects.filter(event=Event.SIGN_IN_FAILED)
        assert first.details == second.details, "the same name cannot be recognized"
        assert (first.person, first.person_id) == ("", None)
        assert typed not in json.dumps(first.details)
        anonymous.submit_login("another name", password="wrong password")
        assert details(Event.SIGN_IN_FAILED) != first.details

    def test_attempts_over_the_limit_are_one_entry(self, anonymous):
        for _ in range(9):
            anonymous.submit_login(password="wrong password")
        assert len(entries(Event.SIGN_IN_FAILED)) == 5
        assert entries(Event.SIGN_IN_LIMITED) == [("sign_in_limited", "asha", "")]

    def test_an_inactive_account(self, anonymous, asha):
        asha.is_active = False
        asha.save()
        assert anonymous.submit_login().status_code != 200
        assert entries(Event.SIGNED_IN) == []
        assert entries(Event.SIGN_IN_FAILED)[0][1] == "asha"

    def test_a_sign_in_that_cannot_be_recorded_does_not_happen(self, anonymous):
        anonymous.raise_request_exception = False
        with patch.object(AuditEntry, "save", side_effect=DatabaseError("gone")):
            assert anonymous.submit_login().status_code == 500
        assert anonymous.username is None

    def test_signing_out(self, signed_in):
        signed_in.send("DELETE", "auth/session")
        assert entries(Event.SIGNED_OUT) == [("signed_out", "asha", "asha")]

    def test_ending_a_session_from_another(self, signed_in):
        other = Browser()
        other.submit_login()
        (elsewhere,) = [one for one in signed_in.sessions() if not one["is_current"]]
        signed_in.send("DELETE", "auth/sessions", {"sessions": [elsewhere["id"]]})
        assert entries(Event.SESSION_ENDED) == [("session_ended", "asha", "asha")]
        assert details(Event.SESSION_ENDED) == {"session_ip_address": "127.0.0.1"}

    def test_a_session_from_the_shell(self, asha):
        call_command("makesession", "asha")
        assert entries() == [("session_made", "asha", "")]


class TestAccounts:
    def test_a_second_factor(self, signed_in, set_up_second_factor):
        set_up_second_factor(signed_in)
        signed_in.send("POST", "account/authenticators/recovery-codes")
        signed_in.send("DELETE", "account/authenticators/totp")
        names = [event for event, _, _ in entries() if "factor" in event or "recovery" in event]
        assert sorted(set(names)) == ["recovery_codes_made", "second_factor_added", "second_factor_removed"]

    def test_a_password(self, signed_in, mailoutbox):
        change = {"current_password": PASSWORD, "new_password": OTHER_PASSWORD}
        assert signed_in.send("POST", "account/password/change", change).status_code == 200
        assert entries(Event.PASSWORD_CHANGED) == [("password_changed", "asha", "asha")]
        mailoutbox.clear()
        browser = Browser()
        browser.send("POST", "auth/password/request", {"email": EMAIL})
        browser.send("POST", "auth/password/request", {"email": "nobody@example.edu"})
        key = link_in(mailoutbox[0], "/password/reset")
        browser.send("POST", "auth/password/reset", {"key": key, "password": PASSWORD})
        assert entries(Event.PASSWORD_RESET_REQUESTED, Event.PASSWORD_RESET) == [
            ("password_reset_requested", "asha", ""),
            ("password_reset", "asha", ""),
        ]
        assert not [one for one in AuditEntry.objects.all() if PASSWORD in str(one.details) or key in str(one.details)]

    def test_a_wrong_password_at_a_confirmation(self, signed_in):
        signed_in.send("POST", "auth/reauthenticate", {"password": "wrong password"})
        assert entries(Event.CONFIRMATION_FAILED) == [("confirmation_failed", "asha", "asha")]

    def test_an_email(self, signed_in, mailoutbox):
        signed_in.reauthenticate()
        assert signed_in.send("POST", "account/email", {"email": "new@example.edu"}).status_code == 200
        key = link_in(mailoutbox[-1], "/account/email/confirm")
        assert signed_in.send("POST", "auth/email/verify", {"key": key}).status_code == 200
        assert details(Event.EMAIL_CHANGED) == {"before": EMAIL, "after": "new@example.edu"}
        assert entries(Event.EMAIL_REQUESTED, Event.EMAIL_CONFIRMED) == [
            ("email_requested", "asha", "asha"),
            ("email_confirmed", "asha", "asha"),
        ]

    def test_roles(self, asha, chief, give_role, use_roles):
        use_roles(student={})
        today = timezone.localdate()
        role = give_role(asha, "student", end=today, by=chief, why="enrolled")
        role = role_extend(role=role, end=None, by=chief)
        role_end(role=role, last_day=today, by=chief)
        Role.objects.all().delete(by=chief)
        names = ["role_granted", "role_extended", "role_ended", "role_removed"]
        assert entries(*names) == [(name, "asha", "chief") for name in names]
        assert AuditEntry.objects.get(event="role_granted").details["why"] == "enrolled"

    def test_a_maintainer_by_a_command(self, db):
        call_command("makemaintainer", "dean", "--email", "dean@example.edu", stdout=io.StringIO())
        assert ("maintainer_made", "dean", "") in entries()


class TestAdmin:
    def form(self, maintainer, person, **changes):
        page = maintainer.get(f"{ADMIN_PEOPLE}{person.pk}/change/")
        values = {**page.context["adminform"].form.initial, "groups": [], "user_permissions": [], **changes}
        return {name: value for name, value in values.items() if value not in (None, False)}

    def change(self, maintainer, person, **changes):
        answer = maintainer.post(f"{ADMIN_PEOPLE}{person.pk}/change/", self.form(maintainer, person, **changes))
        assert answer.status_code == 302, answer.context["adminform"].form.errors

    def test_additions_changes_and_deletions(self, maintainer):
        maintainer.post("/admin/auth/group/add/", {"name": "Readers"})
        group = Group.objects.get()
        maintainer.post(f"/admin/auth/group/{group.pk}/change/", {"name": "Writers"})
        maintainer.post(f"/admin/auth/group/{group.pk}/delete/", {"post": "yes"})
        other = Group.objects.create(name="Others")
        maintainer.post(
            "/admin/auth/group/", {"action": "delete_selected", "_selected_action": [other.pk], "post": "yes"}
        )
        found = AuditEntry.objects.order_by("id")
        assert [(one.event, one.by, one.details["object"]) for one in found] == [
            ("admin_added", "chief", "Readers"),
            ("admin_changed", "chief", "Writers"),
            ("admin_deleted", "chief", "Writers"),
            ("admin_deleted", "chief", "Others"),
        ]
        assert {one.details["model"] for one in found} == {"auth.group"}

    def test_an_email_and_powers(self, maintainer, asha):
        self.change(maintainer, asha, email="other@example.edu", is_staff=True, is_active=False)
        assert details(Event.EMAIL_CHANGED) == {"before": EMAIL, "after": "other@example.edu"}
        assert details(Event.POWERS_CHANGED) == {"is_active": False, "is_staff": True}
        assert entries(Event.POWERS_CHANGED, Event.ADMIN_CHANGED) == [
            ("powers_changed", "asha", "chief"),
            ("admin_changed", "asha", "chief"),
        ]

    def test_a_password(self, maintainer, asha):
        form = {"password1": OTHER_PASSWORD, "password2": "another one"}
        assert maintainer.post(f"{ADMIN_PEOPLE}{asha.pk}/password/", form).status_code == 200
        assert entries(Event.PASSWORD_CHANGED) == []
        form["password2"] = OTHER_PASSWORD
        assert maintainer.post(f"{ADMIN_PEOPLE}{asha.pk}/password/", form).status_code == 302
        assert entries(Event.PASSWORD_CHANGED) == [("password_changed", "asha", "chief")]

    def test_the_actions_of_the_list(self, maintainer, signed_in, set_up_second_factor, asha):
        set_up_second_factor(signed_in)
        for action in ("remove_second_factor", "sign_out_everywhere"):
            maintainer.post(ADMIN_PEOPLE, {"action": action, "_selected_action": [asha.pk]})
        assert entries(Event.SECOND_FACTOR_REMOVED, Event.SESSION_ENDED) == [
            ("second_factor_removed", "asha", "chief"),
            ("session_ended", "asha", "chief"),
        ]
        assert signed_in.username is None
