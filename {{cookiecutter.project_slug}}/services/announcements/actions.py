"""Schedule announcements, and cancel them before they are sent."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from core.audit.recording import record
from core.live.publishing import publish
from core.people.models import Person
from core.transactions import after_commit

from .markdown import parse_markdown
from .models import Announcement, AnnouncementRole
from .rendering import summary_of
from .sending import TOPIC
from .tasks import send_due


class TooLate(Exception):
    """The announcement was sent or cancelled before."""


def announcement_schedule(
    *,
    author: Person,
    title: str,
    text: str,
    roles: Collection[str] = (),
    send_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> Announcement:
    """Schedule an announcement for `send_at`, or send it now, and record who did it in the audit log.

    It is for the people who have one of `roles` when it is sent; without roles, for everyone. Raises UnsuitableText.
    """
    now = timezone.now()
    with transaction.atomic():
        announcement = Announcement.objects.create(
            author=author,
            title=title,
            text=text,
            summary=summary_of(parse_markdown(text)),
            created_at=now,
            send_at=send_at or now,
            expires_at=expires_at,
        )
        names = sorted(set(roles))
        AnnouncementRole.objects.bulk_create(AnnouncementRole(announcement=announcement, name=name) for name in names)
        record(
            "announcement_published",
            by=author,
            announcement=announcement.pk,
            title=title,
            roles=names,
            send_at=str(announcement.send_at),
            expires_at=expires_at and str(expires_at),
        )
        if announcement.send_at <= now:
            # Only saves the time until the next run of the task, so nothing is lost when the broker is down.
            after_commit(send_due.delay)
        else:
            after_commit(publish, TOPIC)
    return announcement


def announcement_cancel(*, announcement: Announcement, by: Person) -> None:
    """Cancel an announcement that was not sent, and record it in the audit log. Raises TooLate otherwise.

    While another process sends it, this waits for that one.
    """
    waiting = Announcement.objects.filter(pk=announcement.pk, sent_at__isnull=True, cancelled_at__isnull=True)
    with transaction.atomic():
        if not waiting.update(cancelled_at=timezone.now()):
            raise TooLate(announcement.title)
        after_commit(publish, TOPIC)
        record("announcement_cancelled", by=by, announcement=announcement.pk, title=announcement.title)
