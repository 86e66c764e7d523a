"""What people turned off."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """How a notification reaches a person."""

    INBOX = "inbox", _("in the portal")
    MAIL = "mail", _("by e-mail")


class Preference(models.Model):
    """That a person turned a kind off for a channel. Without a row, the kind is on.

    Only kinds that the manifest declares as optional can be turned off.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    app = models.CharField(max_length=40)
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=5, choices=Channel)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "app", "kind", "channel"], name="notification_preference")
        ]

    def __str__(self) -> str:
        return f"{self.app}.{self.kind} off in {self.channel} for person {self.person_id}"
