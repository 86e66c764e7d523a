from datetime import datetime, time, timedelta

import pytest
from django.utils import timezone

from apps.rooms.models import Room
from core.testing.client import PortalClient

BOOKINGS = "/api/rooms/bookings/"


@pytest.fixture
def teacher(db, sign_in_as) -> PortalClient:
    return sign_in_as("faculty")


@pytest.fixture
def room(db) -> Room:
    return Room.objects.create(name="Seminar room", place="Main building", seats=40, equipment="Projector")


def moment(hour: int, minute: int = 0, *, days: int = 3) -> datetime:
    """Return a time of a day after today, in the portal's time zone."""
    day = timezone.localdate() + timedelta(days=days)
    return datetime.combine(day, time(hour, minute), timezone.get_current_timezone())


def booking_of(room: Room, starts_at: datetime, ends_at: datetime, title: str = "Seminar") -> dict[str, object]:
    return {"room": room.pk, "title": title, "starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat()}


def times_of(period: dict[str, str]) -> tuple[datetime, datetime]:
    return datetime.fromisoformat(period["starts_at"]), datetime.fromisoformat(period["ends_at"])
