"""Subscribes a channel to a group."""

from typing import Any

from redis.exceptions import RedisError

SUBSCRIBE_SECONDS = 5  # after that, the channel layer counts as down


async def subscribe(layer: Any, group: str, channel: str) -> None:
    """Add the channel to the group, with one retry. Raises the errors of the channel layer."""
    try:
        await layer.group_add(group, channel)
    except (RedisError, OSError):
        # After a restart of the channel layer, the first try only finds that the old connection is closed.
        await layer.group_add(group, channel)
