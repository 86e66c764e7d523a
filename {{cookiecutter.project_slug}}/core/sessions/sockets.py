"""Sessions over sockets: the same token, the same key."""

from collections.abc import Awaitable, Callable
from typing import Any

from channels.sessions import CookieMiddleware
from django.conf import settings

from .store import SessionStore

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class SessionMiddleware:
    """Puts the session of the cookie's token into the scope; a socket reads it and never writes it."""

    def __init__(self, inner: Application):
        self.inner = inner

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        token = scope["cookies"].get(settings.SESSION_COOKIE_NAME)
        await self.inner({**scope, "session": SessionStore.from_token(token)}, receive, send)


def session_middleware_stack(inner: Application) -> Application:
    return CookieMiddleware(SessionMiddleware(inner))
