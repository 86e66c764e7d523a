"""A demo announcement to everyone."""

from core.people.models import Person

from .actions import announcement_schedule
from .models import Announcement

TITLE = "Welcome to the new term"
TEXT = """\
Welcome back! A few things to know in the first weeks:

- The **library** is open until midnight, also on Saturdays.
- Buses to the railway station leave *every 20 minutes*.
- Ask what you want to know: the people at the desk in the main hall help you.

You find people in the [directory](/people).
"""


def seed(people: dict[str, Person]) -> None:
    """Send the announcement, once."""
    if not Announcement.objects.filter(title=TITLE).exists():
        announcement_schedule(author=people["maintainer"], title=TITLE, text=TEXT)
