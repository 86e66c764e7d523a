"""Roles are active from their first day to their last, in the portal's time zone. Their history is kept."""

import json
import threading
from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch

import pytest
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core.configuration.portal import Role as PortalRole
from core.people import details as role_details
from core.people.actions import role_end, role_extend, role_grant, role_update_details
from core.people.details import MAX_DETAILS, details_problems, directory_details
from core.people.models import Person, Role, RoleChange
from core.people.selectors import LOOK_AHEAD, ROLES_LIFETIME, active_roles
from core.people.versions import access_topic, raise_versions

DAY = timedelta(days=1)
TODAY = date(2026, 3, 10)


@pytest.fixture
def calendar(monkeypatch):
    """Set today to TODAY. `calendar.advance(days)` changes it."""

    class Calendar:
        today = TODAY

        def advance(self, days):
            self.today += days * DAY

    calendar = Calendar()
    monkeypatch.setattr(timezone, "localdate", lambda *args: calendar.today)
    return calendar


@pytest.fixture
def grant(person, calendar):
    """Grant `person` a role, by default student."""

    def grant(name="student", *, start=TODAY, **fields):
        return role_grant(person=person, name=name, start=start, **fields)

    return grant


def kinds(person):
    """Return the changes of a person's roles, oldest first."""
    return [change.kind for change in person.role_changes.order_by("pk")]


def roles_of(person):
    """Return today's roles, as a new request sees them."""
    return set(active_roles(Person.objects.get(pk=person.pk)))


def version_of(person):
    return Person.objects.values_list("roles_version", flat=True).get(pk=person.pk)


class TestDays:
    @pytest.mark.parametrize(
        ("day", "status"),
        [
            (TODAY - DAY, "future"),
            (TODAY, "active"),
            (TODAY + DAY, "active"),
            (TODAY + 2 * DAY, "active"),
            (TODAY + 3 * DAY, "past"),
        ],
    )
    def test_a_role_is_active_from_its_first_day_to_its_last(self, grant, calendar, day, status):
        role = grant(start=TODAY, end=TODAY + 2 * DAY)
        calendar.today = day
        assert role.status() == role.status(day) == status
        found = {name: set(getattr(Role.objects, name)()) for name in ("active", "past", "future")}
        assert found == {name: {role} if name == status else set() for name in found}

    def test_a_role_of_one_day_is_active_on_that_day(self, grant, person, calendar):
        grant(end=TODAY)
        assert roles_of(person) == {"student"}
        calendar.advance(1)
        assert roles_of(person) == set()

    def test_a_role_without_a_last_day_does_not_end(self, grant, person, calendar):
        role = grant()
        calendar.advance(10_000)
        assert role.status() == "active"
        assert roles_of(person) == {"student"}

    @pytest.mark.parametrize(
        ("zone", "day"),
        [
            ("Pacific/Kiritimati", date(2026, 3, 11)),  # UTC+14
            ("Asia/Kolkata", date(2026, 3, 11)),
            ("UTC", date(2026, 3, 10)),
            ("America/New_York", date(2026, 3, 10)),
        ],
    )
    def test_a_day_begins_in_the_portals_time_zone(self, person, clock, zone, day):
        clock.set(datetime(2026, 3, 10, 23, 30, tzinfo=UTC))
        with timezone.override(zone):
            assert role_grant(person=person, name="student", end=day).start == day
            role_grant(person=person, name="faculty", start=day + DAY)
            role_grant(person=person, name="staff", start=day - 5 * DAY, end=day - DAY)
            assert roles_of(person) == {"student"}
            assert [role.name for role in Role.objects.active()] == ["student"]

    @pytest.mark.parametrize("hour", [0, 23])
    def test_a_role_is_active_all_day_when_daylight_saving_time_begins(self, person, clock, hour):
        with timezone.override("America/New_York"):  # 2026-03-08 has no hour from 2 to 3 there
            clock.set(datetime(2026, 3, 8, hour, 30, tzinfo=timezone.get_current_timezone()))
            role_grant(person=person, name="student", start=date(2026, 3, 8), end=date(2026, 3, 8))
            assert roles_of(person) == {"student"}


