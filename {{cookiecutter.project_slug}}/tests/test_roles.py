"""A role holds from its first day to its last, by the portal's clock; what was done to it stays known."""

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

from core.configuration.portal import Role as RoleKind
from core.people import details as role_details
from core.people.actions import role_end, role_extend, role_grant, role_update_details
from core.people.details import LARGEST_DETAILS, details_problems, directory_details
from core.people.models import Person, Role, RoleChange
from core.people.selectors import HORIZON, ROLES_LIFETIME, active_roles
from core.people.versions import access_topic, raise_versions

DAY = timedelta(days=1)
TODAY = date(2026, 3, 10)


@pytest.fixture
def calendar(monkeypatch):
    """The portal's calendar, which shows TODAY until a test turns it: `calendar.turn(days)`."""

    class Calendar:
        today = TODAY

        def turn(self, days):
            self.today += days * DAY

    calendar = Calendar()
    monkeypatch.setattr(timezone, "localdate", lambda *of: calendar.today)
    return calendar


@pytest.fixture
def grant(person, calendar):
    """Grants `person` a role, that of a student where a test names none."""

    def grant(name="student", *, start=TODAY, **more):
        return role_grant(person=person, name=name, start=start, **more)

    return grant


def kinds(person):
    """What was done to a person's roles, the oldest first."""
    return [change.kind for change in person.role_changes.order_by("pk")]


def roles_of(person):
    """The roles that hold today, as a new request finds them."""
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
    def test_a_role_holds_from_its_first_day_to_its_last(self, grant, calendar, day, status):
        role = grant(start=TODAY, end=TODAY + 2 * DAY)
        calendar.today = day
        assert role.status() == role.status(day) == status
        found = {name: set(getattr(Role.objects, name)()) for name in ("active", "past", "future")}
        assert found == {name: {role} if name == status else set() for name in found}

    def test_a_role_of_one_day_holds_on_that_day(self, grant, person, calendar):
        grant(end=TODAY)
        assert roles_of(person) == {"student"}
        calendar.turn(1)
        assert roles_of(person) == set()

    def test_a_role_without_a_last_day_does_not_end(self, grant, person, calendar):
        role = grant()
        calendar.turn(10_000)
        assert role.status() == "active"
        assert roles_of(person) == {"student"}

    @pytest.mark.parametrize(
        ("zone", "day"),
        [
            ("Pacific/Kiritimati", date(2026, 3, 11)),  # 14 hours before Greenwich
            ("Asia/Kolkata", date(2026, 3, 11)),
            ("UTC", date(2026, 3, 10)),
            ("America/New_York", date(2026, 3, 10)),
        ],
    )
    def test_a_day_begins_by_the_portals_clock(self, person, monkeypatch, zone, day):
        monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 3, 10, 23, 30, tzinfo=UTC))
        with timezone.override(zone):
            assert role_grant(person=person, name="student", end=day).start == day
            role_grant(person=person, name="faculty", start=day + DAY)
            role_grant(person=person, name="staff", start=day - 5 * DAY, end=day - DAY)
            assert roles_of(person) == {"student"}
            assert [role.name for role in Role.objects.active()] == ["student"]

    @pytest.mark.parametrize("hour", [0, 23])
    def test_a_day_is_a_day_when_the_clock_is_put_forward(self, person, monkeypatch, hour):
        with timezone.override("America/New_York"):  # on 8 March 2026 it has no hour from 2 to 3
            moment = datetime(2026, 3, 8, hour, 30, tzinfo=timezone.get_current_timezone())
            monkeypatch.setattr(timezone, "now", lambda: moment)
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
    def test_one_role_is_not_held_twice_on_a_day(self, grant, person, start, end):
        grant(end=TODAY + 9 * DAY)
        with pytest.raises(ValidationError, match="there is this role already"):
            grant(start=TODAY + start * DAY, end=None if end is None else TODAY + end * DAY)
        assert Role.objects.count() == 1
        assert kinds(person) == ["granted"]

    @pytest.mark.parametrize(("start", "end"), [(-5, -1), (10, 12), (10, None), (-1, -1)])
    def test_one_role_may_follow_another_on_the_next_day(self, grant, start, end):
        grant(end=TODAY + 9 * DAY)
        grant(start=TODAY + start * DAY, end=None if end is None else TODAY + end * DAY)
        assert Role.objects.count() == 2

    @pytest.mark.parametrize("start", [-100, 0, 100])
    def test_a_role_without_a_last_day_leaves_no_room_after_it(self, grant, start):
        grant()
        with pytest.raises(ValidationError, match="Prolong that one, or end it"):
            grant(start=TODAY + start * DAY)
        grant(start=TODAY - 100 * DAY, end=TODAY - DAY)

    def test_other_roles_and_other_people_do_not_matter(self, grant, make_person):
        grant()
        grant("faculty")
        role_grant(person=make_person(), name="student", start=TODAY)
        assert Role.objects.count() == 3

    def test_a_role_does_not_overlap_with_itself(self, grant):
        role = grant(end=TODAY + DAY)
        role_extend(role=role, end=TODAY + 9 * DAY)
        role.refresh_from_db()
        assert role.end == TODAY + 9 * DAY

    def test_the_day_that_would_have_to_move_is_named(self, grant):
        role = grant(end=TODAY)
        grant(start=TODAY + 5 * DAY)
        with pytest.raises(ValidationError) as prolonged:
            role_extend(role=role, end=TODAY + 5 * DAY)
        assert set(prolonged.value.message_dict) == {"end"}
        with pytest.raises(ValidationError) as begun:
            grant(start=TODAY, end=TODAY + DAY)
        assert set(begun.value.message_dict) == {"start"}

    def test_who_wrote_past_the_check_meets_the_database(self, grant, person):
        """On PostgreSQL; whoever then grants is told the same as otherwise."""
        grant()
        double = Role(person=person, name="student", start=TODAY)
        if connection.vendor != "postgresql":
            pytest.skip("only PostgreSQL has a constraint of overlaps")
        with pytest.raises(IntegrityError), transaction.atomic():
            Role.objects.bulk_create([double])
        with patch.object(Role, "clean"), pytest.raises(ValidationError, match="is Student already"):
            role_grant(person=person, name="student", start=TODAY)
        assert kinds(person) == ["granted"]


