"""Checks access to the views of services and apps, and to the admin, before they run."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin

from core.grants import current_grant
from core.http.outage import unavailable_response
from core.http.problems import error_response
from core.http.request_log import bind_person
from core.languages.choice import activate_language_of
from core.plugins.registry import plugin_of
from core.stores.outage import is_outage

from .audience import AccessDecision, decide
from .maintainers import maintainer_response
from .scopes import scope_response
from .visitor import make_visitor, visitor_of


class AccessMiddleware(MiddlewareMixin):
    """Checks the audience of the app that the URL belongs to. The admin is for maintainers.

    A request by token also needs the scope that the view declares: core/access/scopes.py.

    A person gets answers in the language that they chose, wherever the check has loaded them. Elsewhere, the cookie
    `language` has the same choice.
    """

    def process_request(self, request: HttpRequest) -> None:
        request.visitor = make_visitor(request)  # type: ignore[attr-defined]  # the portal adds it

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        match = request.resolver_match
        plugin = plugin_of(match)
        grant = current_grant()
        try:
            if grant and plugin is None:
                return scope_response(request, view, None, grant)
            if match and match.namespaces[:1] == ["admin"]:
                return maintainer_response(request, request.get_full_path())
            if plugin is None:
                return None
            decision = decide(plugin.manifest.audience, visitor_of(request), settings.SITE)
            if grant or request.session.accessed:
                bind_person(request.user.pk)
                if request.user.is_authenticated:
                    activate_language_of(request.user)
        except Exception as error:
            if is_outage(error):
                return unavailable_response(request, error)
            raise
        if not decision:
            return refusal_response(request, decision)
        return scope_response(request, view, plugin, grant) if grant else None


def refusal_response(request: HttpRequest, decision: AccessDecision) -> HttpResponse:
    """Return 401, 403 with the rings or roles that grant access, or 404."""
    return error_response(request, decision.outcome.status, decision.detail, **decision.as_problem())
