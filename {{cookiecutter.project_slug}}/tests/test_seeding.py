"""The demo data: accounts with known passwords and about forty people. Seeding again changes nothing."""

import io
from datetime import date, timedelta

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db.models import Count
from django.utils import timezone

from core.people.demo import PEOPLE
from core.people.models import Person, Role, RoleChange, Visibility
from core.people.seeding import demo_accounts, demo_password, seed_directory, seed_people

EMPLOYEE = {"type": "object", "properties": {"department": {"type": "string"}, "position": {"type": "string"}}}
STUDENT = {"type": "object", "properties": {"department": {"type": "string"}, "programme": {"type": "string"}}}
ROLES = {"student": STUDENT, "faculty": EMPLOYEE, "staff": EMPLOYEE, "maintainer": {}, "guest": {}}


def seed() -> str:
    output = io.StringIO()
    call_command("seed", stdout=output)
    return output.getvalue()


def test_it_can_run_the_migrations_first(db, monkeypatch):
    commands = []
    monkeypatch.setattr("core.management.commands.seed.call_command", lambda name, **options: commands.append(name))
    seed()
    assert commands == []
    call_command("seed", "--migrate", stdout=io.StringIO())
    assert commands == ["migrate"]


def rows() -> list[list[tuple]]:
    return [list(model.objects.order_by("pk").values_list()) for model in (Person, Role, RoleChange)]


def directory_people():
    """Return everyone except the accounts."""
    return Person.objects.exclude(username__in=demo_accounts())


@pytest.fixture(autouse=True)
def roles(use_roles) -> None:
    use_roles(**ROLES)


def test_the_accounts_can_sign_in_and_have_their_roles(db):
    output = seed()
    for account in demo_accounts():
        assert demo_password(account) in output
        person = authenticate(username=account, password=demo_password(account))
        assert person.is_staff is (account == "maintainer")
        assert list(person.roles.active().values_list("name", flat=True)) == [account]


def test_about_forty_people_are_in_the_directory(db):
    assert f"{len(PEOPLE)} people" in seed()
    assert 35 <= directory_people().count() == len(PEOPLE) <= 45
    for person in directory_people():
        assert not person.has_usable_password()
        assert not person.is_staff
        assert person.email.endswith("@example.edu")
        person.full_clean()


def test_they_have_all_kinds_of_roles_and_privacy_settings(db):
    seed()
    roles = Role.objects.filter(person__in=directory_people())
    for name in ROLES:
        assert roles.active().filter(name=name).exists(), name
    assert roles.past().exists()
    assert roles.future().exists()
    assert directory_people().annotate(number=Count("roles")).filter(number__gt=1).exists()
    assert roles.filter(end__range=(timezone.localdate(), timezone.localdate() + timedelta(days=14))).exists()
    for part in ("entry", "photo", "roles", "email"):
        default = Person._meta.get_field(f"{part}_visible_to").default
        assert directory_people().exclude(**{f"{part}_visible_to": default}).exists(), part
    assert directory_people().filter(email_visible_to=Visibility.NOBODY).exists()
    assert {role.details["department"] for role in roles.filter(name="faculty")} >= {"Physics", "History"}


def test_seeding_again_changes_nothing(db):
    seed()
    before = rows()
    seed()
    assert rows() == before


@pytest.mark.parametrize("later", [1, 200, 1000])
def test_seeding_again_on_another_day_changes_nothing(db, later):
    today = date(2026, 7, 31)
    assert seed_directory(today) == len(PEOPLE)
    before = rows()
    assert seed_directory(today + timedelta(days=later)) == 0
    assert rows() == before


@pytest.mark.parametrize("day", [date(2026, 7, 31), date(2026, 8, 1), date(2028, 2, 29), date(2026, 12, 31)])
def test_all_roles_are_granted_on_any_day(db, day):
    seed_directory(day)
    assert Role.objects.count() == sum(len(person.roles) for person in PEOPLE)
    active = Person.objects.filter(roles__in=Role.objects.active(day)).distinct().count()
    assert active > len(PEOPLE) * 0.8


def test_people_with_the_same_username_or_email_are_not_changed(make_person):
    make_person(PEOPLE[0].username.upper(), display_name="Another person")
    make_person("other", email=PEOPLE[1].email)
    before = list(Person.objects.order_by("pk").values_list())
    seed()
    assert list(Person.objects.order_by("pk").values_list())[:2] == before
    assert not Person.objects.filter(username=PEOPLE[1].username).exists()


def test_the_roles_of_portal_yaml_may_differ(db, use_roles):
    use_roles(
        student={"type": "object", "properties": {"programme": {}}},
        faculty={"type": "object", "properties": {"position": {"maxLength": 3}}},
        staff={"type": "object", "required": ["badge"]},
        dean={},
    )
    seed()
    assert set(Role.objects.values_list("name", flat=True)) == {"student", "faculty", "dean"}
    assert all(
        set(role.details) == {"programme"}
        for role in Role.objects.filter(person__in=directory_people(), name="student")
    )
    assert all(role.details == {} for role in Role.objects.filter(name="faculty"))


def test_apps_get_an_account_for_each_role(db, use_roles, monkeypatch):
    use_roles(student=STUDENT, dean={})
    received = []
    monkeypatch.setattr("services.announcements.demo.seed", received.append)
    seed()
    assert [list(people) for people in received] == [["maintainer", "student", "dean"]]
    assert received[0] == seed_people()


def test_seeding_is_refused_in_production(db, monkeypatch, settings):
    monkeypatch.setattr(type(settings.CONFIGURATION.environment), "is_production", property(lambda self: True))
    with pytest.raises(CommandError, match="production"):
        call_command("seed")
    assert not Person.objects.exists()