class TestDates:
    def test_a_last_day_before_the_first_is_refused(self, grant):
        with pytest.raises(ValidationError) as refused:
            grant(start=TODAY, end=TODAY - DAY)
        assert refused.value.message_dict == {"end": ["The last day, 2026-03-09, is before the first, 2026-03-10."]}

    def test_the_database_refuses_it_too(self, person):
        reversed_dates = Role(person=person, name="student", start=TODAY, end=TODAY - DAY)
        with pytest.raises(IntegrityError, match="role_dates"), transaction.atomic():
            Role.objects.bulk_create([reversed_dates])

    @pytest.mark.parametrize("start", ["soon", "2026-02-30", "", 7, "2026-13-01"])
    def test_what_is_no_day_is_refused(self, person, start):
        role = Role(person=person, name="student", start=start)
        with pytest.raises((ValidationError, TypeError)):
            role.save()
        assert not Role.objects.exists()

    def test_the_calendars_own_ends_are_days(self, person, calendar):
        role = role_grant(person=person, name="student", start=date.min, end=date.max)
        assert roles_of(person) == {"student"}
        assert role_end(role=role).end == TODAY - DAY


class TestNames:
    @pytest.mark.parametrize("name", ["pope", "Student", "", "x" * 41, "student "])
    def test_a_role_that_portal_yaml_does_not_have_is_refused(self, grant, name):
        with pytest.raises(ValidationError) as refused:
            grant(name)
        assert set(refused.value.message_dict) == {"name"}

    def test_the_roles_that_there_are_are_named(self, grant):
        with pytest.raises(ValidationError, match=r"portal.yaml has: student, faculty"):
            grant("pope")

    def test_a_role_that_has_gone_from_portal_yaml_can_still_be_ended(self, grant, person, calendar, settings):
        role = grant()
        left = {name: kind for name, kind in settings.PORTAL.roles.items() if name != "student"}
        settings.PORTAL = settings.PORTAL.model_copy(update={"roles": left})
        calendar.turn(1)
        assert str(role) == "student from 2026-03-10"
        assert role_end(role=role).status() == "past"
        assert kinds(person) == ["granted", "ended"]
        with pytest.raises(ValidationError):
            grant(start=TODAY + 9 * DAY)

    @pytest.mark.parametrize("change", [{"name": "faculty"}, {"person": "another"}])
    def test_a_role_keeps_its_name_and_its_person(self, grant, person, make_person, change):
        role = grant()
        for field, value in change.items():
            setattr(role, field, make_person() if value == "another" else value)
        with pytest.raises(ValidationError):
            role.save()
        assert roles_of(person) == {"student"}
        assert kinds(person) == ["granted"]

    def test_nobody_is_given_no_role(self, db):
        with pytest.raises(ValidationError, match="no such person"):
            Role(person_id=12345, name="student").save()
        with pytest.raises(ValidationError, match="no such person"):
            Role(name="student").save()