class TestOverlap:
    @pytest.mark.parametrize(
        ("start", "end"),
        [
            (0, 9),
            (0, 0),
            (9, 9),
            (-5, 0),
            (9, 20),
            (-5, 20),
            (3, 4),
            (-5, None),
            (0, None),
            (9, None),
        ],
    )
    def test_periods_of_the_same_role_must_not_overlap(self, grant, person, start, end):
        grant(end=TODAY + 9 * DAY)
        with pytest.raises(ValidationError, match="This period overlaps another one"):
            grant(start=TODAY + start * DAY, end=None if end is None else TODAY + end * DAY)
        assert Role.objects.count() == 1
        assert kinds(person) == ["granted"]

    @pytest.mark.parametrize(("start", "end"), [(-5, -1), (10, 12), (10, None), (-1, -1)])
    def test_a_period_may_begin_on_the_day_after_another(self, grant, start, end):
        grant(end=TODAY + 9 * DAY)
        grant(start=TODAY + start * DAY, end=None if end is None else TODAY + end * DAY)
        assert Role.objects.count() == 2

    @pytest.mark.parametrize("start", [-100, 0, 100])
    def test_a_role_without_a_last_day_overlaps_every_later_period(self, grant, start):
        grant()
        with pytest.raises(ValidationError, match="Extend or end that one"):
            grant(start=TODAY + start * DAY)
        grant(start=TODAY - 100 * DAY, end=TODAY - DAY)

    def test_other_roles_and_other_people_may_overlap(self, grant, make_person):
        grant()
        grant("faculty")
        role_grant(person=make_person(), name="student", start=TODAY)
        assert Role.objects.count() == 3

    def test_a_role_does_not_overlap_itself(self, grant):
        role = grant(end=TODAY + DAY)
        role_extend(role=role, end=TODAY + 9 * DAY)
        role.refresh_from_db()
        assert role.end == TODAY + 9 * DAY

    def test_the_error_names_the_day_that_has_to_change(self, grant):
        role = grant(end=TODAY)
        grant(start=TODAY + 5 * DAY)
        with pytest.raises(ValidationError) as extended:
            role_extend(role=role, end=TODAY + 5 * DAY)
        assert set(extended.value.message_dict) == {"end"}
        with pytest.raises(ValidationError) as granted:
            grant(start=TODAY, end=TODAY + DAY)
        assert set(granted.value.message_dict) == {"start"}

    def test_postgresql_enforces_it_too(self, grant, person):
        """A grant that passes validation and fails in the database raises a ValidationError as well."""
        grant()
        duplicate = Role(person=person, name="student", start=TODAY)
        if connection.vendor != "postgresql":
            pytest.skip("only PostgreSQL has the exclusion constraint")
        with pytest.raises(IntegrityError), transaction.atomic():
            Role.objects.bulk_create([duplicate])
        with patch.object(Role, "clean"), pytest.raises(ValidationError, match="already has the role Student"):
            role_grant(person=person, name="student", start=TODAY)
        assert kinds(person) == ["granted"]


class TestDates:
    def test_a_last_day_before_the_first_is_refused(self, grant):
        with pytest.raises(ValidationError) as error:
            grant(start=TODAY, end=TODAY - DAY)
        assert error.value.message_dict == {"end": ["The last day, 2026-03-09, is before the first day, 2026-03-10."]}

    def test_the_database_refuses_a_last_day_before_the_first(self, person):
        reversed_dates = Role(person=person, name="student", start=TODAY, end=TODAY - DAY)
        with pytest.raises(IntegrityError, match="role_dates"), transaction.atomic():
            Role.objects.bulk_create([reversed_dates])

    @pytest.mark.parametrize("start", ["soon", "2026-02-30", "", 7, "2026-13-01"])
    def test_an_invalid_date_is_refused(self, person, start):
        role = Role(person=person, name="student", start=start)
        with pytest.raises((ValidationError, TypeError)):
            role.save()
        assert not Role.objects.exists()

    def test_the_earliest_and_the_latest_date_are_allowed(self, person, calendar):
        role = role_grant(person=person, name="student", start=date.min, end=date.max)
        assert roles_of(person) == {"student"}
        assert role_end(role=role).end == TODAY - DAY


