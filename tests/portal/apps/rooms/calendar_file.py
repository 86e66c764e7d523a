"""Bookings as iCalendar (RFC 5545), which calendars import."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from django.utils import timezone

from .models import Booking

LONGEST_LINE = 75  # bytes: RFC 5545, section 3.1


def calendar_file(bookings: Iterable[Booking], *, domain: str) -> str:
    """Return the bookings as the text of a file. `domain` makes their identifiers unique in the world."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//{domain}//rooms//EN"]
    for booking in bookings:
        lines += event(booking, domain)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def event(booking: Booking, domain: str) -> list[str]:
    return [
        "BEGIN:VEVENT",
        f"UID:rooms-{booking.pk}@{domain}",
        f"DTSTAMP:{stamp(timezone.now())}",
        f"DTSTART:{stamp(booking.starts_at)}",
        f"DTEND:{stamp(booking.ends_at)}",
        f"SUMMARY:{escaped(booking.title)}",
        f"LOCATION:{escaped(f'{booking.room.name}, {booking.room.place}')}",
        "END:VEVENT",
    ]


def stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escaped(text: str) -> str:
    """Escape what has a meaning in a value, and line breaks, so that a title cannot add lines to the file."""
    for character in ("\\", ";", ","):
        text = text.replace(character, f"\\{character}")
    return "\\n".join(text.splitlines())


def folded(line: str) -> Iterator[str]:
    """Yield the parts of a line, of at most 75 bytes. Each further part begins with a space."""
    part = ""
    for character in line:
        if len((part + character).encode()) > LONGEST_LINE:
            yield part
            part = " "
        part += character
    yield part