class TestDetails:
    @pytest.mark.parametrize(
        "right", [{}, {"department": "Physics"}, {"department": "", "programme": "BSc", "number": "7"}, None]
    )
    def test_what_the_schema_allows_is_kept(self, grant, right):
        assert Role.objects.get(pk=grant(details=right).pk).details == (right or {})

    @pytest.mark.parametrize(
        ("wrong", "words"),
        [
            ({"department": 7}, "department: 7 is not of type 'string'"),
            ({"department": "x" * 101}, "department"),
            ({"shoe size": "44"}, "shoe size"),
            ({"department": None}, "department"),
            (["Physics"], "is not of type 'object'"),
            ("Physics", "is not of type 'object'"),
            ({"number": "x" * LARGEST_DETAILS}, "At most 4096 characters"),
            ({"department": "a\0b"}, "no null character"),
            ({"department": "\\\\\0"}, "no null character"),
            ({"\0": "a"}, "no null character"),
            ({"department": "\ud800"}, "whole characters"),
            ({"department": float("nan")}, "numbers"),
            ({"department": float("inf")}, "numbers"),
        ],
    )
    def test_what_the_schema_does_not_allow_is_refused(self, grant, wrong, words):
        with pytest.raises(ValidationError) as refused:
            grant(details=wrong)
        assert words in " ".join(refused.value.message_dict["details"])
        assert not Role.objects.exists()

    def test_what_only_looks_like_a_null_character_is_kept(self, grant):
        details = {"department": "\\u0000", "programme": "\\\\u0000"}
        assert Role.objects.get(pk=grant(details=details).pk).details == details

    def test_what_is_nested_without_end_is_refused(self, db):
        nested = []
        for _ in range(200_000):
            nested = [nested]
        try:
            assert details_problems("student", nested)
        finally:
            while nested:  # to take it apart at once would be as deep
                nested = nested.pop()

    def test_a_role_without_a_schema_has_no_details(self, grant):
        grant("guest")
        with pytest.raises(ValidationError):
            grant("maintainer", details={"department": "Physics"})

    def test_all_that_is_wrong_comes_at_once(self, grant):
        with pytest.raises(ValidationError) as refused:
            grant(start=TODAY, end=TODAY - DAY, details={"department": 7, "number": 8})
        assert set(refused.value.message_dict) == {"details", "end"}
        assert len(refused.value.message_dict["details"]) == 2

    def test_the_directory_shows_no_other_details_than_it_may(self):
        details = {"department": "Physics", "number": "7"}
        assert directory_details("student", details) == {"department": "Physics"}
        assert directory_details("guest", details) == {}
        assert directory_details("pope", details) == {}

    def test_a_detail_that_equals_another_to_python_alone_is_a_change(self, grant, person, settings):
        kind = RoleKind(title="Counter", details={"type": "object"})
        settings.PORTAL = settings.PORTAL.model_copy(update={"roles": {"counter": kind}})
        role_details.validator.cache_clear()
        role = grant("counter", details={"n": 1})
        role_update_details(role=role, details={"n": True})
        assert kinds(person) == ["granted", "changed"]
        role.refresh_from_db()
        assert role.details["n"] is True


