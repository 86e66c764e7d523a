"""Passkeys: where they work, and the views for adding, renaming and removing them in place of allauth's.

A passkey belongs to the host of the site at which it was made. It counts as a second factor, so what holds for setting
up and turning off a second factor holds for passkeys as well.
"""

import json
import struct
from hashlib import sha256
from ipaddress import ip_address
from typing import Any, cast

from allauth.headless.base.response import APIResponse
from allauth.headless.mfa.views import (
    AuthenticateWebAuthnView,
    LoginWebAuthnView,
    ManageWebAuthnView,
    ReauthenticateWebAuthnView,
)
from allauth.headless.mfa.views import AuthenticatorsView as AllauthAuthenticatorsView
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.models import Authenticator
from cryptography.exceptions import InvalidSignature
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext_lazy

from core.audit.events import Event
from core.audit.recording import record_failure
from core.people.models import Person
from services.accounts.allauth_internals import (
    AddWebAuthnInput,
    AuthenticateWebAuthnInput,
    LoginWebAuthnInput,
    ReauthenticateWebAuthnInput,
    SecondFactorConfirmationResponse,
)

from .second_factor_setup import REFUSAL, second_factor_was_set_up
from .second_factor_views import conflict, may_set_up, needs_code

MOST_PASSKEYS = 20  # of one person
MOST_CHARACTERS = 100  # of the name of a passkey

# What parsing and checking anything but a credential raises.
NOT_A_CREDENTIAL = (ValueError, TypeError, KeyError, AttributeError, IndexError, struct.error, InvalidSignature)

TOO_MANY = ValidationError(
    gettext_lazy("You have %(number)d passkeys. Remove one that you do not use any more."),
    code="too_many_passkeys",
    params={"number": MOST_PASSKEYS},
)


def host_of(request: HttpRequest) -> str:
    """Return the host of a request without the port, and without the brackets of an IPv6 address."""
    host = request.get_host()
    return host[1 : host.index("]")] if host.startswith("[") else host.partition(":")[0]


def has_passkeys(request: HttpRequest) -> bool:
    """Return whether passkeys work at this host. Browsers make none for an IP address."""
    try:
        ip_address(host_of(request))
    except ValueError:
        return True
    return False


def works_here(passkey: Authenticator, request: HttpRequest) -> bool:
    """Return whether a passkey was made at the host of this request."""
    return bool(passkey.wrap().authenticator_data.rp_id_hash == sha256(host_of(request).encode()).digest())


class AuthenticatorsView(AllauthAuthenticatorsView):  # type: ignore[misc]  # allauth has no types
    """Add to each passkey whether it works at this host: `here`."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        factors = json.loads(super().get(request, *args, **kwargs).content)["data"]
        passkeys = Authenticator.objects.filter(user_id=request.user.pk, type=Authenticator.Type.WEBAUTHN)
        here = {passkey.pk: works_here(passkey, request) for passkey in passkeys}
        data = [{**one, "here": here.get(one["id"], False)} if "id" in one else one for one in factors]
        return cast(HttpResponse, APIResponse(request, data=data))


class StrictInput:
    """A mixin for allauth's inputs of a credential. It refuses malformed input, which allauth would answer with 500."""

    def full_clean(self) -> None:
        try:
            super().full_clean()  # type: ignore[misc]  # of Django's forms
        except NOT_A_CREDENTIAL:
            error = get_mfa_adapter().validation_error("incorrect_code")
            self.add_error("credential", error)  # type: ignore[attr-defined]  # as above


class PasskeyInput(StrictInput, AddWebAuthnInput):  # type: ignore[misc]  # allauth has no types
    def clean_name(self) -> str:
        return str(super().clean_name())[:MOST_CHARACTERS]


class SignInInput(StrictInput, LoginWebAuthnInput):  # type: ignore[misc]  # as above
    pass


class SecondStepInput(StrictInput, AuthenticateWebAuthnInput):  # type: ignore[misc]  # as above
    pass


class ConfirmationInput(StrictInput, ReauthenticateWebAuthnInput):  # type: ignore[misc]  # as above
    pass


class PasskeysView(ManageWebAuthnView):  # type: ignore[misc]  # as above
    """Adding the first second factor requires permission for staff. Each further change requires the second factor."""

    input_class = {**ManageWebAuthnView.input_class, "POST": PasskeyInput}

    def handle(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person = cast(Person, request.user)
        if needs_code(request):
            return SecondFactorConfirmationResponse(request)
        if request.method in {"GET", "POST"}:
            if not person.has_second_factor and not may_set_up(person, request):
                return conflict(request, REFUSAL)
            if Authenticator.objects.filter(user=person, type=Authenticator.Type.WEBAUTHN).count() >= MOST_PASSKEYS:
                return conflict(request, TOO_MANY)
        return cast(HttpResponse, super().handle(request, *args, **kwargs))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.GET = QueryDict("passwordless")  # the device keeps the passkey, and verifies its owner
        return cast(HttpResponse, super().get(request, *args, **kwargs))

    @transaction.atomic
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Locked, so that what allows one second factor does not allow two that are added at once.
        person = Person.objects.select_for_update().get(pk=cast(Person, request.user).pk)
        if not person.has_second_factor and not may_set_up(person, request):
            return conflict(request, REFUSAL)
        response = super().post(request, *args, **kwargs)
        second_factor_was_set_up(person, request, Authenticator.Type.WEBAUTHN)
        return cast(HttpResponse, response)


class PasskeySignInView(LoginWebAuthnView):  # type: ignore[misc]  # as above
    """Signing in with a passkey alone. Failures are recorded like those of passwords."""

    input_class = {"POST": SignInInput}

    def handle_input(self, data: Any) -> HttpResponse | None:
        refusal = super().handle_input(data)
        if refusal:
            record_failure(Event.SIGN_IN_FAILED, factor="webauthn")
        return cast(HttpResponse | None, refusal)


class PasskeySecondStepView(AuthenticateWebAuthnView):  # type: ignore[misc]  # as above
    """Using a passkey after the password."""

    input_class = {"POST": SecondStepInput}


class PasskeyConfirmationView(ReauthenticateWebAuthnView):  # type: ignore[misc]  # as above
    """Confirming an identity with a passkey."""

    input_class = {"POST": ConfirmationInput}
