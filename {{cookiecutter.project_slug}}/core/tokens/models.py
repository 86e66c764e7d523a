"""API tokens: what a person gives to a script, so that it uses the API for them."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

MAX_NAME = 60


class ApiToken(models.Model):
    """A token of a person. Its text is stored nowhere.

    `digest` is the SHA-256 of the text, which has 256 random bits: a slow hash would protect it no better. `start` is
    the beginning of the text, by which people recognize it. `auth_hash` is the person's `get_session_auth_hash()` of
    the time: a new password ends tokens as it ends sessions. A token that is revoked is deleted.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=MAX_NAME)
    digest = models.CharField(max_length=64, unique=True)
    start = models.CharField(max_length=20)
    auth_hash = models.CharField(max_length=128)
    scopes = models.JSONField(_("scopes"), default=list)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(_("last used"), null=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-id"]
        default_permissions = []

    def __str__(self) -> str:
        return f"{self.name} ({self.start}…)"