class TestNames:
    @pytest.mark.parametrize("name", ["pope", "Student", "", "x" * 41, "student "])
    def test_a_role_that_is_not_in_portal_yaml_is_refused(self, grant, name):
        with pytest.raises(ValidationError) as error:
            grant(name)
        assert set(error.value.message_dict) == {"name"}

    def test_the_error_lists_the_roles_of_portal_yaml(self, grant):
        with pytest.raises(ValidationError, match=r"The roles in portal\.yaml are: student, faculty"):
            grant("pope")

    def test_a_role_that_was_removed_from_portal_yaml_can_still_be_ended(self, grant, person, calendar, settings):
        role = grant()
        others = {name: role for name, role in settings.PORTAL.roles.items() if name != "student"}
        settings.PORTAL = settings.PORTAL.model_copy(update={"roles": others})
        calendar.advance(1)
        assert str(role) == "student from 2026-03-10"
        assert role_end(role=role).status() == "past"
        assert kinds(person) == ["granted", "ended"]
        with pytest.raises(ValidationError):
            grant(start=TODAY + 9 * DAY)

    @pytest.mark.parametrize("change", [{"name": "faculty"}, {"person": "another"}])
    def test_the_name_and_the_person_cannot_change(self, grant, person, make_person, change):
        role = grant()
        for field, value in change.items():
            setattr(role, field, make_person() if value == "another" else value)
        with pytest.raises(ValidationError):
            role.save()
        assert roles_of(person) == {"student"}
        assert kinds(person) == ["granted"]

    def test_a_role_needs_an_existing_person(self, db):
        with pytest.raises(ValidationError, match="This person does not exist"):
            Role(person_id=12345, name="student").save()
        with pytest.raises(ValidationError, match="This person does not exist"):
            Role(name="student").save()


class TestDetails:
    @pytest.mark.parametrize(
        "details", [{}, {"department": "Physics"}, {"department": "", "programme": "BSc", "number": "7"}, None]
    )
    def test_details_that_the_schema_allows_are_saved(self, grant, details):
        assert Role.objects.get(pk=grant(details=details).pk).details == (details or {})

    @pytest.mark.parametrize(
        ("details", "message"),
        [
            ({"department": 7}, "department: 7 is not of type 'string'"),
            ({"department": "x" * 101}, "department"),
            ({"shoe size": "44"}, "shoe size"),
            ({"department": None}, "department"),
            (["Physics"], "is not of type 'object'"),
            ("Physics", "is not of type 'object'"),
            ({"number": "x" * MAX_DETAILS}, "At most 4096 are allowed"),
            ({"department": "a\0b"}, "null characters"),
            ({"department": "\\\\\0"}, "null characters"),
            ({"\0": "a"}, "null characters"),
            ({"department": "\ud800"}, "lone surrogates"),
            ({"department": float("nan")}, "NaN"),
            ({"department": float("inf")}, "NaN"),
        ],
    )
    def test_details_that_the_schema_does_not_allow_are_refused(self, grant, details, message):
        with pytest.raises(ValidationError) as error:
            grant(details=details)
        assert message in " ".join(error.value.message_dict["details"])
        assert not Role.objects.exists()

    def test_an_escaped_null_character_in_text_is_allowed(self, grant):
        details = {"department": "\\u0000", "programme": "\\\\u0000"}
        assert Role.objects.get(pk=grant(details=details).pk).details == details

    def test_details_that_are_nested_too_deeply_are_refused(self, db):
        nested = []
        for _ in range(200_000):
            nested = [nested]
        try:
            assert details_problems("student", nested)
        finally:
            while nested:  # deleting it in one go would recurse just as deeply
                nested = nested.pop()

    def test_a_role_without_a_schema_has_no_details(self, grant):
        grant("guest")
        with pytest.raises(ValidationError):
            grant("maintainer", details={"department": "Physics"})

    def test_all_problems_are_reported_together(self, grant):
        with pytest.raises(ValidationError) as error:
            grant(start=TODAY, end=TODAY - DAY, details={"department": 7, "number": 8})
        assert set(error.value.message_dict) == {"details", "end"}
        assert len(error.value.message_dict["details"]) == 2

    def test_the_directory_shows_only_the_configured_details(self):
        details = {"department": "Physics", "number": "7"}
        assert directory_details("student", details) == {"department": "Physics"}
        assert directory_details("guest", details) == {}
        assert directory_details("pope", details) == {}

    def test_details_that_are_equal_only_in_python_differ(self, grant, person, settings):
        counter = PortalRole(title="Counter", details={"type": "object"})
        settings.PORTAL = settings.PORTAL.model_copy(update={"roles": {"counter": counter}})
        role_details.validator.cache_clear()
        role = grant("counter", details={"n": 1})
        role_update_details(role=role, details={"n": True})
        assert kinds(person) == ["granted", "changed"]
        role.refresh_from_db()
        assert role.details["n"] is True


