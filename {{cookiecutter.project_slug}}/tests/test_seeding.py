"""The demo: four accounts with known passwords and some forty people to look up, the same however often it is made."""

import io
from datetime import date, timedelta

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db.models import Count
from django.utils import timezone

from core.people.demo import PEOPLE
from core.people.models import Person, Role, RoleChange, Visibility
from core.people.seeding import ACCOUNTS, password_of, seed_directory, seed_people, seeded

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


def others():
    """Everybody but the four accounts."""
    return Person.objects.exclude(username__in=ACCOUNTS)


@pytest.fixture(autouse=True)
def roles(use_roles) -> None:
    use_roles(**ROLES)


def test_the_accounts_sign_in_and_wear_their_roles(db):
    said = seed()
    for account in ACCOUNTS:
        assert password_of(account) in said
        person = authenticate(username=account, password=password_of(account))
        assert person.is_staff is (account == "maintainer")
        assert list(person.roles.active().values_list("name", flat=True)) == [account]


def test_some_forty_people_are_there_to_be_looked_up(db):
    assert f"{len(PEOPLE)} people" in seed()
    assert 35 <= others().count() == len(PEOPLE) <= 45
    for person in others():
        assert not person.has_usable_password()
        assert not person.is_staff
        assert person.email.endswith("@example.edu")
        person.full_clean()


def test_they_are_of_all_kinds(db):
    seed()
    roles = Role.objects.filter(person__in=others())
    for name in ROLES:
        assert roles.active().filter(name=name).exists(), name
    assert roles.past().exists()
    assert roles.future().exists()
    assert others().annotate(number=Count("roles")).filter(number__gt=1).exists()
    assert roles.filter(end__range=(timezone.localdate(), timezone.localdate() + timedelta(days=14))).exists()
    for part in ("entry", "photo", "roles", "email"):
        usual = Person._meta.get_field(f"{part}_visible_to").default
        assert others().exclude(**{f"{part}_visible_to": usual}).exists(), part
    assert others().filter(email_visible_to=Visibility.NOBODY).exists()
    assert {role.details["department"] for role in roles.filter(name="faculty")} >= {"Physics", "History"}


def test_seeding_again_changes_nothing(db):
    seed()
    before = rows()
    seed()
    assert rows() == before


@pytest.mark.parametrize("later", [1, 200, 1000])
def test_nor_on_another_day(db, later):
    today = date(2026, 7, 31)
    assert seed_directory(today) == len(PEOPLE)
    before = rows()
    assert seed_directory(today + timedelta(days=later)) == 0
    assert rows() == before


@pytest.mark.parametrize("day", [date(2026, 7, 31), date(2026, 8, 1), date(2028, 2, 29), date(2026, 12, 31)])
def test_on_any_day_each_role_is_given(db, day):
    seed_directory(day)
    assert Role.objects.count() == sum(len(person.roles) for person in PEOPLE)
    wearing = Person.objects.filter(roles__in=Role.objects.active(day)).distinct().count()
    assert wearing > len(PEOPLE) * 0.8


def test_whoever_has_such_a_name_or_address_is_left_alone(make_person):
    make_person(PEOPLE[0].username.upper(), display_name="Somebody else")
    make_person("somebody", email=PEOPLE[1].email)
    before = list(Person.objects.order_by("pk").values_list())
    seed()
    assert list(Person.objects.order_by("pk").values_list())[:2] == before
    assert not Person.objects.filter(username=PEOPLE[1].username).exists()


def test_an_operator_s_own_roles_are_enough(db, use_roles):
    use_roles(
        student={"type": "object", "properties": {"programme": {}}},
        faculty={"type": "object", "properties": {"position": {"maxLength": 3}}},
        staff={"type": "object", "required": ["badge"]},
        dean={},
    )
    seed()
    assert set(Role.objects.values_list("name", flat=True)) == {"student", "faculty"}
    assert all(set(role.details) == {"programme"} for role in Role.objects.filter(person__in=others(), name="student"))
    assert all(role.details == {} for role in Role.objects.filter(name="faculty"))


def test_apps_are_told_of_the_accounts(db):
    heard = []

    def hear(people, **more):
        heard.append(people)

    seeded.connect(hear)
    try:
        seed()
    finally:
        seeded.disconnect(hear)
    assert [list(people) for people in heard] == [list(ACCOUNTS)]
    assert heard[0] == seed_people()


def test_seeding_is_refused_in_production(db, monkeypatch, settings):
    monkeypatch.setattr(type(settings.CONFIGURATION.environment), "is_production", property(lambda self: True))
    with pytest.raises(CommandError, match="production"):
        call_command("seed")
    assert not Person.objects.exists()
