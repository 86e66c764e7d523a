"""Channels: live updates to browsers, over the channel layer (Redis, `CHANNEL_LAYER_URL`).

https://channels.readthedocs.io/en/stable/topics/channel_layers.html. An update says that something changed and holds no
content: the browser then asks the API. A lost update makes a page older, never wrong.
"""

from typing import Any

from .configuration import CONFIGURATION, KEY_PREFIX


def channel_layer(url: str | None) -> dict[str, Any]:
    """Return the channel layer at `url`, or in this process's memory without one."""
    if url is None:
        # One channel receives the updates of all sockets: core/live/subscriptions.py.
        return {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 10_000}}
    return {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {
            "hosts": [{"address": url, "socket_connect_timeout": 0.5, "health_check_interval": 30}],  # seconds
            "prefix": f"{KEY_PREFIX}:live",
        },
    }


CHANNEL_LAYERS = {"default": channel_layer(CONFIGURATION.url("CHANNEL_LAYER_URL"))}

# What a browser may send over a socket: the size of a message, their average rate, and their number at once.
LARGEST_MESSAGE_BYTES = 16 * 1024
MESSAGES_PER_SECOND = 10
MESSAGES_AT_ONCE = 30

# Open sockets in one process of Daphne, which serves a site. One takes some 60 KB of the 512 MB in compose.yaml. NGINX
# bounds those of an IP address (LIMIT_SOCKETS), which may be that of a campus.
SOCKETS_IN_ALL = 1500
SOCKETS_OF_A_PERSON = 50
ANONYMOUS_SOCKETS_OF_AN_ADDRESS = 200
