"""Where an answer of allauth's says too little or does too much, and the admin's way in."""

import json
from http import HTTPStatus
from typing import Any

from allauth.core.internal.httpkit import authenticated_user
from allauth.headless.account.views import ManageEmailView as AllauthManageEmailView
from allauth.headless.base.response import APIResponse
from allauth.headless.base.views import ConfigView as AllauthConfigView
from allauth.headless.usersessions.response import SessionsResponse as AllauthSessionsResponse
from allauth.headless.usersessions.views import SessionsView as AllauthSessionsView
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache

from core.access.maintainers import maintainer_response
from core.access.rings import rings_of


class ConfigView(AllauthConfigView):
    """With the domains whose addresses may sign up (none: all may), and whom to ask where nobody may."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        portal = settings.PORTAL
        data = json.loads(super().get(request, *args, **kwargs).content)["data"]
        data["portal"] = {
            "sign_up_domains": portal.sign_up.domains if portal.sign_up else [],
            "maintainers": portal.maintainers.model_dump(),
        }
        return APIResponse(request, data=data)


class SessionsResponse(AllauthSessionsResponse):
    """With the place of each session: the rings that hold its address."""

    def _session_data(self, session: UserSession) -> dict[str, Any]:
        return {**super()._session_data(session), "rings": rings_of(session.ip)}


class SessionsView(AllauthSessionsView):
    def _respond_session_list(self) -> SessionsResponse:
        sessions = UserSession.objects.purge_and_list(authenticated_user(self.request))
        return SessionsResponse(self.request, sessions)


class ManageEmailView(AllauthManageEmailView):
    """A person has one address. To call an unconfirmed one the first (PATCH) would change it without confirmation."""

    http_method_names = ["get", "post", "put", "delete", "options"]

    def handle(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "PATCH":
            return HttpResponse(status=HTTPStatus.METHOD_NOT_ALLOWED)
        return super().handle(request, *args, **kwargs)


@never_cache
def admin_login(request: HttpRequest) -> HttpResponse:
    """The admin has no form of its own: it sends whoever must sign in to the portal's, and whoever may in."""
    address = local_path(request.GET.get("next", ""), default="/admin/")
    return maintainer_response(request, address) or HttpResponseRedirect(address)


def local_path(address: str, *, default: str) -> str:
    """`address` when it is a path of this site, else `default`: nobody is sent elsewhere by a link to the portal."""
    is_local = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if is_local else default
