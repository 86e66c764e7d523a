"""Booking a room, and what is refused."""

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.utils import timezone

from apps.rooms.actions import booking_create
from apps.rooms.errors import TimeTaken
from apps.rooms.models import Booking, Slot
from core.testing.live import published
from core.testing.threads import at_the_same_time

from .conftest import BOOKINGS, booking_of, moment, times_of


def test_a_booking_is_in_the_calendar_of_everyone_who_may_book(teacher, sign_in_as, room):
    answer = teacher.post_json(BOOKINGS, booking_of(room, moment(10), moment(11, 30)))
    assert answer.status_code == 201, answer.content
    path = f"/api/rooms/{room.pk}/?day={moment(10).date()}"
    (day,) = sign_in_as("staff").get(path).json()["days"]
    titles = [period["booking"] and period["booking"]["title"] for period in day["periods"]]
    assert titles == [None, "Seminar", None]
    assert day["periods"][1]["booking"]["person"] == str(teacher.person) != ""
    assert [times_of(period) for period in day["periods"]][1] == (moment(10), moment(11, 30))


def test_employees_book_rooms_and_others_do_not(sign_in_as, visitor, room):
    assert visitor.get("/api/rooms/").status_code == 401
    assert sign_in_as("student").get("/api/rooms/").status_code == 403
    assert sign_in_as("staff").get("/api/rooms/").status_code == 200


@pytest.mark.parametrize(("starts", "ends"), [((9,), (10, 15)), ((10, 45), (12,)), ((10, 15), (10, 30)), ((9,), (12,))])
def test_a_time_that_is_taken_in_part_is_refused(teacher, sign_in_as, room, starts, ends):
    teacher.post_json(BOOKINGS, booking_of(room, moment(10), moment(11)))
    answer = sign_in_as("staff").post_json(BOOKINGS, booking_of(room, moment(*starts), moment(*ends)))
    assert answer.status_code == 409
    assert answer.json()["detail"] == "Somebody has just booked this time. Choose another one."
    assert (Booking.objects.count(), Slot.objects.count()) == (1, 4)


def test_bookings_can_follow_each_other(teacher, room):
    for hour in (10, 12, 11):
        assert teacher.post_json(BOOKINGS, booking_of(room, moment(hour), moment(hour + 1))).status_code == 201


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer: make test SERVERS=real app=rooms")
@pytest.mark.django_db(transaction=True)
def test_of_two_bookings_at_the_same_moment_one_is_refused(room, make_person):
    def book(name: str):
        person = make_person(name)

        def call() -> str:
            try:
                booking_create(room=room, person=person, title=name, starts_at=moment(10), ends_at=moment(12))
            except TimeTaken:
                return "refused"
            return "booked"

        return call

    assert sorted(at_the_same_time(book("asha"), book("ravi"))) == ["booked", "refused"]
    assert Booking.objects.count() == 1


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "field"),
    [
        (moment(10, 5), moment(11), "starts_at"),
        (moment(10), moment(10, 59), "ends_at"),
        (moment(10), moment(10), "ends_at"),
        (moment(10), moment(9), "ends_at"),
        (moment(8), moment(16, 15), "ends_at"),
        (moment(6), moment(8), "starts_at"),
        (moment(21), moment(23), "starts_at"),
        (moment(21), moment(7, days=4), "ends_at"),
        (moment(10, days=-1), moment(11, days=-1), "starts_at"),
        (moment(10, days=92), moment(11, days=92), "starts_at"),
    ],
)
def test_a_period_that_nobody_can_book_is_refused(teacher, room, starts_at, ends_at, field):
    answer = teacher.post_json(BOOKINGS, booking_of(room, starts_at, ends_at))
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(("field", "value"), [("title", ""), ("title", "x" * 101), ("room", 10**20), ("ends_at", "9")])
def test_wrong_values_are_refused(teacher, room, field, value):
    answer = teacher.post_json(BOOKINGS, booking_of(room, moment(10), moment(11)) | {field: value})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field


@pytest.mark.parametrize("query", ["day=x", "day=9999-12-31", "day=0001-01-01", "days=0", "days=8"])
def test_a_calendar_has_at_most_a_week_within_a_year(teacher, query):
    assert teacher.get(f"/api/rooms/?{query}").status_code == 400


def test_only_its_person_cancels_a_booking_and_frees_the_time(teacher, sign_in_as, room):
    booking = teacher.post_json(BOOKINGS, booking_of(room, moment(10), moment(11))).json()
    path, other = f"{BOOKINGS}{booking['id']}/", sign_in_as("staff")
    assert other.delete(path).status_code == 403
    assert teacher.delete(path).status_code == 204
    assert other.post_json(BOOKINGS, booking_of(room, moment(10), moment(11))).status_code == 201


def test_maintainers_with_the_permission_cancel_bookings(teacher, sign_in_as, room):
    booking = teacher.post_json(BOOKINGS, booking_of(room, moment(10), moment(11))).json()
    maintainer = sign_in_as("staff", is_staff=True)
    maintainer.person.user_permissions.add(Permission.objects.get(codename="delete_booking"))
    assert maintainer.delete(f"{BOOKINGS}{booking['id']}/").status_code == 204


def test_open_pages_are_updated(teacher, room):
    with published("rooms:calendar") as updates:
        booking = teacher.post_json(BOOKINGS, booking_of(room, moment(10), moment(11))).json()
    assert len(updates) == 1
    with published("rooms:calendar") as updates:
        teacher.delete(f"{BOOKINGS}{booking['id']}/")
        room.name = "Lecture hall"
        room.save()
    assert len(updates) == 2


def test_a_day_has_no_free_time_that_is_over(teacher, room, clock):
    clock.move(moment(12, 20, days=1) - timezone.now())
    (day,) = teacher.get(f"/api/rooms/{room.pk}/").json()["days"]
    assert [times_of(period) for period in day["periods"]] == [(moment(12, 30, days=0), moment(22, days=0))]


def test_more_bookings_cost_no_more_queries(teacher, sign_in_as, room, round_trips):
    for hour in (8, 9, 10):
        sign_in_as("staff").post_json(BOOKINGS, booking_of(room, moment(hour), moment(hour + 1)))
    path = f"/api/rooms/?days=7&day={moment(0).date()}"
    teacher.get(path)
    with round_trips(sql=3, stores=2):
        teacher.get(path)
