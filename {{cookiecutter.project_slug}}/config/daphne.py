"""Daphne with this portal's settings: WebSockets for one site. `python -m config.daphne`

As with Gunicorn, NGINX finds it by a UNIX socket; the port is for the health check, inside the container.
"""

import os
from pathlib import Path

SOCKET = Path("/run/portal/sockets.sock")
HEALTH_PORT = 8000

PING_SECONDS = 20  # keeps connections open through whatever stands between, and finds those that died
CLOSE_SECONDS = 10  # what an app may take to end when its socket closes


def main() -> None:
    # Daphne's server installs Twisted's reactor when it is imported, which has to come first.
    from daphne.server import Server
    from django.conf import settings

    from config.asgi import application

    SOCKET.unlink(missing_ok=True)  # one that was killed leaves it behind
    os.umask(0o007)
    Server(
        application=application,
        endpoints=[f"unix:{SOCKET}:mode=660:lockfile=0", f"tcp:port={HEALTH_PORT}:interface=127.0.0.1"],
        signal_handlers=True,
        http_timeout=10,
        ping_interval=PING_SECONDS,
        ping_timeout=PING_SECONDS,
        websocket_timeout=-1,  # a socket lives as long as its page
        websocket_connect_timeout=5,
        websocket_handshake_timeout=5,
        websocket_max_message_size=settings.DAPHNE_WEBSOCKET_MAX_MESSAGE_SIZE,
        websocket_max_frame_size=settings.DAPHNE_WEBSOCKET_MAX_FRAME_SIZE,
        application_close_timeout=CLOSE_SECONDS,
        verbosity=0,
        server_name="",
    ).run()


if __name__ == "__main__":
    main()
