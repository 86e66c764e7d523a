"""The search, the export, the reminders, the topic, the admin and the demo data."""

from datetime import UTC

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import Permission
from django.utils import timezone

from apps.rooms.actions import booking_create
from apps.rooms.demo import seed
from apps.rooms.models import Booking, Room
from apps.rooms.tasks import remind
from core.people.seeding import seed_people
from core.testing.client import PortalClient
from core.testing.notifications import notified
from core.testing.sockets import open_socket, receive_updates, subscribe

from .conftest import BOOKINGS, booking_of, moment


def test_rooms_are_found_by_their_equipment(teacher, room):
    Room.objects.create(name="Hall", place="Library", seats=9)
    assert [found["name"] for found in teacher.get("/api/rooms/?search=projec").json()["results"]] == [room.name]
    groups = teacher.get("/api/portal/search/?q=projec").json()["groups"]
    assert [group["results"][0]["title"] for group in groups if group["app"] == "rooms"] == [room.name]


def test_the_export_has_ones_own_bookings(teacher, sign_in_as, room):
    room.place = "Haus; links"
    room.save()
    title = "Tee, Kaffee\nBEGIN:VALARM " + "कार्यशाला " * 6
    teacher.post_json(BOOKINGS, booking_of(room, moment(10), moment(11), title.strip()))
    sign_in_as("staff").post_json(BOOKINGS, booking_of(room, moment(12), moment(13), "Of another person"))
    answer = teacher.get(f"{BOOKINGS}export/")
    assert answer["Content-Type"].startswith("text/calendar")
    lines = answer.content.decode().split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    text = "\n".join(lines).replace("\n ", "")
    assert text.count("BEGIN:VEVENT") == 1
    assert "SUMMARY:Tee\\, Kaffee\\nBEGIN:VALARM कार्यशाला" in text
    assert "LOCATION:Seminar room\\, Haus\\; links" in text
    assert f"DTSTART:{moment(10).astimezone(UTC):%Y%m%dT%H%M%SZ}" in text


def test_a_person_is_reminded_once_the_day_before(teacher, room, clock):
    teacher.post_json(BOOKINGS, booking_of(room, moment(10), moment(11)))
    remind()
    assert notified(teacher.person, "rooms.reminder") == []
    starts_at = moment(10)
    clock.move(moment(10, 5, days=2) - timezone.now())
    for _ in range(2):
        remind()
    (message,) = notified(teacher.person, "rooms.reminder")
    assert message.title == f"You have booked Seminar room: {starts_at.date()} 10:00"
    assert message.body == "Seminar"


def test_a_booking_of_today_needs_no_reminder(teacher, room, clock):
    clock.move(moment(8, days=1) - timezone.now())
    teacher.post_json(BOOKINGS, booking_of(room, moment(10, days=0), moment(11, days=0)))
    remind()
    assert notified(teacher.person, "rooms.reminder") == []


def test_maintainers_with_the_permission_manage_the_rooms(make_person, room):
    person = make_person("chief", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=("add_room", "view_booking")))
    chief = PortalClient().sign_in(person)
    data = {"name": "Hall", "place": "Library", "seats": "90", "equipment": ""}
    assert chief.post("/admin/rooms/room/add/", data).status_code == 302
    assert Room.objects.get(name="Hall").seats == 90
    assert chief.get("/admin/rooms/booking/").status_code == 200
    assert chief.get("/admin/rooms/booking/add/").status_code == 403


def test_demo_data_is_created_once(db):
    people = seed_people()
    for _ in range(2):
        seed(people)
    assert (Room.objects.count(), Booking.objects.count()) == (3, 2)


@pytest.mark.django_db(transaction=True)
async def test_subscribers_get_an_update(sign_in_as, room):
    teacher = await database_sync_to_async(sign_in_as)("faculty")
    socket, _ = await open_socket("/ws/portal/", teacher)
    assert (await subscribe(socket, "rooms:calendar"))["subscribed"] == ["rooms:calendar"]
    book = database_sync_to_async(booking_create)
    await book(room=room, person=teacher.person, title="Seminar", starts_at=moment(10), ends_at=moment(11))
    assert await receive_updates(socket) == ["rooms:calendar"]
    await socket.disconnect()
