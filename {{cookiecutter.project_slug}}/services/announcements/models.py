from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .markdown import MAX_CHARACTERS
from .rendering import SUMMARY_LENGTH

MAX_TITLE = 120


class State(models.TextChoices):
    """What an announcement is now. It follows from the times of the row."""

    SCHEDULED = "scheduled"
    SENT = "sent"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


def not_expired() -> Q:
    return Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    def waiting(self) -> "AnnouncementQuerySet":
        """Return the announcements that were neither sent nor cancelled. Some of them may have expired."""
        return self.filter(sent_at__isnull=True, cancelled_at__isnull=True)

    def due(self) -> "AnnouncementQuerySet":
        """Return the announcements that are to be sent now."""
        return self.waiting().filter(not_expired(), send_at__lte=timezone.now())


class Announcement(models.Model):
    """A text for everyone, or for the people with one of some roles. It is sent at its time, once.

    Without `roles`, it is for everyone. `sent_at` and the notification are written in one transaction.
    """

    title = models.CharField(_("title"), max_length=MAX_TITLE)
    text = models.TextField(_("text"), max_length=MAX_CHARACTERS)  # Markdown
    summary = models.CharField(
        _("summary"), max_length=SUMMARY_LENGTH, editable=False
    )  # the beginning of the text, without marks
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("author"), on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    send_at = models.DateTimeField(_("to be sent at"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, editable=False)
    sent_at = models.DateTimeField(_("sent at"), null=True, editable=False)
    # The id of the message in services/notifications. It is no foreign key, because messages are deleted earlier.
    message_id = models.BigIntegerField(_("message's id"), null=True, editable=False)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        ordering = ["-id"]
        indexes = [
            models.Index(
                fields=["send_at"],
                name="announcement_to_send",
                condition=Q(sent_at__isnull=True, cancelled_at__isnull=True),
            ),
            models.Index(fields=["-sent_at"], name="announcement_sent", condition=Q(sent_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                name="announcement_sent_or_cancelled", condition=Q(sent_at__isnull=True) | Q(cancelled_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def path(self) -> str:
        """The path of its page."""
        return f"/announcements/{self.pk}/"

    @property
    def role_names(self) -> list[str]:
        """The names of the roles it is for, sorted. Empty: everyone."""
        return sorted(role.name for role in self.roles.all())

    def state(self, now: datetime | None = None) -> State:
        """Return the state at `now`. One that expired before it could be sent is expired, too."""
        now = now or timezone.now()
        if self.cancelled_at:
            return State.CANCELLED
        if self.expires_at and self.expires_at <= now:
            return State.EXPIRED
        return State.SENT if self.sent_at else State.SCHEDULED


class AnnouncementRole(models.Model):
    """One of the roles that an announcement is for."""

    announcement = models.ForeignKey(Announcement, on_delete=models.CASCADE, related_name="roles", db_index=False)
    name = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["announcement", "name"], name="announcement_role_once")]

    def __str__(self) -> str:
        return self.name