class TestHistory:
    def test_each_change_says_who_when_and_why(self, grant, person, make_person, calendar):
        registrar = make_person()
        began = timezone.now()
        role = grant(end=TODAY + DAY, by=registrar, why="admitted")
        role_extend(role=role, end=TODAY + 9 * DAY, by=registrar, why="a year more")
        role_update_details(role=role, details={"department": "Physics"}, by=registrar, why="chose")
        calendar.turn(2)
        role_end(role=role, by=None, why="left")
        lines = list(person.role_changes.order_by("pk"))
        assert [(line.kind, line.by, line.why, line.start, line.end) for line in lines] == [
            ("granted", registrar, "admitted", TODAY, TODAY + DAY),
            ("extended", registrar, "a year more", TODAY, TODAY + 9 * DAY),
            ("changed", registrar, "chose", TODAY, TODAY + 9 * DAY),
            ("ended", None, "left", TODAY, TODAY + DAY),
        ]
        assert all(line.role == role and line.name == "student" for line in lines)
        assert began <= lines[0].at <= lines[-1].at <= timezone.now()

    def test_what_changes_nothing_leaves_no_line(self, grant, person):
        role = grant(details={"department": "Physics"})
        version = version_of(person)
        role.save()
        role_update_details(role=role, details={"department": "Physics"})
        assert kinds(person) == ["granted"]
        assert version_of(person) == version

    def test_a_reason_has_a_limit(self, grant, person):
        with pytest.raises(ValidationError) as refused:
            grant(why="x" * 301)
        assert set(refused.value.message_dict) == {"why"}
        assert not Role.objects.exists()
        role = grant(why="x" * 300)
        with pytest.raises(ValidationError):
            role.delete(why="x" * 301)
        assert Role.objects.get() == role

    @pytest.mark.parametrize("start", [TODAY, TODAY + DAY])
    def test_a_role_that_never_held_for_a_day_is_removed_and_its_history_stays(self, grant, person, start):
        role = grant(start=start)
        assert role_end(role=role, why="a mistake") is None
        assert not Role.objects.exists()
        assert kinds(person) == ["granted", "removed"]
        assert [change.role for change in person.role_changes.all()] == [None, None]
        assert person.role_changes.first().why == "a mistake"
        assert roles_of(person) == set()

    def test_a_role_can_be_ended_at_once(self, grant, person):
        role = grant(start=TODAY - 5 * DAY)
        assert roles_of(person) == {"student"}
        assert role_end(role=role).end == TODAY - DAY
        assert roles_of(person) == set()

    def test_a_role_can_be_ended_with_a_day(self, grant, person, calendar):
        role = grant()
        role_end(role=role, last_day=TODAY + DAY)
        for expected in ({"student"}, {"student"}, set()):
            assert roles_of(person) == expected
            calendar.turn(1)

    def test_to_end_is_to_make_it_earlier_and_to_prolong_later(self, grant, calendar):
        role = grant(end=TODAY + 5 * DAY)
        for day in (TODAY + 5 * DAY, TODAY + 6 * DAY):
            with pytest.raises(ValidationError, match="Its last day is 2026-03-15 already"):
                role_end(role=role, last_day=day)
        for day in (TODAY + 5 * DAY, TODAY):
            with pytest.raises(ValidationError, match="It lasts until 2026-03-15:"):
                role_extend(role=role, end=day)
        role_extend(role=role, end=None)
        with pytest.raises(ValidationError, match="It lasts until it is ended:"):
            role_extend(role=role, end=TODAY + 99 * DAY)
        calendar.turn(9)
        role_end(role=role)
        with pytest.raises(ValidationError, match="already"):
            role_end(role=role)

    def test_what_was_removed_meanwhile_can_neither_be_changed_nor_removed(self, grant, person):
        role = grant(end=TODAY)
        Role.objects.get().delete()
        stale = (
            lambda: role_end(role=role),
            lambda: role_extend(role=role, end=None),
            lambda: role_update_details(role=role, details={}),
            role.save,
            role.delete,
        )
        for do in stale:
            with pytest.raises(ValidationError, match="no such role any more"):
                do()
        assert not Role.objects.exists()
        assert kinds(person) == ["granted", "removed"]

    def test_a_query_that_deletes_leaves_a_line_for_each(self, grant, person):
        grant()
        grant("faculty")
        version = version_of(person)
        assert person.roles.all().delete(why="gone") == (2, {"core_people.Role": 2})
        assert kinds(person) == ["granted", "granted", "removed", "removed"]
        assert version_of(person) > version

    def test_a_stale_copy_saves_only_the_fields_that_it_names(self, grant, person):
        stale = grant(end=TODAY)
        role_update_details(role=stale, details={"department": "Physics"})
        stale.end, stale.start = TODAY + DAY, TODAY - DAY
        stale.save(update_fields=["end"])
        role = Role.objects.get()
        assert (role.start, role.end, role.details) == (TODAY, TODAY + DAY, {"department": "Physics"})
        assert (stale.start, stale.details) == (role.start, role.details)
        line = person.role_changes.first()
        assert (line.kind, line.start, line.end) == ("extended", TODAY, TODAY + DAY)

    def test_update_or_create_leaves_its_line(self, grant, person):
        grant(end=TODAY)
        Role.objects.update_or_create(person=person, name="student", defaults={"end": TODAY + DAY})
        assert kinds(person) == ["granted", "extended"]

    def test_who_is_deleted_takes_their_history_along_and_leaves_that_of_others(self, grant, person, make_person):
        registrar, student = make_person(), make_person()
        role_grant(person=student, name="student", by=registrar, why="admitted")
        grant(by=registrar)
        role_end(role=grant("faculty"), by=registrar)
        registrar.delete()
        (line,) = student.role_changes.all()
        assert (line.by, line.why) == (None, "admitted")
        person.delete()
        assert list(RoleChange.objects.all()) == [line]
        assert [role.person for role in Role.objects.all()] == [student]


