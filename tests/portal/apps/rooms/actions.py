"""Functions that change data. Views, tasks and demo data call them."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from core.people.models import Person
from services.notifications import notify

from .errors import TimeTaken
from .models import Booking, Room, Slot
from .opening_hours import check_period, slots

DAY_BEFORE = timedelta(days=1)


def booking_create(*, room: Room, person: Person, title: str, starts_at: datetime, ends_at: datetime) -> Booking:
    """Book a room. Raises ValidationError for a period that nobody can book, and TimeTaken for one that is not free."""
    check_period(starts_at, ends_at)
    remind_at = starts_at - DAY_BEFORE
    try:
        with transaction.atomic():
            booking = Booking.objects.create(
                room=room,
                person=person,
                title=title,
                starts_at=starts_at,
                ends_at=ends_at,
                remind_at=remind_at if remind_at > timezone.now() else None,
            )
            Slot.objects.bulk_create(
                Slot(booking=booking, room=room, starts_at=slot) for slot in slots(starts_at, ends_at)
            )
    except IntegrityError as error:
        raise TimeTaken from error
    return booking


def booking_remind_next() -> bool:
    """Remind the person of one booking that is due, and return whether there was one.

    Two workers never take the same booking: one locks its row, and the other skips it.
    """
    with transaction.atomic():
        booking = Booking.objects.due().select_for_update(skip_locked=True).first()
        if booking is None:
            return False
        Booking.objects.filter(pk=booking.pk).update(remind_at=None)
        notify(
            "rooms.reminder",
            to=booking.person,
            params={
                "room": booking.room.name,
                "time": f"{timezone.localtime(booking.starts_at):%Y-%m-%d %H:%M}",
                "title": booking.title,
            },
            link="/rooms/mine",
            key=str(booking.pk),
        )
    return True
