"""Reactions to changes made elsewhere: changed roles, and allauth's events."""

from typing import Any

from allauth.account.signals import user_logged_in
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest

from core.http.clients import UNKNOWN, client_ip
from core.people.models import Person, RoleChange

from .notices import notify_of_new_device, notify_of_role
from .sign_in import auditing  # noqa: F401 - connects its receivers
from .sign_in.adapter import is_first_sign_in
from .sign_in.devices import devices
from .sign_in.middleware import SIGNED_IN


@receiver(user_logged_in)
def remember_browser(request: HttpRequest, user: Person, **kwargs: Any) -> None:
    """Give the browser the device cookie with the response. Send a mail if it is new, and not the person's first."""
    setattr(request, SIGNED_IN, user)
    if user.pk not in devices(request) and not is_first_sign_in(request):
        notify_of_new_device(user, client_ip(request) or UNKNOWN, request.headers.get("User-Agent", ""))


@receiver(post_save, sender=RoleChange)
def notify_of_role_change(instance: RoleChange, created: bool, **kwargs: Any) -> None:
    """Send a mail to a person whose roles somebody else changed. Commands and imports send none."""
    if created and instance.by_id not in (None, instance.person_id):
        notify_of_role(instance)
