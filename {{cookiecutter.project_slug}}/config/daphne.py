"""Daphne with this portal's settings: WebSockets for one site. `python -m config.daphne`

It listens where Gunicorn does: core/deployment/listening.py.
"""

from core.deployment import listening

BACKLOG = 1024  # handshakes that wait; when they are more, NGINX answers 502. Twisted's default is 50

PING_SECONDS = 20  # keeps connections open through whatever lies between, and finds dead ones
CLOSE_SECONDS = 10  # an app's time to end when its socket closes


def main() -> None:
    # Daphne's server installs Twisted's reactor when it is imported, which has to come first.
    from daphne.server import Server
    from django.conf import settings

    from config.asgi import application

    # Daphne drops a larger message with the connection. core/live/limits.py closes the socket with a code before that.
    largest_message_bytes = 4 * settings.LARGEST_MESSAGE_BYTES

    Server(
        application=application,
        endpoints=[
            f"tcp:port={listening.PORT}:interface={address}:backlog={BACKLOG}" for address in listening.addresses()
        ],
        signal_handlers=True,
        http_timeout=10,
        ping_interval=PING_SECONDS,
        ping_timeout=PING_SECONDS,
        websocket_timeout=-1,  # a socket lives as long as its page
        websocket_connect_timeout=5,
        websocket_handshake_timeout=5,
        websocket_max_message_size=largest_message_bytes,
        websocket_max_frame_size=largest_message_bytes,
        application_close_timeout=CLOSE_SECONDS,
        verbosity=0,
        server_name="",
    ).run()


if __name__ == "__main__":
    main()
