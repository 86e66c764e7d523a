"""WebSockets, for Daphne. The development server also serves HTTP with it; in production Gunicorn does."""

import os
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

http_application = get_asgi_application()

from channels.routing import ProtocolTypeRouter  # noqa: E402 - these need the settings
from django.conf import settings  # noqa: E402

from core.access.sockets import socket_application  # noqa: E402
from core.configuration.prefixes import LIVENESS  # noqa: E402
from core.stores.database import configure_connections  # noqa: E402

configure_connections(keep_connections=settings.CONFIGURATION.environment.is_production)


async def sockets_only(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Answer the health check. Refuse all other HTTP, which came to the wrong server."""
    alive = scope["path"] == LIVENESS
    status, body = (200, b"ok\n") if alive else (421, b"This server serves WebSockets only.\n")
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": body})


application = ProtocolTypeRouter(
    {
        "http": sockets_only if settings.CONFIGURATION.environment.is_production else http_application,
        "websocket": socket_application(),
    }
)
