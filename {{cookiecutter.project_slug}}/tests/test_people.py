"""People sign in with a username in any case, and no two usernames differ only in case."""

import io

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, transaction

from core.people.models import Person


def test_a_username_is_typed_in_any_case(make_person):
    person = make_person("Asha", password="correct horse")
    assert authenticate(username="asha", password="correct horse") == person
    assert authenticate(username="ASHA", password="wrong") is None


@pytest.mark.parametrize(("one", "other"), [("asha", "ASHA"), ("straße", "STRAßE"), ("ﬁ", "fi")])
def test_two_people_cannot_have_the_same_username(make_person, one, other):
    make_person(one)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_person(other)


def test_two_people_cannot_have_the_same_email(make_person):
    make_person(email="asha@example.edu")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_person(email="Asha@EXAMPLE.edu")
    make_person(email="")
    make_person(email="")


@pytest.mark.parametrize("name", ["", " ", "-x", "a b", "a@b", "a/b", "x" * 65, "<b>", "a\n"])
def test_an_invalid_username_is_refused(db, name):
    person = Person(username=name)
    person.set_unusable_password()
    with pytest.raises(ValidationError):
        person.full_clean()


def test_a_person_is_called_by_their_display_name_or_username(make_person):
    assert str(make_person("asha", display_name="Asha Rao")) == "Asha Rao"
    assert str(make_person("ben")) == "ben"


def test_an_inactive_person_cannot_sign_in(make_person):
    make_person("asha", password="correct horse", is_active=False)
    assert authenticate(username="asha", password="correct horse") is None


def test_createsuperuser_creates_a_maintainer(db):
    call_command(
        "createsuperuser", "--no-input", "--username", "boss", "--email", "boss@example.edu", stdout=io.StringIO()
    )
    boss = Person.objects.get(username="boss")
    assert boss.is_staff
    assert boss.is_superuser
