"""Reactions to changes made elsewhere: deleted people, and allauth's events."""

from typing import Any

from allauth.account.signals import user_logged_in
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.http import HttpRequest

from core.people.models import Person

from .photos import delete_files_on_commit
from .sign_in.middleware import SIGNED_IN


@receiver(post_delete, sender=Person)
def delete_photo_files(instance: Person, **kwargs: Any) -> None:
    delete_files_on_commit(instance.photo)


@receiver(user_logged_in)
def remember_browser(request: HttpRequest, user: Person, **kwargs: Any) -> None:
    setattr(request, SIGNED_IN, user)