class TestHistory:
    def test_each_change_records_who_when_and_why(self, grant, person, make_person, calendar):
        registrar = make_person()
        before = timezone.now()
        role = grant(end=TODAY + DAY, by=registrar, why="admitted")
        role_extend(role=role, end=TODAY + 9 * DAY, by=registrar, why="a year more")
        role_update_details(role=role, details={"department": "Physics"}, by=registrar, why="chose")
        calendar.advance(2)
        role_end(role=role, by=None, why="left")
        changes = list(person.role_changes.order_by("pk"))
        assert [(change.kind, change.by, change.why, change.start, change.end) for change in changes] == [
            ("granted", registrar, "admitted", TODAY, TODAY + DAY),
            ("extended", registrar, "a year more", TODAY, TODAY + 9 * DAY),
            ("changed", registrar, "chose", TODAY, TODAY + 9 * DAY),
            ("ended", None, "left", TODAY, TODAY + DAY),
        ]
        assert all(change.role == role and change.name == "student" for change in changes)
        assert before <= changes[0].at <= changes[-1].at <= timezone.now()

    def test_saving_without_a_change_records_nothing(self, grant, person):
        role = grant(details={"department": "Physics"})
        version = version_of(person)
        role.save()
        role_update_details(role=role, details={"department": "Physics"})
        assert kinds(person) == ["granted"]
        assert version_of(person) == version

    def test_a_reason_has_a_maximum_length(self, grant, person):
        with pytest.raises(ValidationError) as error:
            grant(why="x" * 301)
        assert set(error.value.message_dict) == {"why"}
        assert not Role.objects.exists()
        role = grant(why="x" * 300)
        with pytest.raises(ValidationError):
            role.delete(why="x" * 301)
        assert Role.objects.get() == role

    @pytest.mark.parametrize("start", [TODAY, TODAY + DAY])
    def test_a_role_that_would_end_before_its_first_day_is_removed_and_its_history_stays(self, grant, person, start):
        role = grant(start=start)
        assert role_end(role=role, why="a mistake") is None
        assert not Role.objects.exists()
        assert kinds(person) == ["granted", "removed"]
        assert [change.role for change in person.role_changes.all()] == [None, None]
        assert person.role_changes.first().why == "a mistake"
        assert roles_of(person) == set()

    def test_a_role_can_be_ended_immediately(self, grant, person):
        role = grant(start=TODAY - 5 * DAY)
        assert roles_of(person) == {"student"}
        assert role_end(role=role).end == TODAY - DAY
        assert roles_of(person) == set()

    def test_a_role_can_be_ended_on_a_day(self, grant, person, calendar):
        role = grant()
        role_end(role=role, last_day=TODAY + DAY)
        for expected in ({"student"}, {"student"}, set()):
            assert roles_of(person) == expected
            calendar.advance(1)

    def test_ending_needs_an_earlier_day_and_extending_a_later_one(self, grant, calendar):
        role = grant(end=TODAY + 5 * DAY)
        for day in (TODAY + 5 * DAY, TODAY + 6 * DAY):
            with pytest.raises(ValidationError, match=r"The last day is 2026-03-15\. Enter an earlier day"):
                role_end(role=role, last_day=day)
        for day in (TODAY + 5 * DAY, TODAY):
            with pytest.raises(ValidationError, match=r"The last day is 2026-03-15\. Enter a later day"):
                role_extend(role=role, end=day)
        role_extend(role=role, end=None)
        with pytest.raises(ValidationError, match="The role has no last day"):
            role_extend(role=role, end=TODAY + 99 * DAY)
        calendar.advance(9)
        role_end(role=role)
        with pytest.raises(ValidationError, match="Enter an earlier day"):
            role_end(role=role)

    def test_a_removed_role_can_neither_be_changed_nor_removed(self, grant, person):
        role = grant(end=TODAY)
        Role.objects.get().delete()
        attempts = (
            lambda: role_end(role=role),
            lambda: role_extend(role=role, end=None),
            lambda: role_update_details(role=role, details={}),
            role.save,
            role.delete,
        )
        for attempt in attempts:
            with pytest.raises(ValidationError, match="This role was removed"):
                attempt()
        assert not Role.objects.exists()
        assert kinds(person) == ["granted", "removed"]

    def test_deleting_a_queryset_records_each_removal(self, grant, person):
        grant()
        grant("faculty")
        version = version_of(person)
        assert person.roles.all().delete(why="gone") == (2, {"core_people.Role": 2})
        assert kinds(person) == ["granted", "granted", "removed", "removed"]
        assert version_of(person) > version

    def test_a_stale_copy_saves_only_its_update_fields(self, grant, person):
        stale = grant(end=TODAY)
        role_update_details(role=stale, details={"department": "Physics"})
        stale.end, stale.start = TODAY + DAY, TODAY - DAY
        stale.save(update_fields=["end"])
        role = Role.objects.get()
        assert (role.start, role.end, role.details) == (TODAY, TODAY + DAY, {"department": "Physics"})
        assert (stale.start, stale.details) == (role.start, role.details)
        change = person.role_changes.first()
        assert (change.kind, change.start, change.end) == ("extended", TODAY, TODAY + DAY)

    def test_update_or_create_records_the_change(self, grant, person):
        grant(end=TODAY)
        Role.objects.update_or_create(person=person, name="student", defaults={"end": TODAY + DAY})
        assert kinds(person) == ["granted", "extended"]

    def test_deleting_a_person_deletes_their_history_and_keeps_that_of_others(self, grant, person, make_person):
        registrar, student = make_person(), make_person()
        role_grant(person=student, name="student", by=registrar, why="admitted")
        grant(by=registrar)
        role_end(role=grant("faculty"), by=registrar)
        registrar.delete()
        (change,) = student.role_changes.all()
        assert (change.by, change.why) == (None, "admitted")
        person.delete()
        assert list(RoleChange.objects.all()) == [change]
        assert [role.person for role in Role.objects.all()] == [student]


