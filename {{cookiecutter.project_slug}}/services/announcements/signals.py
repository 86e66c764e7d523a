from typing import Any

from django.dispatch import receiver

from core.people.models import Person
from core.people.seeding import seeded
from services.notifications import mail_content

from .actions import announcement_schedule
from .mails import render_mail
from .models import Announcement
from .sending import KIND

TITLE = "Welcome to the new term"
TEXT = """\
Welcome back! A few things to know in the first weeks:

- The **library** is open until midnight, also on Saturdays.
- Buses to the railway station leave *every 20 minutes*.
- Ask what you want to know: the people at the desk in the main hall help you.

You find people in the [directory](/people).
"""


mail_content.register(KIND, render_mail)


@receiver(seeded)
def seed_announcements(*, people: dict[str, Person], **kwargs: Any) -> None:
    """Send one announcement to everyone."""
    if not Announcement.objects.filter(title=TITLE).exists():
        announcement_schedule(author=people["maintainer"], title=TITLE, text=TEXT)