class TestVersion:
    def test_each_change_raises_it(self, grant, person):
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

    def test_a_change_of_one_person_is_none_of_another(self, grant, make_person):
        other = make_person()
        grant()
        assert version_of(other) == 0

    def test_it_rises_even_when_the_clock_goes_back(self, person):
        with patch("core.people.versions.time.time_ns", return_value=5_000_000):
            raise_versions([person.pk])
        with patch("core.people.versions.time.time_ns", return_value=3_000_000):
            raise_versions([person.pk])
        assert version_of(person) == 5001

    def test_what_is_rolled_back_is_not_raised_and_what_was_cached_meanwhile_is_not_used(self, grant, person):
        class Undo(Exception):
            pass

        def grant_and_look_and_undo():
            with transaction.atomic():
                grant()
                assert roles_of(person) == {"student"}  # and it is cached, under a version that never was
                raise Undo

        before = version_of(person)
        with pytest.raises(Undo):
            grant_and_look_and_undo()
        assert version_of(person) == before
        assert roles_of(person) == set()
        grant("faculty")
        assert roles_of(person) == {"faculty"}

    def test_who_still_has_the_version_before_harms_nobody(self, grant, person):
        stale = Person.objects.get(pk=person.pk)
        assert active_roles(stale) == set()
        grant()
        assert active_roles(stale) == set()  # that request began before
        assert roles_of(person) == {"student"}

    def test_the_persons_sockets_are_told_when_it_is_in(
        self, grant, person, monkeypatch, django_capture_on_commit_callbacks
    ):
        told = []
        monkeypatch.setattr("core.people.versions.publish_to_many", lambda topics, hint: told.append((*topics, hint)))
        start = TODAY - DAY
        for change in (lambda: grant(start=start), lambda: role_end(role=Role.objects.get()), person.delete):
            pk = person.pk
            with django_capture_on_commit_callbacks(execute=True):
                change()
                assert not told
            assert told == [(access_topic(pk), {"type": "access.changed"})]
            told.clear()


class TestCache:
    def test_the_roles_are_looked_up_once(self, grant, person, django_assert_num_queries):
        grant()
        person.refresh_from_db()
        with django_assert_num_queries(1):
            for _ in range(3):
                assert active_roles(person) == {"student"}

    def test_without_the_cache_the_answer_is_the_same(self, grant, person, monkeypatch):
        """A Memcached that is away answers that it knows nothing, and forgets what it is told."""
        cache = caches["cache"]
        monkeypatch.setattr(cache, "get", lambda key, default=None, **more: default)
        monkeypatch.setattr(cache, "set", lambda *args, **more: None)
        role = grant(start=TODAY - DAY)
        assert roles_of(person) == {"student"}
        role_end(role=role)
        assert roles_of(person) == set()

    def test_nothing_relies_on_a_deletion(self, grant, person, monkeypatch):
        cache = caches["cache"]
        for name in ("delete", "delete_many", "clear"):
            monkeypatch.setattr(cache, name, lambda *args, **more: pytest.fail("the cache was asked to forget"))
        role = grant(start=TODAY - DAY)
        assert roles_of(person) == {"student"}
        role_end(role=role)
        assert roles_of(person) == set()
        monkeypatch.undo()

    @pytest.mark.parametrize("days", [1, 2])
    def test_roles_begin_and_end_by_themselves(self, grant, person, calendar, django_assert_num_queries, days):
        grant("student", start=TODAY - 9 * DAY, end=TODAY + (days - 1) * DAY)
        grant("faculty", start=TODAY + days * DAY)
        grant("staff", start=TODAY + days * DAY, end=TODAY + days * DAY)
        person.refresh_from_db()
        assert active_roles(person) == {"student"}
        calendar.turn(days)
        with django_assert_num_queries(0):
            assert active_roles(person) == {"faculty", "staff"}

    def test_a_server_whose_clock_is_behind_finds_what_it_needs(self, grant, person, calendar):
        grant(start=TODAY - 9 * DAY, end=TODAY - DAY)
        person.refresh_from_db()
        assert active_roles(person) == set()
        calendar.turn(-1)
        assert active_roles(person) == {"student"}

    def test_a_value_lives_no_longer_than_what_it_knows_ahead(self):
        assert ROLES_LIFETIME + DAY <= HORIZON


