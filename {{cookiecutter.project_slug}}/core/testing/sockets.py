"""Opens sockets as a browser does, through the whole socket application of the portal."""

from typing import Any

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
    authorization: str = "",
) -> tuple[WebsocketCommunicator, bool]:
    """Return a socket and whether it was accepted.

    The socket has the cookies of `client`, belongs to a page of `origin`, and comes from `ip_address`. `authorization`
    is the header of that name.
    """
    headers = [] if origin is None else [(b"origin", origin.encode())]
    if authorization:
        headers.append((b"authorization", authorization.encode()))
    if client is not None:
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
        headers.append((b"cookie", cookies.encode()))
    socket = WebsocketCommunicator(import_string(settings.ASGI_APPLICATION), path, headers=headers)
    socket.scope["client"] = (ip_address, 50_000)
    accepted, _ = await socket.connect()
    return socket, accepted


async def subscribe(socket: WebsocketCommunicator, *topics: str) -> dict[str, Any]:
    """Subscribe to topics over a socket of /ws/portal/, and return the answer."""
    await socket.send_json_to({"subscribe": topics})
    answer: dict[str, Any] = await socket.receive_json_from(5)
    return answer


async def receive_updates(socket: WebsocketCommunicator) -> list[str]:
    """Wait for updates, acknowledge them, and return their topics."""
    updates: dict[str, int] = (await socket.receive_json_from(5))["updates"]
    await socket.send_json_to({"acknowledge": updates})
    return list(updates)
