"""When rooms can be booked, in the portal's time zone, and which periods of a day are free."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import SLOT, Booking

OPENS, CLOSES = time(7), time(22)
LONGEST = timedelta(hours=8)
AHEAD = timedelta(days=90)


class Period(NamedTuple):
    """A part of a day: of a booking, or free."""

    starts_at: datetime
    ends_at: datetime
    booking: Booking | None


def opening_hours(day: date) -> tuple[datetime, datetime]:
    """Return when rooms open and close on a day."""
    zone = timezone.get_current_timezone()
    return datetime.combine(day, OPENS, zone), datetime.combine(day, CLOSES, zone)


def next_slot(moment: datetime) -> datetime:
    """Return the first beginning of a slot that is not before `moment`."""
    past = timedelta(minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond)
    return moment + SLOT - past if past else moment


def slots(starts_at: datetime, ends_at: datetime) -> Iterator[datetime]:
    """Yield the beginnings of the slots of a period."""
    while starts_at < ends_at:
        yield starts_at
        starts_at += SLOT


def check_period(starts_at: datetime, ends_at: datetime) -> None:
    """Raise ValidationError if nobody can book this period, whether it is free or not."""
    opens, closes = opening_hours(timezone.localdate(starts_at))
    for field, moment in (("starts_at", starts_at), ("ends_at", ends_at)):
        if next_slot(moment) != moment:
            raise ValidationError({field: _("A booking starts and ends at a full quarter of an hour.")})
    if starts_at < timezone.now():
        raise ValidationError({"starts_at": _("This time is over. Choose a later one.")})
    if starts_at > timezone.now() + AHEAD:
        raise ValidationError({"starts_at": _("You can book at most %(days)d days ahead.") % {"days": AHEAD.days}})
    if ends_at <= starts_at:
        raise ValidationError({"ends_at": _("The end must be after the start.")})
    if ends_at - starts_at > LONGEST:
        hours = LONGEST // timedelta(hours=1)
        raise ValidationError({"ends_at": _("A booking takes at most %(hours)d hours.") % {"hours": hours}})
    if starts_at < opens or ends_at > closes:
        raise ValidationError(
            {"starts_at": _("Rooms are open from %(opens)s to %(closes)s.") % {"opens": OPENS, "closes": CLOSES}}
        )


def periods(bookings: Iterable[Booking], day: date) -> Iterator[Period]:
    """Yield the bookings of a room on a day, in their order, and the free periods between them that are not over."""
    opens, closes = opening_hours(day)
    free_from, now = opens, next_slot(timezone.now())
    for booking in [*bookings, None]:
        free_until = booking.starts_at if booking else closes
        if max(free_from, now) < free_until:
            yield Period(max(free_from, now), free_until, None)
        if booking:
            yield Period(booking.starts_at, booking.ends_at, booking)
            free_from = booking.ends_at
