"""The clock of tests changes what Django calls now, and nothing else."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from core.testing.clock import running_clock
from services.notifications.models import Message

NEW_YEAR = datetime(2030, 1, 1, tzinfo=UTC)


def test_the_clock_follows_the_real_time_until_it_is_changed(clock):
    assert abs(timezone.now() - datetime.now(UTC)) < timedelta(minutes=1)
    clock.move(timedelta(days=1))
    assert timezone.now() == timezone.now() == clock.now()
    assert timezone.now() - datetime.now(UTC) > timedelta(hours=23)


def test_the_default_of_a_field_follows_the_clock(clock):
    clock.set(NEW_YEAR)
    assert Message._meta.get_field("created_at").get_default() == NEW_YEAR


def test_days_are_those_of_the_time_zone(clock):
    clock.set(NEW_YEAR)
    with timezone.override("America/New_York"):
        assert timezone.localdate() == date(2029, 12, 31)
        assert timezone.template_localtime(NEW_YEAR).hour == 19


def test_the_clock_of_a_test_ends_with_it():
    with running_clock() as clock:
        clock.set(NEW_YEAR)
    assert timezone.now() != NEW_YEAR


def test_a_time_without_a_zone_is_refused(clock):
    with pytest.raises(ValueError, match="has no time zone"):
        clock.set(datetime(2030, 1, 1))  # noqa: DTZ001 - the mistake


def test_a_person_with_roles_is_signed_in(sign_in_as):
    client = sign_in_as("student", "staff", display_name="Asha")
    person = client.get("/api/portal/").json()["person"]
    assert (person["id"], person["display_name"]) == (client.person.pk, "Asha")
    assert sorted(person["roles"]) == ["staff", "student"]
