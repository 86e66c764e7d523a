"""makemaintainer creates maintainers, and helps those who are locked out, with a link that works once."""

import builtins
import io
import re
import sys
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.utils import timezone

from core.people.actions import role_grant
from core.people.models import Person
from core.people.selectors import active_roles
from core.testing.client import PortalClient

RESET = "/_allauth/browser/v1/auth/password/reset"
PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def roles(use_roles) -> None:
    use_roles(maintainer={})


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO())


def make_maintainer(*arguments: str) -> str:
    output = io.StringIO()
    call_command("makemaintainer", *arguments, stdout=output, stderr=output)
    return output.getvalue()


def link_in(output: str) -> tuple[str, str]:
    """Return the origin and the key of the link."""
    return re.search(r"(https?://\S+)/password/reset#(\S+)", output).groups()


def test_a_new_maintainer_sets_a_password_with_a_link_that_works_once(db):
    output = make_maintainer("Boss", "--email", "Boss@Example.EDU", "--name", "The Boss")
    assert output.startswith("Created the account Boss.\nThey can do everything in /admin/.\nGranted the role")
    boss = Person.objects.get()
    assert (boss.username, boss.email, boss.display_name) == ("Boss", "boss@example.edu", "The Boss")
    assert boss.is_staff
    assert boss.is_superuser
    assert not boss.has_usable_password()
    assert active_roles(boss) == {"maintainer"}
    assert boss.role_changes.get().why == "makemaintainer"
    assert EmailAddress.objects.get().verified
    site, key = link_in(output)
    assert site == "http://127.0.0.1:8000"
    assert "in the next 3 hours" in output
    visitor = PortalClient()
    assert visitor.post_json(RESET, {"key": key, "password": PASSWORD}).status_code == 401  # done, but not signed in
    assert authenticate(username="boss", password=PASSWORD) == boss
    assert visitor.post_json(RESET, {"key": key, "password": "another horse battery"}).status_code == 400


@pytest.mark.parametrize("site", ["intranet", "internet", None])
def test_in_production_the_link_leads_to_the_intranet_site(db, settings, monkeypatch, site):
    monkeypatch.setattr(type(settings.CONFIGURATION.environment), "is_production", property(lambda self: True))
    settings.SITE = site
    settings.SITE_ORIGINS = {"intranet": "https://campus.example.edu:8443", "internet": "https://example.edu:8443"}
    base = {"internet": "https://example.edu:8443", "intranet": "https://campus.example.edu:8443"}.get(site, "")
    settings.HEADLESS_FRONTEND_URLS = {"account_reset_password_from_key": f"{base}/password/reset#{{key}}"}
    assert link_in(make_maintainer("boss", "--email", "boss@example.edu"))[0] == "https://campus.example.edu:8443"


def test_in_development_the_link_has_the_port_of_the_server(db):
    assert (
        link_in(make_maintainer("boss", "--email", "boss@example.edu", "--port", "9000"))[0] == "http://127.0.0.1:9000"
    )


def test_a_locked_out_maintainer_gets_a_new_link(make_person):
    boss = make_person(
        "boss", email="boss@example.edu", password=PASSWORD, is_staff=True, is_superuser=True, is_active=False
    )
    output = make_maintainer("BOSS")
    assert output.startswith("They can sign in again.\nGranted the role Maintainer from")
    boss.refresh_from_db()
    assert boss.is_active
    assert boss.check_password(PASSWORD), "it works until they set a new one"
    assert make_maintainer("boss").startswith("boss is already a maintainer.\n")
    assert boss.roles.count() == 1
    _, key = link_in(make_maintainer("boss"))
    PortalClient().post_json(RESET, {"key": key, "password": "another horse battery"})
    assert authenticate(username="boss", password="another horse battery") == boss


