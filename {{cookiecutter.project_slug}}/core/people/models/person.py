"""The user model. `Person` holds accounts and profiles: there is no separate profile table."""

import unicodedata
from collections.abc import Iterable
from typing import Any, ClassVar, Self

from asgiref.sync import sync_to_async
from django.contrib.auth import get_backends
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower, Upper
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from core.files.fields import ProtectedImageField
from core.people.emails import confirm_emails


class PersonManager(BaseUserManager["Person"]):
    """Creates people, and finds them by username in any case."""

    def create_user(self, username: str, email: str = "", password: str | None = None, **fields: Any) -> "Person":
        """Create a person whose email is confirmed. Without `password`, they cannot sign in."""
        if not username:
            raise ValueError("A person needs a username.")
        person = self.model(username=Person.normalize_username(username), email=clean_email(email), **fields)
        person.set_password(password)
        with transaction.atomic(using=self._db):
            person.save(using=self._db)
            confirm_emails([person])
        return person

    def create_superuser(self, username: str, email: str = "", password: str | None = None, **fields: Any) -> "Person":
        """Create a maintainer, who can do everything in /admin/."""
        return self.create_user(username, email, password, **{"is_staff": True, "is_superuser": True, **fields})

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(username__iexact=unicodedata.normalize("NFKC", username or ""))


def clean_email(email: str) -> str:
    """Return the address in lower case and without surrounding spaces, so that people find it however they type it."""
    return email.strip().lower()


class Visibility(models.TextChoices):
    """Who can see a part of a person's profile in the directory. The person always can."""

    EVERYONE = "everyone", gettext_lazy("everyone who is signed in")
    CAMPUS = "campus", gettext_lazy("people on campus")
    NOBODY = "nobody", gettext_lazy("nobody else")


def visible_to_field(label: Any, default: Visibility) -> "models.CharField[str, str]":
    return models.CharField(label, max_length=8, choices=Visibility, default=default)


class Person(AbstractBaseUser, PermissionsMixin):
    """A user of the portal, with their profile in the directory.

    `str(person)` is the name to show: `display_name`, or `username` when that is empty. In a serializer:
    `StringRelatedField()`.
    `photo` is sent to those who may see it: services/accounts/photos.py.
    `language` is the code of the language that the person chose, empty if they have not (core/languages).
    `second_factor_allowed_until` is for staff and superusers (services/accounts/sign_in/second_factor_setup.py).
    `roles_version` increases with each change of the person's roles, in the same transaction. Cache keys of roles
    contain it.
    """

    username = models.CharField(
        gettext_lazy("username"),
        max_length=64,
        unique=True,
        validators=[
            RegexValidator(
                r"^[\w][\w.+-]*\Z",
                gettext_lazy("A username has letters, digits and . _ + - and begins with a letter, a digit or _."),
            )
        ],
    )
    email = models.EmailField(gettext_lazy("email"), max_length=254, blank=True)
    display_name = models.CharField(gettext_lazy("display name"), max_length=200, blank=True)
    language = models.CharField(gettext_lazy("language"), max_length=20, blank=True)
    photo = ProtectedImageField(
        gettext_lazy("photo"),
        sizes={"small": 96, "large": 384},
        crop=True,
        folder="photos",
        route="accounts:photo",
        blank=True,
        editable=False,
    )
    entry_visible_to = visible_to_field(gettext_lazy("profile visible to"), Visibility.EVERYONE)
    photo_visible_to = visible_to_field(gettext_lazy("photo visible to"), Visibility.EVERYONE)
    roles_visible_to = visible_to_field(gettext_lazy("roles visible to"), Visibility.EVERYONE)
    email_visible_to = visible_to_field(gettext_lazy("email visible to"), Visibility.CAMPUS)
    is_active = models.BooleanField(
        gettext_lazy("active"),
        default=True,
        help_text=gettext_lazy("Inactive people cannot sign in, and no one sees their profile."),
    )
    is_staff = models.BooleanField(gettext_lazy("can use /admin/"), default=False)
    date_joined = models.DateTimeField(gettext_lazy("joined"), default=timezone.now, editable=False)
    second_factor_allowed_until = models.DateTimeField(
        gettext_lazy("may set up their first second factor until"), null=True, editable=False
    )
    roles_version = models.PositiveBigIntegerField(gettext_lazy("version of the roles"), default=0, editable=False)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]

    class Meta:
        verbose_name = gettext_lazy("person")
        verbose_name_plural = gettext_lazy("people")
        ordering = ["id"]
        # Signing in finds a person by username or email, in any case.
        indexes = [
            models.Index(Upper("username"), name="person_username"),
            models.Index("email", name="person_email"),
        ]
        constraints = [
            # Usernames that differ only in case are easily mistaken, and a password reset must reach one person only.
            models.UniqueConstraint(Lower("username"), name="person_username_unique"),
            models.UniqueConstraint(Lower("email"), name="person_email_unique", condition=~Q(email="")),
        ]

    has_withheld_powers = False

    def __str__(self) -> str:
        return self.display_name or self.username

    def withhold_powers(self) -> None:
        """Make this object neither staff nor superuser, for a request by token. Saving it does not save that."""
        self.is_staff = self.is_superuser = False
        self.has_withheld_powers = True

    def save(self, *, update_fields: Iterable[str] | None = None, **more: Any) -> None:
        if self.has_withheld_powers:
            names = {field.name for field in self._meta.concrete_fields if not field.primary_key}
            update_fields = (names if update_fields is None else set(update_fields)) - {"is_staff", "is_superuser"}
        super().save(update_fields=update_fields, **more)

    def clean(self: Self) -> None:
        super().clean()
        self.email = clean_email(self.email)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Ask the backend for superusers too, whom Django allows everything: their powers have conditions as well."""
        return any(backend.has_perm(self, perm, obj) for backend in get_backends())

    async def ahas_perm(self, perm: str, obj: Any = None) -> bool:
        return await sync_to_async(self.has_perm)(perm, obj)

    def has_module_perms(self, app_label: str) -> bool:
        backends: list[Any] = get_backends()  # the stubs give them no has_module_perms
        return any(backend.has_module_perms(self, app_label) for backend in backends)

    async def ahas_module_perms(self, app_label: str) -> bool:
        return await sync_to_async(self.has_module_perms)(app_label)

    @cached_property
    def has_second_factor(self) -> bool:
        """Whether the person has an authenticator app or a passkey. One query, once for this object."""
        factors: Any = self.authenticator_set  # type: ignore[attr-defined]  # allauth's model points here
        return bool(factors.filter(type__in=("totp", "webauthn")).exists())

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)
