"""Setting up, turning off and recovering a second factor: allauth's views, where a password alone is not enough."""

from http import HTTPStatus
from typing import Any, cast

from allauth.headless.account.views import ResetPasswordView as AllauthResetPasswordView
from allauth.headless.mfa.views import ManageRecoveryCodesView, ManageTOTPView
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse

from core.people.models import Person
from core.people.powers import used_second_factor
from services.accounts.allauth_internals import (
    ErrorResponse,
    SecondFactorConfirmationResponse,
    raise_if_reauthentication_required,
)

from .second_factor_setup import (
    EXISTS,
    REFUSAL,
    may_set_up_second_factor,
    second_factor_allow_in_session,
    second_factor_was_set_up,
)
from .tokens import MaintainerTokenGenerator


class SecondFactorSetupView(ManageTOTPView):  # type: ignore[misc]  # allauth has no types
    """The authenticator app. Setting up the first second factor requires permission for staff.

    Seeing its key requires the password. Turning it off, or adding it to a passkey, requires the second factor.
    """

    def handle(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person = cast(Person, request.user)
        if request.method in {"GET", "POST"} and not has_app(person):
            if person.has_second_factor and needs_code(request):
                return SecondFactorConfirmationResponse(request)
            if not person.has_second_factor and not may_set_up(person, request):
                return conflict(request, REFUSAL)
        if request.method == "DELETE" and needs_code(request):
            return SecondFactorConfirmationResponse(request)
        return cast(HttpResponse, super().handle(request, *args, **kwargs))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not has_app(cast(Person, request.user)):
            raise_if_reauthentication_required(request, app="allauth.mfa")
        return cast(HttpResponse, super().get(request, *args, **kwargs))

    @transaction.atomic
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        # Locked, so that what allows one second factor does not allow two that are set up at once.
        person = Person.objects.select_for_update().get(pk=cast(Person, request.user).pk)
        if has_app(person):
            return conflict(request, EXISTS)
        if not person.has_second_factor and not may_set_up(person, request):
            return conflict(request, REFUSAL)
        response = super().post(request, *args, **kwargs)
        second_factor_was_set_up(person, request)
        return cast(HttpResponse, response)

    def delete(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().delete(request, *args, **kwargs)
        second_factor_allow_in_session(cast(Person, request.user), request.session)
        return cast(HttpResponse, response)


class RecoveryCodesView(ManageRecoveryCodesView):  # type: ignore[misc]  # as above
    """Recovery codes replace the second factor, so seeing them and making new ones require a code."""

    def handle(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if needs_code(request):
            return SecondFactorConfirmationResponse(request)
        return cast(HttpResponse, super().handle(request, *args, **kwargs))


class ResetPasswordView(AllauthResetPasswordView):  # type: ignore[misc]  # as above
    """With the link of `make maintainer`, the person may also set up a second factor in this browser."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        person: Person = self.input.user
        token = self.input.cleaned_data["key"].partition("-")[2]
        is_for_maintainer = MaintainerTokenGenerator().check_token(person, token)  # a new password makes it invalid
        response = super().post(request, *args, **kwargs)
        if is_for_maintainer:
            second_factor_allow_in_session(person, request.session)
        return cast(HttpResponse, response)


def has_app(person: Person) -> bool:
    return bool(Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists())


def may_set_up(person: Person, request: HttpRequest) -> bool:
    return may_set_up_second_factor(person, request.session)


def conflict(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return cast(HttpResponse, ErrorResponse(request, exception=error, status=HTTPStatus.CONFLICT))


def needs_code(request: HttpRequest) -> bool:
    """Return whether the person has a second factor and must use it before they change how it works."""
    person = cast(Person, request.user)
    seconds = settings.ACCOUNT_REAUTHENTICATION_TIMEOUT
    return person.has_second_factor and not used_second_factor(request.session, person, within_seconds=seconds)