class TestVersion:
    def test_each_change_raises_the_version(self, grant, person):
        versions = [version_of(person)]
        role = grant(end=TODAY)
        versions.append(version_of(person))
        role_extend(role=role, end=None)
        versions.append(version_of(person))
        role_update_details(role=role, details={"department": "Physics"})
        versions.append(version_of(person))
        role.delete()
        versions.append(version_of(person))
        assert versions == sorted(set(versions))

    def test_a_change_does_not_raise_the_version_of_other_people(self, grant, make_person):
        other = make_person()
        grant()
        assert version_of(other) == 0

    def test_the_version_rises_even_when_the_clock_goes_back(self, person):
        with patch("core.people.versions.time.time_ns", return_value=5_000_000):
            raise_versions([person.pk])
        with patch("core.people.versions.time.time_ns", return_value=3_000_000):
            raise_versions([person.pk])
        assert version_of(person) == 5001

    def test_roles_that_were_cached_in_a_rolled_back_transaction_are_not_used(self, grant, person):
        class Rollback(Exception):
            pass

        def grant_and_roll_back():
            with transaction.atomic():
                grant()
                assert roles_of(person) == {"student"}  # cached under a version that is rolled back
                raise Rollback

        before = version_of(person)
        with pytest.raises(Rollback):
            grant_and_roll_back()
        assert version_of(person) == before
        assert roles_of(person) == set()
        grant("faculty")
        assert roles_of(person) == {"faculty"}

    def test_a_request_that_began_before_a_change_does_not_spoil_the_cache(self, grant, person):
        stale = Person.objects.get(pk=person.pk)
        assert active_roles(stale) == set()
        grant()
        assert active_roles(stale) == set()  # this request began before the grant
        assert roles_of(person) == {"student"}

    def test_the_persons_sockets_get_the_change_after_the_commit(
        self, grant, person, monkeypatch, django_capture_on_commit_callbacks
    ):
        published = []
        monkeypatch.setattr("core.people.versions.publish_to_many", lambda topics: published.extend(topics))
        start = TODAY - DAY
        for change in (lambda: grant(start=start), lambda: role_end(role=Role.objects.get()), person.delete):
            pk = person.pk
            with django_capture_on_commit_callbacks(execute=True):
                change()
                assert not published
            assert published == [access_topic(pk)]
            published.clear()


