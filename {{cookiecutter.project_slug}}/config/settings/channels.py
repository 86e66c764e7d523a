"""Channels: live delivery to browsers, over the channel layer (Redis, `CHANNEL_LAYER_URL`).

https://channels.readthedocs.io/en/stable/topics/channel_layers.html. A message is a hint: whoever gets one asks
the API for the truth, so that a lost message costs freshness and nothing else.
"""

from .configuration import KEY_PREFIX, configuration

URL = configuration.url("CHANNEL_LAYER_URL")

if URL is None:
    DEFAULT = {"BACKEND": "channels.layers.InMemoryChannelLayer"}
else:
    DEFAULT = {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {
            "hosts": [{"address": URL, "socket_connect_timeout": 0.5, "health_check_interval": 30}],
            "prefix": f"{KEY_PREFIX}:live",
        },
    }

CHANNEL_LAYERS = {"default": DEFAULT}

LARGEST_MESSAGE_BYTES = 16 * 1024  # of what a browser may send; servers send hints, which are smaller
MESSAGES_PER_SECOND = 10  # what a browser may send, on the average
MESSAGES_AT_ONCE = 30
DAPHNE_WEBSOCKET_MAX_MESSAGE_SIZE = DAPHNE_WEBSOCKET_MAX_FRAME_SIZE = 4 * LARGEST_MESSAGE_BYTES
