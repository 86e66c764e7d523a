"""How a channel comes to follow a group."""

from typing import Any

from redis.exceptions import RedisError

SUBSCRIBE_SECONDS = 5  # a channel layer that is silent for longer counts as away


async def subscribe(layer: Any, group: str, channel: str) -> None:
    try:
        await layer.group_add(group, channel)
    except (RedisError, OSError):
        # A channel layer that was away and is back: the first try only finds out that the old connection is dead.
        await layer.group_add(group, channel)
