"""The private API of channels-redis that the portal uses, and the only module that uses it.

tests/test_internals.py fails when a release of channels-redis moves one of these names.
"""

from typing import Any

PRIVATE = (
    "channels_redis.pubsub.RedisPubSubLoopLayer._get_group_channel_name",
    "channels_redis.pubsub.RedisPubSubChannelLayer._get_layer",
)


def group_channel(prefix: str, group: str) -> str:
    """Return the Redis channel to which the layer with this prefix subscribes for a group."""
    return f"{prefix}__group__{group}"


def subscribing_connection(layer: Any) -> Any:
    """Return redis-py's connection over which the layer of this event loop receives; None before the first one.

    The hooks on_disconnect and on_reconnect of the layer are documented, and never called.
    """
    (shard,) = layer._get_layer()._shards
    return shard._pubsub and shard._pubsub.connection
