"""Schedule announcements, and change or cancel them before they are sent."""

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
    announcement = Announcement(author=author, title=title, text=text, expires_at=expires_at)
    announcement.send_at = send_at or announcement.created_at
    with transaction.atomic():
        write(announcement, roles, event="announcement_published", by=author)
    return announcement


def announcement_change(
    *,
    announcement: Announcement,
    by: Person,
    title: str,
    text: str,
    roles: Collection[str] = (),
    send_at: datetime | None = None,
    expires_at: datetime | None = None,
) -> Announcement:
    """Change an announcement that was not sent, and record who did it in the audit log.

    Everything is replaced: without `send_at`, it is sent now, and without `roles`, it is for everyone. While another
    process sends it, this waits for that one. Raises TooLate if it was sent or cancelled, and UnsuitableText.
    """
    with transaction.atomic():
        changed = Announcement.objects.waiting().select_for_update().filter(pk=announcement.pk).first()
        if changed is None:
            raise TooLate(announcement.title)
        changed.title, changed.text, changed.expires_at = title, text, expires_at
        changed.send_at = send_at or timezone.now()
        changed.roles.all().delete()
        write(changed, roles, event="announcement_changed", by=by)
    return changed


def write(announcement: Announcement, roles: Collection[str], *, event: str, by: Person) -> None:
    """Save an announcement with its roles in the caller's transaction, and let it be sent if it is due."""
    announcement.summary = summary_of(parse_markdown(announcement.text))
    announcement.save()
    names = sorted(set(roles))
    AnnouncementRole.objects.bulk_create(AnnouncementRole(announcement=announcement, name=name) for name in names)
    record(
        event,
        by=by,
        announcement=announcement.pk,
        title=announcement.title,
        roles=names,
        send_at=str(announcement.send_at),
        expires_at=announcement.expires_at and str(announcement.expires_at),
    )
    if announcement.send_at <= timezone.now():
        # Only saves the time until the next run of the task, so nothing is lost when the broker is down.
        after_commit(send_due.delay)
    else:
        after_commit(publish, TOPIC)


def announcement_cancel(*, announcement: Announcement, by: Person) -> None:
    """Cancel an announcement that was not sent, and record it in the audit log. Raises TooLate otherwise.

    While another process sends it, this waits for that one.
    """
    with transaction.atomic():
        if not Announcement.objects.waiting().filter(pk=announcement.pk).update(cancelled_at=timezone.now()):
            raise TooLate(announcement.title)
        after_commit(publish, TOPIC)
        record("announcement_cancelled", by=by, announcement=announcement.pk, title=announcement.title)
