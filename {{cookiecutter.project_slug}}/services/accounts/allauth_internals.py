"""The private API of allauth that the portal uses, and the only module that uses it.

tests/test_internals.py fails when a release of allauth moves one of these names.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.flows.reauthentication import (
    get_reauthentication_flows,
    raise_if_reauthentication_required,
)
from allauth.account.internal.flows.signup import send_unknown_account_mail
from allauth.account.internal.stagekit import clear_login, get_pending_stage
from allauth.core import context, ratelimit
from allauth.core.internal.httpkit import authenticated_user
from allauth.core.internal.ratelimit import parse_rates
from allauth.headless.base.response import ReauthenticationResponse
from allauth.headless.internal.decorators import mark_request_as_headless
from allauth.headless.internal.restkit.inputs import Input
from allauth.headless.internal.restkit.response import ErrorResponse
from allauth.headless.mfa.inputs import (
    AddWebAuthnInput,
    AuthenticateInput,
    AuthenticateWebAuthnInput,
    LoginWebAuthnInput,
    ReauthenticateInput,
    ReauthenticateWebAuthnInput,
)
from allauth.headless.mfa.views import AuthenticateView, ReauthenticateView
from allauth.headless.usersessions.response import SessionsResponse
from allauth.headless.usersessions.views import SessionsView
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse

__all__ = [
    "AdaptableAccountAdapter",
    "AdaptableCodeInput",
    "AdaptableSessionsView",
    "AddWebAuthnInput",
    "AuthenticateInput",
    "AuthenticateView",
    "AuthenticateWebAuthnInput",
    "ErrorResponse",
    "Input",
    "LoginWebAuthnInput",
    "ReauthenticateInput",
    "ReauthenticateView",
    "ReauthenticateWebAuthnInput",
    "SecondFactorConfirmationResponse",
    "authenticated_user",
    "clear_login",
    "get_pending_stage",
    "get_reauthentication_flows",
    "mark_request_as_headless",
    "parse_rates",
    "perform_login",
    "raise_if_reauthentication_required",
    "record_authentication",
    "send_unknown_account_mail",
]

PRIVATE = (
    "allauth.account.adapter.DefaultAccountAdapter._get_login_attempts_cache_key",
    "allauth.account.internal.flows.login.perform_login",
    "allauth.account.internal.flows.login.record_authentication",
    "allauth.account.internal.flows.reauthentication.raise_if_reauthentication_required",
    "allauth.account.internal.flows.signup.send_unknown_account_mail",
    "allauth.account.internal.stagekit.clear_login",
    "allauth.account.internal.stagekit.get_pending_stage",
    "allauth.core.internal.httpkit.authenticated_user",
    "allauth.core.internal.ratelimit.parse_rates",
    "allauth.headless.base.response.ReauthenticationResponse._get_flows",
    "allauth.headless.internal.decorators.mark_request_as_headless",
    "allauth.headless.internal.restkit.inputs.Input",
    "allauth.headless.internal.restkit.response.ErrorResponse",
    "allauth.headless.mfa.inputs.AddWebAuthnInput",
    "allauth.headless.mfa.inputs.AuthenticateInput",
    "allauth.headless.mfa.inputs.AuthenticateWebAuthnInput",
    "allauth.headless.mfa.inputs.LoginWebAuthnInput",
    "allauth.headless.mfa.inputs.ReauthenticateInput",
    "allauth.headless.mfa.inputs.ReauthenticateWebAuthnInput",
    "allauth.headless.mfa.views.AuthenticateView.input_class",
    "allauth.headless.mfa.views.LoginWebAuthnView.handle_input",
    "allauth.headless.mfa.views.ManageWebAuthnView.input_class",
    "allauth.headless.mfa.views.ReauthenticateView.input_class",
    "allauth.headless.usersessions.response.SessionsResponse._session_data",
    "allauth.mfa.base.forms.BaseAuthenticateForm._emit_authentication_failed",
    "allauth.mfa.base.forms.BaseAuthenticateForm.clean_code",
    "allauth.headless.usersessions.views.SessionsView._respond_session_list",
)


class AdaptableAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """allauth's adapter, whose key for counting attempts to sign in a subclass chooses."""

    def login_attempts_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Return what the attempts to sign in with these credentials are counted by."""
        raise NotImplementedError

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return self.login_attempts_key(request, **credentials)


class AdaptableCodeInput:
    """A mixin for allauth's inputs of a code of a second factor: a subclass chooses what attempts are counted by.

    `clean_code` is allauth's BaseAuthenticateForm.clean_code, whose key is fixed.
    """

    user: Any

    def attempts_key(self) -> str:
        """Return what the attempts to enter a code are counted by."""
        raise NotImplementedError

    def clean_code(self) -> str:
        limit = {"action": "login_failed", "key": self.attempts_key()}
        if not ratelimit.consume(context.request, **limit):
            raise get_adapter().validation_error("too_many_login_attempts")
        code: str = self.cleaned_data["code"]  # type: ignore[attr-defined]  # of Django's forms
        authenticators = list(Authenticator.objects.filter(user=self.user).exclude(type=Authenticator.Type.WEBAUTHN))
        for authenticator in authenticators:
            if authenticator.wrap().validate_code(code):
                authenticator.user = self.user
                self.authenticator = authenticator
                ratelimit.clear(context.request, **limit)
                return code
        # One signal is enough: for the authenticator app, if there is one.
        for authenticator in sorted(authenticators, key=lambda one: one.type != Authenticator.Type.TOTP)[:1]:
            self._emit_authentication_failed(authenticator)  # type: ignore[attr-defined]  # of allauth's forms
        raise get_mfa_adapter().validation_error("incorrect_code")


class AdaptableSessionsView(SessionsView):  # type: ignore[misc]  # allauth has no types
    """allauth's list of a person's sessions, to which a subclass adds fields."""

    def more_about(self, session: UserSession) -> dict[str, Any]:
        """Return further fields of a session in the list."""
        raise NotImplementedError

    def _respond_session_list(self) -> HttpResponse:
        view = self

        class Response(SessionsResponse):  # type: ignore[misc]  # allauth has no types
            def _session_data(self, session: UserSession) -> dict[str, Any]:
                return {**super()._session_data(session), **view.more_about(session)}

        sessions = UserSession.objects.purge_and_list(authenticated_user(self.request))
        return Response(self.request, sessions)


class SecondFactorConfirmationResponse(ReauthenticationResponse):  # type: ignore[misc]  # allauth has no types
    """allauth's answer that asks to confirm an identity, which accepts the second factor alone and no password."""

    def _get_flows(self, request: HttpRequest, user: Any) -> list[dict[str, Any]]:
        return [flow for flow in super()._get_flows(request, user) if flow["id"] == "mfa_reauthenticate"]
