"""Sockets as a browser opens them, through the whole of the portal's socket application."""

from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.utils.module_loading import import_string

from .client import PortalClient


async def open_socket(
    path: str, client: PortalClient | None = None, *, origin: str | None = "http://localhost:8000"
) -> tuple[WebsocketCommunicator, bool]:
    """A socket, and whether it was accepted. It has `client`'s cookies, and belongs to a page of `origin`."""
    headers = [] if origin is None else [(b"origin", origin.encode())]
    if client is not None:
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
        headers.append((b"cookie", cookies.encode()))
    socket = WebsocketCommunicator(import_string(settings.ASGI_APPLICATION), path, headers=headers)
    accepted, _ = await socket.connect()
    return socket, accepted
