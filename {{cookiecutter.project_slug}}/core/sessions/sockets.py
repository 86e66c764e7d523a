"""Sessions over sockets: the cookie's token opens the same session as over HTTP."""

from collections.abc import Awaitable, Callable
from typing import Any

from channels.sessions import CookieMiddleware
from django.conf import settings

from .current import set_current_session
from .store import SessionStore

Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


class SessionMiddleware:
    """Sets the session of the cookie in the scope. A socket only reads it."""

    def __init__(self, inner: Application):
        self.inner = inner

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        token = scope["cookies"].get(settings.SESSION_COOKIE_NAME)
        session = SessionStore.from_token(token)
        set_current_session(session)
        await self.inner({**scope, "session": session}, receive, send)


def session_middleware_stack(inner: Application) -> Application:
    """Wrap `inner` so that its scope has the cookies and the session."""
    application: Application = CookieMiddleware(SessionMiddleware(inner))
    return application
