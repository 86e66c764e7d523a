"""Functions that read data."""

from datetime import date, timedelta

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from core.people.models import Person

from .models import Booking, Room
from .opening_hours import opening_hours


def rooms_with_bookings(first: date, days: int) -> QuerySet[Room]:
    """Return the rooms, each with the list `in_period`: its bookings of some days, beginning with `first`."""
    start, _closes = opening_hours(first)
    _opens, end = opening_hours(first + timedelta(days=days - 1))
    bookings = Booking.objects.between(start, end).select_related("person")
    return Room.objects.prefetch_related(Prefetch("bookings", bookings, to_attr="in_period"))


def coming_bookings(person: Person) -> QuerySet[Booking]:
    """Return a person's bookings that are not over, the next one first."""
    return person.rooms_bookings.filter(ends_at__gt=timezone.now()).select_related("room", "person")