class TestCache:
    def test_the_roles_are_queried_once(self, grant, person, django_assert_num_queries):
        grant()
        person.refresh_from_db()
        with django_assert_num_queries(1):
            for _ in range(3):
                assert active_roles(person) == {"student"}

    def test_without_the_cache_the_answer_is_the_same(self, grant, person, monkeypatch):
        """The client of an unavailable Memcached returns nothing and stores nothing."""
        cache = caches["cache"]
        monkeypatch.setattr(cache, "get", lambda key, default=None, **kwargs: default)
        monkeypatch.setattr(cache, "set", lambda *args, **kwargs: None)
        role = grant(start=TODAY - DAY)
        assert roles_of(person) == {"student"}
        role_end(role=role)
        assert roles_of(person) == set()

    def test_no_code_relies_on_deleting_from_the_cache(self, grant, person, monkeypatch):
        cache = caches["cache"]
        for name in ("delete", "delete_many", "clear"):
            monkeypatch.setattr(
                cache, name, lambda *args, **kwargs: pytest.fail("something was deleted from the cache")
            )
        role = grant(start=TODAY - DAY)
        assert roles_of(person) == {"student"}
        role_end(role=role)
        assert roles_of(person) == set()
        monkeypatch.undo()

    @pytest.mark.parametrize("days", [1, 2])
    def test_cached_roles_begin_and_end_on_their_days(self, grant, person, calendar, django_assert_num_queries, days):
        grant("student", start=TODAY - 9 * DAY, end=TODAY + (days - 1) * DAY)
        grant("faculty", start=TODAY + days * DAY)
        grant("staff", start=TODAY + days * DAY, end=TODAY + days * DAY)
        person.refresh_from_db()
        assert active_roles(person) == {"student"}
        calendar.advance(days)
        with django_assert_num_queries(0):
            assert active_roles(person) == {"faculty", "staff"}

    def test_a_server_whose_clock_is_a_day_behind_has_the_right_roles(self, grant, person, calendar):
        grant(start=TODAY - 9 * DAY, end=TODAY - DAY)
        person.refresh_from_db()
        assert active_roles(person) == set()
        calendar.advance(-1)
        assert active_roles(person) == {"student"}

    def test_a_cached_value_contains_all_roles_of_its_lifetime(self):
        assert ROLES_LIFETIME + DAY <= LOOK_AHEAD


