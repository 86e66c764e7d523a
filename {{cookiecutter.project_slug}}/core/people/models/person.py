"""Who people are. One `Person` is one user: there is no second table."""

import unicodedata
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower, Upper
from django.utils import timezone

from core.people.emails import confirm_emails


class PersonManager(BaseUserManager["Person"]):
    """Makes people, and finds them by a sign-in name in whatever case it was typed."""

    def create_user(self, username: str, email: str = "", password: str | None = None, **more: Any) -> "Person":
        if not username:
            raise ValueError("a person needs a sign-in name")
        person = self.model(username=Person.normalize_username(username), email=clean_email(email), **more)
        person.set_password(password)
        with transaction.atomic(using=self._db):
            person.save(using=self._db)
            confirm_emails([person])
        return person

    def create_superuser(self, username: str, email: str = "", password: str | None = None, **more: Any) -> "Person":
        """A maintainer: may use /admin/ and do everything there."""
        return self.create_user(username, email, password, **{"is_staff": True, "is_superuser": True, **more})

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(username__iexact=unicodedata.normalize("NFKC", username or ""))


def clean_email(email: str) -> str:
    """An address without spaces around it, in lower case: nobody remembers in which case they once wrote theirs."""
    return email.strip().lower()


class Visibility(models.TextChoices):
    """To whom a person shows a part of their entry in the directory; to themselves always."""

    EVERYONE = "everyone", "everyone who signed in"
    CAMPUS = "campus", "people on the campus"
    NOBODY = "nobody", "nobody"


def visible_to_field(part: str, default: Visibility) -> models.CharField:
    return models.CharField(f"{part} visible to", max_length=8, choices=Visibility, default=default)


class Person(AbstractBaseUser, PermissionsMixin):
    """A user of the portal, with their entry in the directory.

    `photo` is the stem of their photo's file names, empty without a photo (services/accounts/photos.py).
    `roles_version` increases with each change of their roles, in the same transaction; keys of cached roles contain it.
    """

    username = models.CharField(
        "sign-in name",
        max_length=64,
        unique=True,
        validators=[
            RegexValidator(
                r"^[\w][\w.+-]*\Z", "A sign-in name has letters, digits and . _ + - and begins with no sign."
            )
        ],
    )
    email = models.EmailField("e-mail", max_length=254, blank=True)
    display_name = models.CharField("display name", max_length=200, blank=True)
    photo = models.CharField(max_length=40, blank=True, editable=False)
    entry_visible_to = visible_to_field("entry in the directory", Visibility.EVERYONE)
    photo_visible_to = visible_to_field("photo", Visibility.EVERYONE)
    roles_visible_to = visible_to_field("roles", Visibility.EVERYONE)
    email_visible_to = visible_to_field("email", Visibility.CAMPUS)
    is_active = models.BooleanField("active", default=True, help_text="Off: cannot sign in, and is shown to nobody.")
    is_staff = models.BooleanField("may use /admin/", default=False)
    date_joined = models.DateTimeField("joined", default=timezone.now, editable=False)
    roles_version = models.PositiveBigIntegerField(default=0, editable=False)

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        ordering = ["id"]
        # Signing in looks a person up by what they typed, in whatever case.
        indexes = [
            models.Index(Upper("username"), name="person_username"),
            models.Index("email", name="person_email"),
        ]
        constraints = [
            # Nobody may look like somebody else by the case of a letter, or share an address to reset a password.
            models.UniqueConstraint(Lower("username"), name="person_username_unique"),
            models.UniqueConstraint(Lower("email"), name="person_email_unique", condition=~Q(email="")),
        ]

    def __str__(self) -> str:
        return self.display_name or self.username

    def clean(self: Self) -> None:
        super().clean()
        self.email = clean_email(self.email)

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)