def test_an_existing_person_becomes_a_maintainer(make_person):
    asha = make_person("asha", email="asha@example.edu", display_name="Asha Rao")
    output = make_maintainer("asha", "--email", "rao@example.edu")
    assert output.splitlines()[:2] == [
        "Changed email from asha@example.edu to rao@example.edu.",
        "They can do everything in /admin/.",
    ]
    asha.refresh_from_db()
    assert (asha.email, asha.display_name, asha.is_superuser) == ("rao@example.edu", "Asha Rao", True)
    assert EmailAddress.objects.get().email == "rao@example.edu"


def test_the_role_is_granted_until_a_future_one_begins(make_person):
    asha, today = make_person("asha"), timezone.localdate()
    role_grant(person=asha, name="maintainer", start=today + timedelta(days=10))
    make_maintainer("asha")
    assert [(role.start, role.end) for role in asha.roles.all()] == [
        (today, today + timedelta(days=9)),
        (today + timedelta(days=10), None),
    ]


def test_without_the_role_in_portal_yaml_none_is_granted(db, use_roles):
    use_roles(student={})
    assert "role" not in make_maintainer("boss", "--email", "boss@example.edu")
    assert Person.objects.get().is_superuser


def test_a_role_with_required_details_is_left_to_the_admin(db, use_roles):
    use_roles(maintainer={"type": "object", "properties": {"badge": {}}, "required": ["badge"]})
    output = make_maintainer("boss", "--email", "boss@example.edu")
    assert "The role maintainer was not granted: 'badge' is a required property." in output
    assert Person.objects.get().is_superuser


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["a b", "--email", "boss@example.edu"], "username: A username has"),
        (["boss", "--email", "boss@"], "email: Enter a valid"),
        (["boss", "--email", "asha@example.edu"], "person_email_unique"),
        (["boss", "--email", "boss@example.edu", "--name", "x" * 201], "display_name: Ensure"),
    ],
)
def test_invalid_values_are_refused(make_person, arguments, message):
    make_person("asha", email="asha@example.edu")
    with pytest.raises(CommandError, match=rf"(?s)Nothing was changed:.*{message}"):
        make_maintainer(*arguments)
    assert Person.objects.count() == 1


class TestPrompts:
    @pytest.fixture
    def terminal(self, monkeypatch):
        """Answer the prompts with these texts. Returns the prompts."""

        def terminal(*answers: str) -> list[str]:
            class Terminal(io.StringIO):
                def isatty(self) -> bool:
                    return True

            remaining, prompts = list(answers), []

            def answer(prompt: str) -> str:
                prompts.append(prompt)
                if not remaining:
                    raise EOFError
                return remaining.pop(0)

            monkeypatch.setattr(sys, "stdin", Terminal())
            monkeypatch.setattr(builtins, "input", answer)
            return prompts

        return terminal

    def test_missing_values_are_asked_for_until_they_are_valid(self, db, terminal):
        prompts = terminal("", "the boss", "boss", "boss@", "boss@example.edu", "The Boss")
        output = make_maintainer()
        assert [question.split()[0] for question in prompts] == ["Username:"] * 3 + ["Email"] * 2 + ["Display"]
        assert "begins with a letter" in output
        assert "valid email address" in output
        boss = Person.objects.get()
        assert (boss.username, boss.email, boss.display_name) == ("boss", "boss@example.edu", "The Boss")

    def test_an_existing_person_is_asked_for_the_username_only(self, make_person, terminal):
        make_person("boss")
        assert len(terminal("Boss")) == 0
        assert make_maintainer().startswith("They can do everything")

    def test_cancelling_creates_nobody(self, db, terminal):
        terminal("boss")
        with pytest.raises(CommandError, match=r"Nothing was changed\."):
            make_maintainer()
        assert not Person.objects.exists()

    @pytest.mark.parametrize("arguments", [[], ["boss"]])
    def test_without_a_terminal_the_error_names_the_options(self, db, arguments):
        with pytest.raises(CommandError, match="makemaintainer USERNAME --email EMAIL"):
            make_maintainer(*arguments)
