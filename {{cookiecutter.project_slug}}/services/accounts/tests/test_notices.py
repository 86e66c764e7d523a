"""People get a mail about what others do to their account, and about sign-ins on new devices."""

from unittest.mock import patch

import pytest
from django.conf import settings as portal_settings
from django.utils import timezone, translation
from django.utils.translation import gettext
from kombu.exceptions import OperationalError

from core.mail.tasks import deliver_mail
from core.people.actions import role_end
from core.people.models import Role
from core.testing.client import PortalClient
from services.accounts.notices import browser_of

from .browser import EMAIL, OTHER_PASSWORD, PASSWORD, Browser

ADMIN_PEOPLE = "/admin/core_people/person/"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
def chief(make_person):
    return make_person("chief", is_staff=True, is_superuser=True, display_name="Chief Warden")


@pytest.fixture
def maintainer(chief):
    return PortalClient().sign_in(chief)


@pytest.fixture
def mails(mailoutbox, django_capture_on_commit_callbacks):
    """Return a function that does something, and returns (recipient, subject, text) of the mails about it."""

    def mails_of(action):
        mailoutbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            action()
        return [(mail.to[0], mail.subject, mail.body) for mail in mailoutbox]

    return mails_of


def subject(text):
    return f"[{portal_settings.PORTAL.name}] {text}"


def change(maintainer, person, **changes):
    path = f"{ADMIN_PEOPLE}{person.pk}/change/"
    form = maintainer.get(path).context["adminform"].form
    values = {**form.initial, "groups": [], "user_permissions": [], **changes}
    answer = maintainer.post(path, {name: value for name, value in values.items() if value not in (None, False)})
    assert answer.status_code == 302


def test_a_password_set_by_a_maintainer(maintainer, asha, mails):
    form = {"password1": OTHER_PASSWORD, "password2": OTHER_PASSWORD}
    ((to, title, text),) = mails(lambda: maintainer.post(f"{ADMIN_PEOPLE}{asha.pk}/password/", form))
    assert (to, title) == (EMAIL, subject("Your password was changed"))
    assert "Chief Warden has changed your password." in text
    assert portal_settings.PORTAL.maintainers.email in text
    assert OTHER_PASSWORD not in text


def test_a_new_email_is_told_to_the_old_and_the_new_address(maintainer, asha, mails):
    found = mails(lambda: change(maintainer, asha, email="new@example.edu"))
    assert {to for to, _, _ in found} == {EMAIL, "new@example.edu"}
    for _, title, text in found:
        assert title == subject("Your email address was changed")
        assert f"from {EMAIL} to new@example.edu" in text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"is_active": False}, "Your account was deactivated. You cannot sign in."),
        ({"is_staff": True}, "You can use /admin/ now."),
        ({"is_superuser": True}, "You have all permissions now."),
    ],
)
def test_powers(maintainer, asha, mails, changes, sentence):
    ((to, title, text),) = mails(lambda: change(maintainer, asha, **changes))
    assert (to, title) == (EMAIL, subject("Your account was changed"))
    assert sentence in text


def test_another_change_of_a_profile_sends_nothing(maintainer, asha, mails):
    assert mails(lambda: change(maintainer, asha, display_name="Asha Rao")) == []


@pytest.mark.parametrize(
    ("action", "title"),
    [
        ("sign_out_everywhere", "You were signed out everywhere"),
        ("remove_second_factor", "Your second factor was removed"),
    ],
)
def test_the_actions_of_the_list(maintainer, signed_in, set_up_second_factor, asha, mails, action, title):
    set_up_second_factor(signed_in)
    form = {"action": action, "_selected_action": [asha.pk]}
    ((to, found, _),) = mails(lambda: maintainer.post(ADMIN_PEOPLE, form))
    assert (to, found) == (EMAIL, subject(title))


def test_roles(asha, chief, give_role, use_roles, mails):
    use_roles(student={})
    ((to, title, text),) = mails(lambda: give_role(asha, "student", by=chief))
    assert (to, title) == (EMAIL, subject("Your roles were changed"))
    assert "Chief Warden has granted you the role Student." in text
    ((_, _, text),) = mails(lambda: role_end(role=Role.objects.get(), last_day=timezone.localdate(), by=chief))
    assert "Chief Warden has ended your role Student." in text


def test_a_command_and_an_own_change_of_roles_send_nothing(asha, chief, give_role, use_roles, mails):
    use_roles(student={})
    assert mails(lambda: give_role(asha, "student")) == []
    assert mails(lambda: give_role(chief, "student", by=chief)) == []


