"""The first maintainer, and one who is locked out: made by a command, let in by a link that works once."""

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


def made(*arguments: str) -> str:
    output = io.StringIO()
    call_command("makemaintainer", *arguments, stdout=output, stderr=output)
    return output.getvalue()


def link_in(said: str) -> tuple[str, str]:
    """The link's site, and its key."""
    return re.search(r"(https?://\S+)/password/reset/(\S+)", said).groups()


def test_the_first_one_sets_a_password_by_a_link_that_works_once(db):
    said = made("Boss", "--email", "Boss@Example.EDU", "--name", "The Boss")
    assert said.startswith("Created the account Boss.\nThey can do everything in /admin/.\nGranted the role")
    boss = Person.objects.get()
    assert (boss.username, boss.email, boss.display_name) == ("Boss", "boss@example.edu", "The Boss")
    assert boss.is_staff
    assert boss.is_superuser
    assert not boss.has_usable_password()
    assert active_roles(boss) == {"maintainer"}
    assert boss.role_changes.get().why == "makemaintainer"
    assert EmailAddress.objects.get().verified
    site, key = link_in(said)
    assert site == "http://127.0.0.1:8000"
    assert "in the next 3 hours" in said
    visitor = PortalClient()
    assert visitor.post_json(RESET, {"key": key, "password": PASSWORD}).status_code == 401  # done, not signed in by it
    assert authenticate(username="boss", password=PASSWORD) == boss
    assert visitor.post_json(RESET, {"key": key, "password": "another horse battery"}).status_code == 400


@pytest.mark.parametrize("site", ["intranet", "internet", None])
def test_in_production_the_link_is_to_the_site_that_has_the_admin(db, settings, monkeypatch, site):
    monkeypatch.setattr(type(settings.CONFIGURATION.environment), "is_production", property(lambda self: True))
    settings.SITE = site
    settings.SITE_ORIGINS = {"intranet": "https://campus.example.edu:8443", "internet": "https://example.edu:8443"}
    base = {"internet": "https://example.edu:8443", "intranet": "https://campus.example.edu:8443"}.get(site, "")
    settings.HEADLESS_FRONTEND_URLS = {"account_reset_password_from_key": f"{base}/password/reset/{{key}}"}
    assert link_in(made("boss", "--email", "boss@example.edu"))[0] == "https://campus.example.edu:8443"


def test_in_development_the_port_is_the_servers(db):
    assert link_in(made("boss", "--email", "boss@example.edu", "--port", "9000"))[0] == "http://127.0.0.1:9000"


def test_whoever_is_locked_out_gets_another_link(make_person):
    boss = make_person(
        "boss", email="boss@example.edu", password=PASSWORD, is_staff=True, is_superuser=True, is_active=False
    )
    said = made("BOSS")
    assert said.startswith("They can sign in again.\nGranted the role Maintainer from")
    boss.refresh_from_db()
    assert boss.is_active
    assert boss.check_password(PASSWORD), "it holds until they set another one"
    assert made("boss").startswith("boss is already a maintainer.\n")
    assert boss.roles.count() == 1
    _, key = link_in(made("boss"))
    PortalClient().post_json(RESET, {"key": key, "password": "another horse battery"})
    assert authenticate(username="boss", password="another horse battery") == boss


def test_somebody_who_is_there_becomes_one(make_person):
    asha = make_person("asha", email="asha@example.edu", display_name="Asha Rao")
    said = made("asha", "--email", "rao@example.edu")
    assert said.splitlines()[:2] == [
        "Changed email from asha@example.edu to rao@example.edu.",
        "They can do everything in /admin/.",
    ]
    asha.refresh_from_db()
    assert (asha.email, asha.display_name, asha.is_superuser) == ("rao@example.edu", "Asha Rao", True)
    assert EmailAddress.objects.get().email == "rao@example.edu"


def test_a_role_that_begins_later_is_worn_until_then_too(make_person):
    asha, today = make_person("asha"), timezone.localdate()
    role_grant(person=asha, name="maintainer", start=today + timedelta(days=10))
    made("asha")
    assert [(role.start, role.end) for role in asha.roles.all()] == [
        (today, today + timedelta(days=9)),
        (today + timedelta(days=10), None),
    ]


def test_without_such_a_role_there_is_none_to_give(db, use_roles):
    use_roles(student={})
    assert "role" not in made("boss", "--email", "boss@example.edu")
    assert Person.objects.get().is_superuser


def test_a_role_that_asks_for_more_is_left_to_the_admin(db, use_roles):
    use_roles(maintainer={"type": "object", "properties": {"badge": {}}, "required": ["badge"]})
    said = made("boss", "--email", "boss@example.edu")
    assert "The role maintainer was not granted: 'badge' is a required property." in said
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
def test_what_may_not_be_is_refused(make_person, arguments, message):
    make_person("asha", email="asha@example.edu")
    with pytest.raises(CommandError, match=rf"(?s)Nothing was changed:.*{message}"):
        made(*arguments)
    assert Person.objects.count() == 1


class TestAsking:
    @pytest.fixture
    def terminal(self, monkeypatch):
        """Somebody who types these answers."""

        def terminal(*answers: str) -> list[str]:
            class Terminal(io.StringIO):
                def isatty(self) -> bool:
                    return True

            left, asked = list(answers), []

            def answer(question: str) -> str:
                asked.append(question)
                if not left:
                    raise EOFError
                return left.pop(0)

            monkeypatch.setattr(sys, "stdin", Terminal())
            monkeypatch.setattr(builtins, "input", answer)
            return asked

        return terminal

    def test_for_what_was_not_given_until_it_may_be(self, db, terminal):
        asked = terminal("", "the boss", "boss", "boss@", "boss@example.edu", "The Boss")
        said = made()
        assert [question.split()[0] for question in asked] == ["Username:"] * 3 + ["Email"] * 2 + ["Display"]
        assert "begins with a letter" in said
        assert "valid email address" in said
        boss = Person.objects.get()
        assert (boss.username, boss.email, boss.display_name) == ("boss", "boss@example.edu", "The Boss")

    def test_nothing_more_of_somebody_who_is_there(self, make_person, terminal):
        make_person("boss")
        assert len(terminal("Boss")) == 0
        assert made().startswith("They can do everything")

    def test_whoever_changes_their_mind_makes_nobody(self, db, terminal):
        terminal("boss")
        with pytest.raises(CommandError, match=r"Nothing was changed\."):
            made()
        assert not Person.objects.exists()

    @pytest.mark.parametrize("arguments", [[], ["boss"]])
    def test_without_a_terminal_the_options_are_named(self, db, arguments):
        with pytest.raises(CommandError, match="makemaintainer USERNAME --email EMAIL"):
            made(*arguments)
