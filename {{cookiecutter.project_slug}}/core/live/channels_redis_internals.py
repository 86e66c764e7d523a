"""The private API of channels-redis that the portal uses, and the only module that uses it.

tests/test_internals.py fails when a release of channels-redis moves one of these names.
"""

PRIVATE = ("channels_redis.pubsub.RedisPubSubLoopLayer._get_group_channel_name",)


def group_channel(prefix: str, group: str) -> str:
    """Return the Redis channel to which the layer with this prefix subscribes for a group."""
    return f"{prefix}__group__{group}"
