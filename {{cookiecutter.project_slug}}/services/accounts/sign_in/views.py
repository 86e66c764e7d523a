"""Views in place of allauth's and of the admin's."""

import json
from http import HTTPStatus
from typing import Any, cast

from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.headless.account.views import ManageEmailView as AllauthManageEmailView
from allauth.headless.base.response import APIResponse
from allauth.headless.base.views import ConfigView as AllauthConfigView
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.cache import never_cache

from core.access.maintainers import maintainer_response
from core.access.rings import rings_of
from core.configuration.prefixes import ADMIN
from core.http.clients import UNKNOWN_IP
from services.accounts.allauth_internals import (
    AdaptableCodeInput,
    AdaptableSessionsView,
    AuthenticateInput,
    AuthenticateView,
    ReauthenticateInput,
    ReauthenticateView,
)
from services.accounts.local_path import local_path

from .auditing import record_limited
from .devices import attempts_key_of_person
from .passkeys import has_passkeys


class ConfigView(AllauthConfigView):  # type: ignore[misc]  # allauth has no types
    """Add who may sign up by email domain (none: all may), the maintainers to contact, and how people sign in."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        portal = settings.PORTAL
        data = json.loads(super().get(request, *args, **kwargs).content)["data"]
        data["portal"] = {
            "sign_up_domains": portal.sign_up.domains if portal.sign_up else [],
            "maintainers": portal.maintainers.model_dump(),
            "passkeys": has_passkeys(request),
            "institute_sign_in": portal.institute_sign_in.name if portal.institute_sign_in else "",
        }
        return cast(HttpResponse, APIResponse(request, data=data))


class SessionsView(AdaptableSessionsView):
    """Add the rings that contain each session's IP address. An unknown address is null."""

    def more_about(self, session: UserSession) -> dict[str, Any]:
        return {"rings": rings_of(session.ip), "ip": None if session.ip == UNKNOWN_IP else session.ip}


class CountedByDevice(AdaptableCodeInput):
    """Counts wrong codes of a second factor by the browser, where the person has signed in before."""

    def attempts_key(self) -> str:
        return attempts_key_of_person(context.request, self.user) or f"second-factor:{self.user.pk}"

    def clean_code(self) -> str:
        try:
            return super().clean_code()
        except ImmediateHttpResponse:
            record_limited(context.request, self.user)
            raise


class SecondFactorInput(CountedByDevice, AuthenticateInput):  # type: ignore[misc]  # allauth has no types
    pass


class SecondFactorAgainInput(CountedByDevice, ReauthenticateInput):  # type: ignore[misc]  # as above
    pass


class SecondFactorView(AuthenticateView):  # type: ignore[misc]  # as above
    """The second step of signing in."""

    input_class = SecondFactorInput


class SecondFactorAgainView(ReauthenticateView):  # type: ignore[misc]  # as above
    """Confirming an identity with a second factor."""

    input_class = SecondFactorAgainInput


class ManageEmailView(AllauthManageEmailView):  # type: ignore[misc]  # allauth has no types
    """Refuse PATCH, which would make an unconfirmed email the primary one. A person has one email."""

    http_method_names = ["get", "post", "put", "delete", "options"]

    def handle(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "PATCH":
            return HttpResponse(status=HTTPStatus.METHOD_NOT_ALLOWED)
        return cast(HttpResponse, super().handle(request, *args, **kwargs))


@never_cache
def admin_login(request: HttpRequest) -> HttpResponse:
    """Redirect to the portal's sign-in page, and those who may use the admin to the page that they asked for."""
    path = local_path(request.GET.get("next", ""), default=ADMIN)
    return maintainer_response(request, path) or HttpResponseRedirect(path)


@never_cache
def admin_password_change(request: HttpRequest) -> HttpResponse:
    """Redirect to the account page, which asks for the current password, limits attempts and sends an email."""
    return HttpResponseRedirect("/account/security")