def test_a_person_without_an_email_gets_none(maintainer, make_person, mails):
    nameless = make_person("nameless")
    assert mails(lambda: change(maintainer, nameless, is_active=False)) == []


def test_a_broker_that_is_down_fails_no_change_and_loses_no_mail(
    maintainer, asha, mailoutbox, allow_task_errors, django_capture_on_commit_callbacks
):
    with (
        patch.object(deliver_mail, "delay", side_effect=OperationalError("the broker is down")),
        django_capture_on_commit_callbacks(execute=True),
    ):
        change(maintainer, asha, is_active=False)
    asha.refresh_from_db()
    assert not asha.is_active
    assert [mail.to for mail in mailoutbox] == [[EMAIL]]


class TestNewDevices:
    def sign_in(self, browser):
        return lambda: browser.submit_login()

    def test_the_first_sign_in_of_a_person_sends_nothing(self, anonymous, mails):
        assert mails(self.sign_in(anonymous)) == []

    def test_a_new_device(self, signed_in, mails):
        browser = Browser(headers={"User-Agent": FIREFOX})
        ((to, title, text),) = mails(self.sign_in(browser))
        assert (to, title) == (EMAIL, subject("You signed in on a new device"))
        for line in ("Browser: Firefox on Linux", "IP address: 127.0.0.1", "Time: "):
            assert line in text

    def test_a_known_device_sends_nothing(self, signed_in, mails):
        signed_in.send("DELETE", "auth/session")
        assert mails(self.sign_in(signed_in)) == []

    def test_a_wrong_password_sends_nothing(self, signed_in, mails):
        assert mails(lambda: Browser().submit_login(password="wrong password")) == []

    def test_without_the_second_factor_nothing_is_sent(self, signed_in, set_up_second_factor, mails):
        set_up_second_factor(signed_in)
        assert mails(self.sign_in(Browser())) == []

    @pytest.mark.parametrize(
        ("user_agent", "name"),
        [
            (FIREFOX, "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
                "Edge on Windows",
            ),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari on iPhone"),
            ("Mozilla/5.0 (Linux; Android 16) Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
            ("Your account is in danger! Visit https://evil.example", "unknown"),
            ("", "unknown"),
        ],
    )
    def test_the_text_of_a_user_agent_is_not_repeated(self, user_agent, name):
        assert browser_of(user_agent) == name


def test_a_notice_is_in_the_language_that_the_person_chose(maintainer, asha, mails, settings):
    settings.LANGUAGES = [("en", "English"), ("hi", "Hindi")]
    asha.language = "hi"
    asha.save(update_fields=["language"])
    form = {"password1": OTHER_PASSWORD, "password2": OTHER_PASSWORD}
    ((_, title, text),) = mails(lambda: maintainer.post(f"{ADMIN_PEOPLE}{asha.pk}/password/", form))
    with translation.override("hi"):
        assert title == subject(gettext("Your password was changed"))
        assert gettext("%(by)s has changed your password.") % {"by": "Chief Warden"} in text
    assert "password" not in title + text


def test_a_new_device_is_reported_in_the_language_that_the_person_chose(signed_in, asha, mails, settings):
    settings.LANGUAGES = [("en", "English"), ("hi", "Hindi")]
    asha.language = "hi"
    asha.save(update_fields=["language"])
    ((_, title, text),) = mails(lambda: Browser(headers={"User-Agent": FIREFOX}).submit_login())
    with translation.override("hi"):
        assert title == subject(gettext("You signed in on a new device"))
    assert "Browser:" not in text


def test_the_mail_to_reset_a_password_is_in_the_language_that_the_person_chose(anonymous, asha, mails, settings):
    settings.LANGUAGES = [("en", "English"), ("hi", "Hindi")]
    asha.language = "hi"
    asha.save(update_fields=["language"])
    ((to, title, _),) = mails(lambda: anonymous.send("POST", "auth/password/request", {"email": EMAIL}))
    assert to == EMAIL
    assert "Password" not in title


def test_a_mail_is_in_the_portals_language(maintainer, asha, mails):
    form = {"password1": PASSWORD, "password2": PASSWORD}
    path = f"{ADMIN_PEOPLE}{asha.pk}/password/"
    ((_, _, text),) = mails(lambda: maintainer.post(path, form, headers={"Accept-Language": "de"}))
    with translation.override(portal_settings.LANGUAGE_CODE):
        assert f"{portal_settings.PORTAL.name}, {portal_settings.PORTAL.sites.internet.domain}" in text
