"""Checks access to the sockets of services and apps."""

from importlib import import_module
from typing import Any

import structlog
from channels.auth import AuthMiddleware
from channels.routing import URLRouter
from channels.security.websocket import OriginValidator
from django.conf import settings
from django.urls import re_path

from core.configuration.prefixes import SOCKETS, relative
from core.http.clients import socket_client_ip
from core.live.limits import SocketLimits
from core.live.open_sockets import place_in_all, place_of_visitor
from core.plugins.registry import installed_plugins
from core.sessions.sockets import Application, session_middleware_stack
from core.stores.outage import is_outage
from core.tokens.middleware import bearer_token

from .session_guard import SessionGuard, decide_socket
from .site import HEADER, is_for_other_site, is_outside_rings

logger = structlog.get_logger(__name__)


class SocketAccessMiddleware:
    """Checks the audience of a plugin before its sockets open, and again while the socket of a person is open."""

    def __init__(self, name: str, inner: Application):
        self.name = name
        self.inner = inner

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        audience = installed_plugins()[self.name].manifest.audience
        if not await decide_socket(audience, scope):
            await refuse(receive, send)
            return
        with place_of_visitor(scope) as is_admitted:
            if not is_admitted:
                await refuse(receive, send)
            elif scope["user"].is_authenticated:
                await SessionGuard(audience, self.inner, scope, receive, send).run()
            else:
                await self.inner(scope, receive, send)


class SocketCountMiddleware:
    """Refuses a socket while this process has as many as it has memory for."""

    def __init__(self, inner: Application):
        self.inner = inner

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        with place_in_all() as is_admitted:
            if is_admitted:
                await self.inner(scope, receive, send)
            else:
                await refuse(receive, send)


class SocketSiteMiddleware:
    """Refuses a socket that reached the server of the other site, or comes from outside the site's rings."""

    def __init__(self, inner: Application):
        self.inner = inner

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        name = dict(scope["headers"]).get(HEADER.lower().encode())
        is_for_other = is_for_other_site(name.decode("latin-1") if name is not None else None)
        if is_for_other or is_outside_rings(socket_client_ip(scope)):
            await refuse(receive, send)
        else:
            await self.inner(scope, receive, send)


class SocketTokenMiddleware:
    """Refuses a socket with an API token: scopes are for the API alone."""

    def __init__(self, inner: Application):
        self.inner = inner

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        header = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
        if bearer_token(header) is not None:
            await refuse(receive, send)
        else:
            await self.inner(scope, receive, send)


class SocketOutageMiddleware:
    """Refuses the socket while the session store or the database is down. The browser tries again."""

    def __init__(self, inner: Application):
        self.inner = inner

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        try:
            await self.inner(scope, receive, send)
        except Exception as error:
            if not is_outage(error):
                raise
            logger.error("server_unavailable", error=type(error).__name__, path=scope["path"])
            await send({"type": "websocket.close"})


async def refuse(receive: Any, send: Any) -> None:
    """Answer the handshake with 403."""
    await receive()
    await send({"type": "websocket.close"})


async def no_such_socket(scope: dict[str, Any], receive: Any, send: Any) -> None:
    await refuse(receive, send)


def socket_application() -> Application:
    """Return the application of all sockets. The sockets of a plugin are below /ws/<name>/.

    A connection passes, in this order: site, no token, origin, number, limits of messages, session, person, access.
    """
    routes = []
    # Django's re_path() takes a view, and channels passes it an application instead.
    route: Any = re_path
    for plugin in settings.PLUGINS:
        if plugin.has("sockets"):
            patterns = getattr(import_module(f"{plugin.module}.sockets"), "websocket_urlpatterns", [])
            inner = URLRouter([*patterns, route("", no_such_socket)])
            routes.append(route(rf"^{relative(SOCKETS)}{plugin.name}/", SocketAccessMiddleware(plugin.name, inner)))
    router = URLRouter([*routes, route("", no_such_socket)])
    authenticated = SocketOutageMiddleware(session_middleware_stack(AuthMiddleware(router)))
    counted = SocketCountMiddleware(SocketLimits(authenticated))
    return SocketSiteMiddleware(SocketTokenMiddleware(OriginValidator(counted, settings.SOCKET_ORIGINS)))