class TestThousands:
    @pytest.fixture
    def many(self, person, make_person, calendar):
        """10,000 roles of one person, half of them past and half yet to come; one that holds; and other people's."""

        def roles(whose, first, last):
            starts = (TODAY + (number * 10 + 2) * DAY for number in range(first, last))
            return [Role(person=whose, name="student", start=start, end=start + 5 * DAY) for start in starts]

        Role.objects.bulk_create(roles(person, -5000, 5000))
        Role.objects.bulk_create([Role(person=person, name="faculty", start=TODAY)])
        for _ in range(20):
            Role.objects.bulk_create(roles(make_person(), -500, 500))
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE core_people_role")
        raise_versions([person.pk])
        person.refresh_from_db()

    def test_they_are_one_query_by_an_index_with_a_small_answer(self, many, person):
        cache, kept = caches["cache"], []
        with (
            patch.object(cache, "set", lambda key, value, **more: kept.append(value)),
            CaptureQueriesContext(connection) as queries,
        ):
            assert active_roles(person) == {"faculty"}
        (query,) = queries.captured_queries
        assert len(kept[0]) == 2  # the one that holds, and the one that begins within the value's life
        assert len(json.dumps(kept[0])) < 200
        with connection.cursor() as cursor:
            explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
            cursor.execute(f"{explain} {query['sql']}")
            plan = " ".join(str(row) for row in cursor.fetchall())
        assert "role_of_person" in plan
        assert "Seq Scan" not in plan
        assert "SCAN core_people_role" not in plan

    def test_one_more_is_granted_without_reading_them(self, many, person):
        with CaptureQueriesContext(connection) as queries:
            role_grant(person=person, name="guest")
        with pytest.raises(ValidationError):
            role_grant(person=person, name="student", start=TODAY - 60_000 * DAY)
        assert len(queries) <= 12, [query["sql"] for query in queries]


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """On the real database: SQLite lets one write after the other, and shares its memory with no thread."""

    @pytest.fixture(autouse=True)
    def _real(self, db):
        if connection.vendor != "postgresql":
            pytest.skip("only a real database has two that write at once")

    def together(self, *todo):
        """Run all at once, each on a connection of its own; what each raised, or None."""
        begin, answers = threading.Barrier(len(todo)), [None] * len(todo)

        def run(index, do):
            try:
                begin.wait(10)
                do()
            except Exception as error:
                answers[index] = error
            finally:
                connections.close_all()

        threads = [threading.Thread(target=run, args=pair) for pair in enumerate(todo)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        return answers

    def test_of_two_who_grant_the_same_role_one_wins(self, person):
        def grant():
            role_grant(person=Person.objects.get(pk=person.pk), name="student")

        for _ in range(5):
            Role.objects.all().delete()
            answers = self.together(grant, grant)
            assert sorted(type(answer) for answer in answers if answer) == [ValidationError]
            assert Role.objects.count() == 1

    def test_who_saves_and_who_ends_do_not_lock_each_other_out(self, person):
        start = timezone.localdate() - 5 * DAY
        for _ in range(5):
            Role.objects.all().delete()
            role = role_grant(person=person, name="student", start=start)

            def describe(role=role):
                copy = Role.objects.get(pk=role.pk)
                copy.details = {"department": "Physics"}
                copy.save(update_fields=["details"])

            assert self.together(describe, lambda role=role: role_end(role=role)) == [None, None]
            role.refresh_from_db()
            assert (role.end, role.details) == (timezone.localdate() - DAY, {"department": "Physics"})

    def test_what_is_removed_does_not_come_back(self, person):
        for _ in range(5):
            role = role_grant(person=person, name="student", end=timezone.localdate())
            answers = self.together(lambda role=role: role_extend(role=role, end=None), lambda role=role: role.delete())
            assert not Role.objects.exists()
            assert answers[1] is None
            assert answers[0] is None or isinstance(answers[0], ValidationError)
