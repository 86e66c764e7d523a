"""Checks the scopes of a token. A view of an app says in one line which scope each method needs:

    class PollsView(APIView):
        scopes = {"GET": "read", "POST": "ask"}

The names are those in the app's manifest. HEAD and OPTIONS need what GET needs. A view or method without a scope
accepts no token, so that an app opens itself to scripts on purpose only.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core.grants import Grant
from core.http.problems import problem_response
from core.http.views import not_found
from core.plugins.discovery import Plugin

View = Callable[..., Any]

ANY_TOKEN = "*"  # noqa: S105 - in place of a scope, in views of the portal itself
READING = frozenset({"HEAD", "OPTIONS"})


def scopes_of(view: View) -> Mapping[str, str]:
    """Return method → scope of a view function. DRF's has its class as `cls`."""
    found: Mapping[str, str] = getattr(getattr(view, "cls", view), "scopes", {})
    return found


def full_name(plugin: Plugin, scope: str) -> str:
    return f"{plugin.name}.{scope}"


def scope_response(request: HttpRequest, view: View, plugin: Plugin | None, grant: Grant) -> HttpResponse | None:
    """Return 403 to a token that may not use the view, with the scope that it lacks; None to one that may."""
    method = request.method or ""
    scope = scopes_of(view).get("GET" if method in READING else method)
    if view is not_found or scope == ANY_TOKEN:
        return None
    if plugin is None or scope is None:
        text = _("This cannot be used with an API token. Use the pages of the portal.")
        response = problem_response(request, 403, text)
        response["WWW-Authenticate"] = 'Bearer error="insufficient_scope"'
        return response
    name = full_name(plugin, scope)
    if name in grant.scopes:
        return None
    text = _("This API token lacks the scope %(scope)s. Make one that has it on your account page.") % {"scope": name}
    response = problem_response(request, 403, text, scope=name)
    response["WWW-Authenticate"] = f'Bearer error="insufficient_scope", scope="{name}"'
    return response
