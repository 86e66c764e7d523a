"""What the portal knows beside allauth's tables about the sites that sign people in with it, and about their people."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.files.fields import ProtectedImageField

MAX_ADDRESS = 300
SUBJECT_DIGITS = 32


class SigningKey(models.Model):
    """An RSA key that signs ID tokens. The newest one whose `signs_from` has come signs.

    `pem` is the private key, encrypted with ENCRYPTION_KEYS. `published_until` is None until another key replaces it.
    The number is unique, so that two processes do not make two first keys.
    """

    number = models.PositiveIntegerField(unique=True)
    pem = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    signs_from = models.DateTimeField()
    published_until = models.DateTimeField(null=True)

    class Meta:
        ordering = ["number"]
        default_permissions = []

    def __str__(self) -> str:
        return str(self.number)


class ClientRegistration(models.Model):
    """A site, an app or a machine that signs people in with the portal: what allauth's Client does not hold.

    allauth's row has the client's id, its name, the hash of its secret, its redirect URIs and scopes, and whether it is
    trusted (`skip_consent`). `rings` and `roles` are its audience: names of `portal.yaml`. `details` names what the
    scope `roles` gives beside the names of roles, such as `student.department`.
    """

    class Kind(models.TextChoices):
        WEB = "web", _("web site")
        NATIVE = "native", _("app or command line")
        MACHINE = "machine", _("machine")

    client = models.OneToOneField("allauth_idp_oidc.Client", on_delete=models.CASCADE, related_name="registration")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    address = models.URLField(_("address"), max_length=MAX_ADDRESS, blank=True)
    logo = ProtectedImageField(
        _("logo"),
        sizes={"small": 96, "large": 384},
        folder="client-logos",
        route="single_sign_on:client-logo",
        blank=True,
        editable=False,
    )
    rings = models.JSONField(_("rings"), default=list, blank=True)
    roles = models.JSONField(_("roles"), default=list, blank=True)
    details = models.JSONField(_("details of roles"), default=list, blank=True)
    changed_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("client")
        verbose_name_plural = _("clients")
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.client.name)


class Connection(models.Model):
    """A person's use of a client.

    `subject` is the name by which the client alone knows the person (`sub`): it stays the same when the person
    connects again. `scopes` is what the client was given, and `consented` what the person consented to. `asked_hidden`
    and `given_hidden` are parts of their profile which they hide from everybody in the directory: those that a page
    has asked about, and those that they give to this client all the same. `password_digest` is the SHA-256 of the
    password's hash at the last sign-in: with another password, tokens end. `since` is None while not connected.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="connections")
    client = models.ForeignKey("allauth_idp_oidc.Client", on_delete=models.CASCADE, related_name="connections")
    subject = models.CharField(max_length=SUBJECT_DIGITS, unique=True)
    scopes = models.JSONField(default=list)
    consented = models.JSONField(default=list)
    asked_hidden = models.JSONField(default=list)
    given_hidden = models.JSONField(default=list)
    password_digest = models.CharField(max_length=64)
    since = models.DateTimeField(null=True)
    last_sign_in_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        default_permissions = []
        constraints = [models.UniqueConstraint(fields=["person", "client"], name="connection_of_person")]

    def __str__(self) -> str:
        return self.subject

    @property
    def is_first_sign_in(self) -> bool:
        """Whether the person has signed in at the client once since they connected."""
        return self.since is not None and self.since == self.last_sign_in_at


class UsedRefreshToken(models.Model):
    """The digest of a refresh token that was replaced. Its use a second time reveals that somebody has copied it."""

    digest = models.CharField(max_length=255, unique=True)
    client = models.ForeignKey("allauth_idp_oidc.Client", on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    used_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        default_permissions = []

    def __str__(self) -> str:
        return self.digest[:8]
