"""Records in the audit log what allauth and Django announce: sign-ins, passwords, emails and second factors."""

from datetime import timedelta
from ipaddress import ip_network
from typing import Any

import allauth.account.signals as account
import allauth.mfa.signals as mfa
from allauth.account.authentication import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from core.audit.events import Event
from core.audit.recording import record, record_failure
from core.http.clients import client_ip
from core.people.models import Person, clean_email
from core.stores.counters import limit

from .devices import devices

LIMITED_LIFETIME = timedelta(minutes=5)  # for which an entry stands for all refused attempts
DIGEST_LENGTH = 16  # hexadecimal digits


def person_of_login(credentials: dict[str, Any]) -> Person | None:
    """Return whose username or email was typed."""
    if email := credentials.get("email"):
        return Person.objects.filter(email=clean_email(email)).first()
    return Person.objects.filter(username__iexact=credentials.get("username") or "").first()


def record_failed_login(request: HttpRequest, credentials: dict[str, Any]) -> None:
    """Record a wrong password, for a sign-in or for a confirmation.

    A name that nobody has may be a password that was typed into the wrong field. So its keyed digest is recorded, which
    shows that the same text was tried again, and not what it was.
    """
    person = person_of_login(credentials)
    if request.user.is_authenticated:
        record_failure(Event.CONFIRMATION_FAILED, person=person, by=request.user, factor="password")
    elif person:
        record_failure(Event.SIGN_IN_FAILED, person=person, factor="password")
    else:
        record_failure(Event.SIGN_IN_FAILED, factor="password", unknown_name=digest_of_login(credentials))


def digest_of_login(credentials: dict[str, Any]) -> str:
    login = str(credentials.get("email") or credentials.get("username") or "")
    return salted_hmac("audit log", Person.normalize_username(login).casefold(), algorithm="sha256").hexdigest()[
        :DIGEST_LENGTH
    ]


def record_limited(request: HttpRequest, person: Person | None) -> None:
    """Record that a limit refused an attempt: once in five minutes for a client and a person."""
    key = f"limited:{network_of(client_ip(request))}:{person.pk if person else ''}"
    if limit("accounts", key, most=1, per=LIMITED_LIFETIME).is_allowed:
        record_failure(Event.SIGN_IN_LIMITED, person=person)


def network_of(ip_address: str) -> str:
    """Return the IPv4 address, or the /64 of an IPv6 address, of which one client may have them all."""
    return str(ip_network(f"{ip_address}/64", strict=False)) if ":" in ip_address else ip_address


def factors_of(request: HttpRequest, person: Person) -> list[str]:
    """Return what the person has signed in with: `password`, `totp`, `recovery_codes`."""
    records = get_authentication_records(request, person)
    return [str(one["type"] if one["method"] == "mfa" and "type" in one else one["method"]) for one in records]


@receiver(account.user_logged_in)
def on_signed_in(request: HttpRequest, user: Person, **kwargs: Any) -> None:
    new_device = user.pk not in devices(request)
    record(Event.SIGNED_IN, person=user, by=user, factors=factors_of(request, user), new_device=new_device)


@receiver(user_logged_out)
def on_signed_out(user: Person | None, **kwargs: Any) -> None:
    if user is not None:
        record(Event.SIGNED_OUT, person=user, by=user)


@receiver(account.user_signed_up)
def on_signed_up(user: Person, **kwargs: Any) -> None:
    record(Event.SIGNED_UP, person=user, by=user)


@receiver([account.password_changed, account.password_set])
def on_password_changed(user: Person, **kwargs: Any) -> None:
    record(Event.PASSWORD_CHANGED, person=user, by=user)


@receiver(account.password_reset)
def on_password_reset(user: Person, **kwargs: Any) -> None:
    record(Event.PASSWORD_RESET, person=user)


@receiver(account.email_added)
def on_email_added(request: HttpRequest, user: Person, email_address: EmailAddress, **kwargs: Any) -> None:
    record(Event.EMAIL_REQUESTED, person=user, by=request.user, email=email_address.email)


@receiver(account.email_confirmed)
def on_email_confirmed(request: HttpRequest, email_address: EmailAddress, **kwargs: Any) -> None:
    record(Event.EMAIL_CONFIRMED, person=email_address.user, by=request.user, email=email_address.email)


@receiver(account.email_changed)
def on_email_changed(
    request: HttpRequest,
    user: Person,
    from_email_address: EmailAddress | None,
    to_email_address: EmailAddress,
    **kwargs: Any,
) -> None:
    before = from_email_address.email if from_email_address else ""
    record(Event.EMAIL_CHANGED, person=user, by=request.user, before=before, after=to_email_address.email)


@receiver(mfa.authenticator_added)
def on_authenticator_added(user: Person, authenticator: Authenticator, **kwargs: Any) -> None:
    is_codes = authenticator.type == Authenticator.Type.RECOVERY_CODES
    event = Event.RECOVERY_CODES_MADE if is_codes else Event.SECOND_FACTOR_ADDED
    record(event, person=user, by=user, factor=str(authenticator.type))


@receiver(mfa.authenticator_removed)
def on_authenticator_removed(user: Person, authenticator: Authenticator, **kwargs: Any) -> None:
    record(Event.SECOND_FACTOR_REMOVED, person=user, by=user, factor=str(authenticator.type))


@receiver(mfa.authenticator_reset)
def on_authenticator_reset(user: Person, authenticator: Authenticator, **kwargs: Any) -> None:
    record(Event.RECOVERY_CODES_MADE, person=user, by=user, factor=str(authenticator.type))


@receiver(mfa.authenticator_used)
def on_authenticator_used(user: Person, authenticator: Authenticator, **kwargs: Any) -> None:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        record(Event.RECOVERY_CODE_USED, person=user, by=user)


@receiver(mfa.authentication_failed)
def on_authentication_failed(user: Person, authenticator: Authenticator, **kwargs: Any) -> None:
    record_failure(Event.SECOND_FACTOR_FAILED, person=user, factor=str(authenticator.type))