class TestThousands:
    @pytest.fixture
    def many(self, person, make_person, calendar):
        """Create 10,000 past and future roles of one person and an active one, and roles of other people."""

        def roles(owner, first, last):
            starts = (TODAY + (number * 10 + 2) * DAY for number in range(first, last))
            return [Role(person=owner, name="student", start=start, end=start + 5 * DAY) for start in starts]

        Role.objects.bulk_create(roles(person, -5000, 5000))
        Role.objects.bulk_create([Role(person=person, name="faculty", start=TODAY)])
        for _ in range(20):
            Role.objects.bulk_create(roles(make_person(), -500, 500))
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE core_people_role")
        raise_versions([person.pk])
        person.refresh_from_db()

    def test_they_take_one_query_with_an_index_and_a_small_result(self, many, person):
        cache, values = caches["cache"], []
        with (
            patch.object(cache, "set", lambda key, value, **kwargs: values.append(value)),
            CaptureQueriesContext(connection) as queries,
        ):
            assert active_roles(person) == {"faculty"}
        (query,) = queries.captured_queries
        assert len(values[0]) == 2  # the active role, and one that begins within the lifetime of the value
        assert len(json.dumps(values[0])) < 200
        with connection.cursor() as cursor:
            explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
            cursor.execute(f"{explain} {query['sql']}")
            plan = " ".join(str(row) for row in cursor.fetchall())
        assert "role_of_person" in plan
        assert "Seq Scan" not in plan
        assert "SCAN core_people_role" not in plan

    def test_granting_another_does_not_read_them(self, many, person):
        with CaptureQueriesContext(connection) as queries:
            role_grant(person=person, name="guest")
        with pytest.raises(ValidationError):
            role_grant(person=person, name="student", start=TODAY - 60_000 * DAY)
        assert len(queries) <= 12, [query["sql"] for query in queries]


@pytest.mark.django_db(transaction=True)
class TestConcurrency:
    """Needs PostgreSQL: SQLite has one writer at a time, and its in-memory database is not shared between threads."""

    @pytest.fixture(autouse=True)
    def _postgresql(self, db):
        if connection.vendor != "postgresql":
            pytest.skip("only PostgreSQL has concurrent writers")

    def run_together(self, *functions):
        """Run all at the same time, each on its own connection. Return what each raised, or None."""
        barrier, errors = threading.Barrier(len(functions)), [None] * len(functions)

        def run(index, function):
            try:
                barrier.wait(10)
                function()
            except Exception as error:
                errors[index] = error
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run, args=pair) for pair in enumerate(functions)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return errors

    def test_of_two_grants_of_the_same_role_one_succeeds(self, person):
        def grant():
            role_grant(person=Person.objects.get(pk=person.pk), name="student")

        for _ in range(5):
            Role.objects.all().delete()
            errors = self.run_together(grant, grant)
            assert [type(error) for error in errors if error] == [ValidationError]
            assert Role.objects.count() == 1

    def test_saving_and_ending_do_not_deadlock(self, person):
        start = timezone.localdate() - 5 * DAY
        for _ in range(5):
            Role.objects.all().delete()
            role = role_grant(person=person, name="student", start=start)

            def update_details(role=role):
                copy = Role.objects.get(pk=role.pk)
                copy.details = {"department": "Physics"}
                copy.save(update_fields=["details"])

            assert self.run_together(update_details, lambda role=role: role_end(role=role)) == [None, None]
            role.refresh_from_db()
            assert (role.end, role.details) == (timezone.localdate() - DAY, {"department": "Physics"})

    def test_a_removed_role_does_not_come_back(self, person):
        for _ in range(5):
            role = role_grant(person=person, name="student", end=timezone.localdate())
            errors = self.run_together(
                lambda role=role: role_extend(role=role, end=None), lambda role=role: role.delete()
            )
            assert not Role.objects.exists()
            assert errors[1] is None
            assert errors[0] is None or isinstance(errors[0], ValidationError)
