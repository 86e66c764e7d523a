"""The accounts at the institute's provider. People and their roles are in core/people."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.people.models import Role


class InstituteAccount(models.Model):
    """An account at a provider of OpenID Connect, and the person who signs in with it.

    `subject` is the provider's own name of the account, which never changes and is never given to anybody else. `roles`
    are those that its claims have granted, which a later sign-in may end.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="institute_accounts")
    issuer = models.CharField(max_length=500)
    subject = models.CharField(max_length=255)
    roles = models.ManyToManyField(Role, related_name="+", blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        verbose_name = _("institute account")
        verbose_name_plural = _("institute accounts")
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="institute_account_unique")]

    def __str__(self) -> str:
        return self.subject
