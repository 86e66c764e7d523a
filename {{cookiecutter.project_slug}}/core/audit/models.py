"""The entries of the audit log. They are written once: PostgreSQL refuses every change, and deletion for a year."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F
from django.db.models.functions import Upper
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .events import Event

MAX_NAME = 150


class AuditEntry(models.Model):
    """What happened, to whom, by whom, from where.

    People are ids and usernames of that time, and no foreign keys: an entry outlives its people. `person` is empty
    when nobody is concerned, such as a sign-in with an unknown name. `by` is empty for visitors and commands.
    """

    at = models.DateTimeField(_("time"), default=timezone.now)
    event = models.CharField(_("event"), max_length=40)  # no choices: apps may record events of their own
    person_id = models.BigIntegerField(_("person's id"), null=True)
    person = models.CharField(_("person"), max_length=MAX_NAME, blank=True)
    by_id = models.BigIntegerField(_("id of who did it"), null=True)
    by = models.CharField(_("done by"), max_length=MAX_NAME, blank=True)
    ip_address = models.GenericIPAddressField(_("IP address"), null=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    site = models.CharField(_("site"), max_length=8, blank=True)
    details = models.JSONField(_("details"), default=dict, encoder=DjangoJSONEncoder)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        ordering = ["-id"]
        default_permissions = ["view"]
        indexes = [
            models.Index(fields=["at"], name="audit_at"),
            models.Index(fields=["event", "-id"], name="audit_event"),
            models.Index(Upper("person"), F("id").desc(), name="audit_person"),
            models.Index(Upper("by"), F("id").desc(), name="audit_by"),
            models.Index(fields=["ip_address", "-id"], name="audit_ip_address"),
            models.Index(fields=["request_id"], name="audit_request"),
        ]

    def __str__(self) -> str:
        return f"{self.title}: {self.person or self.by or self.ip_address or '-'}"

    @property
    def title(self) -> str:
        """What happened, in words; the name of an event that only an app knows."""
        return str(dict(Event.choices).get(self.event, self.event))


def retention_days() -> int:
    """Return for how many days an entry is kept. The database's trigger has the same number, in the migration."""
    days: int = settings.AUDIT_RETENTION_DAYS
    return days
