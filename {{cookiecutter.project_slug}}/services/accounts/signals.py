"""Reactions to changes made elsewhere: deleted people, and allauth's events."""

from typing import Any

from allauth.account.signals import user_logged_in
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.http import HttpRequest

from core.people.models import Person

from .allauth_internals import record_authentication
from .photos import delete_files_on_commit
from .sign_in.middleware import SIGNED_IN


@receiver(post_delete, sender=Person)
def delete_photo_files(instance: Person, **kwargs: Any) -> None:
    delete_files_on_commit(instance.photo)


@receiver(user_logged_in)
def remember_browser(request: HttpRequest, user: Person, **kwargs: Any) -> None:
    setattr(request, SIGNED_IN, user)


@receiver(authenticator_added)
def record_second_factor_on_setup(
    request: HttpRequest, user: Person, authenticator: Authenticator, **kwargs: Any
) -> None:
    """Count the second factor as shown in this session: setting it up required one of its codes."""
    if authenticator.type == Authenticator.Type.TOTP:
        record_authentication(request, user, "mfa", type=authenticator.type)
