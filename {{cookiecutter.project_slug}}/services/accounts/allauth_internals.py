"""The private API of allauth that the portal uses, and the only module that uses it.

tests/test_internals.py fails when a release of allauth moves one of these names.
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.signup import send_unknown_account_mail
from allauth.core.internal.httpkit import authenticated_user
from allauth.core.internal.ratelimit import parse_rates
from allauth.headless.usersessions.response import SessionsResponse
from allauth.headless.usersessions.views import SessionsView
from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse

__all__ = [
    "AdaptableAccountAdapter",
    "AdaptableSessionsView",
    "authenticated_user",
    "parse_rates",
    "record_authentication",
    "send_unknown_account_mail",
]

PRIVATE = (
    "allauth.account.adapter.DefaultAccountAdapter._get_login_attempts_cache_key",
    "allauth.account.internal.flows.login.record_authentication",
    "allauth.account.internal.flows.signup.send_unknown_account_mail",
    "allauth.core.internal.httpkit.authenticated_user",
    "allauth.core.internal.ratelimit.parse_rates",
    "allauth.headless.usersessions.response.SessionsResponse._session_data",
    "allauth.headless.usersessions.views.SessionsView._respond_session_list",
)


class AdaptableAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """allauth's adapter, whose key for counting attempts to sign in a subclass chooses."""

    def login_attempts_key(self, **credentials: Any) -> str:
        """Return what the attempts to sign in with these credentials are counted by."""
        raise NotImplementedError

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        return self.login_attempts_key(**credentials)


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
