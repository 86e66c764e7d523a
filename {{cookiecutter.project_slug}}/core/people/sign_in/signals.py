"""What the portal does when allauth says that something happened."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.dispatch import receiver
from django.http import HttpRequest

from core.people.models import Person


@receiver(authenticator_added)
def record_second_factor_on_setup(
    request: HttpRequest, user: Person, authenticator: Authenticator, **more: Any
) -> None:
    """Who has just set up a second factor typed a code of it: their session has shown it, and need not again."""
    if authenticator.type == Authenticator.Type.TOTP:
        record_authentication(request, user, "mfa", type=authenticator.type)
