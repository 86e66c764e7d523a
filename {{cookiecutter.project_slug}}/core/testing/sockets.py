"""Opens sockets as a browser does, through the whole socket application of the portal."""

from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.utils.module_loading import import_string

from .client import PortalClient


async def open_socket(
    path: str,
    client: PortalClient | None = None,
    *,
    origin: str | None = "http://localhost:8000",
    ip_address: str = "127.0.0.1",
) -> tuple[WebsocketCommunicator, bool]:
    """Return a socket and whether it was accepted.

    The socket has the cookies of `client`, belongs to a page of `origin`, and comes from `ip_address`.
    """
    headers = [] if origin is None else [(b"origin", origin.encode())]
    if client is not None:
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
        headers.append((b"cookie", cookies.encode()))
    socket = WebsocketCommunicator(import_string(settings.ASGI_APPLICATION), path, headers=headers)
    socket.scope["client"] = (ip_address, 50_000)
    accepted, _ = await socket.connect()
    return socket, accepted
