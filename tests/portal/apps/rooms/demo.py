"""What `make demo` and `manage.py seed` create. A second run changes nothing."""

from datetime import timedelta

from django.utils import timezone

from core.people.models import Person

from .actions import booking_create
from .models import Booking, Room
from .opening_hours import opening_hours

ROOMS = {
    "Seminar room 101": ("Main building, first floor", 40, "Projector, whiteboard"),
    "Lecture hall 2": ("Main building, ground floor", 180, "Two projectors, microphones"),
    "Meeting room North": ("Library, second floor", 8, "Screen"),
}
BOOKING = {"faculty", "staff"}


def seed(people: dict[str, Person]) -> None:
    """Create some rooms, and a booking tomorrow of each demo account that may book, one after the other."""
    for name, (place, seats, equipment) in ROOMS.items():
        Room.objects.get_or_create(name=name, defaults={"place": place, "seats": seats, "equipment": equipment})
    if Booking.objects.exists():
        return
    starts_at, _closes = opening_hours(timezone.localdate() + timedelta(days=1))
    room = Room.objects.get(name=next(iter(ROOMS)))
    for account in sorted(people.keys() & BOOKING):
        ends_at = starts_at + timedelta(hours=1)
        booking_create(
            room=room, person=people[account], title=f"Meeting of {account}", starts_at=starts_at, ends_at=ends_at
        )
        starts_at = ends_at
