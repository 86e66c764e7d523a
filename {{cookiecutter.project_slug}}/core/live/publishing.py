"""Publishes updates to browsers: that something changed, not what.

A page that receives an update requests the data from the API; it also does so after a new connection, so a lost update
does no harm. Publishing never raises an error. Call it after the commit:

    after_commit(publish, f"polls:{poll.pk}")
"""

from collections.abc import Iterable
from functools import cache
from itertools import batched
from typing import Any

import structlog
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.conf import settings
from redis import Redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from core.stores.redis import CONNECT_SECONDS, HEALTH_CHECK_SECONDS, OPERATION_SECONDS, RETRIES

from .channels_redis_internals import group_channel
from .names import GRAMMAR, group_of, split

logger = structlog.get_logger(__name__)

# The types of messages in the channel layer.
UPDATE = "update"
RECHECK = "recheck"

BATCH = 1000  # messages in a round trip

# Publishes to each of the channels KEYS its message of ARGV.
PUBLISH_ALL = """
for index, channel in ipairs(KEYS) do
  redis.call('PUBLISH', channel, ARGV[index])
end
"""


def publish(topic: str) -> None:
    """Send an update to every subscriber of the topic. It is lost while the channel layer is down."""
    send(UPDATE, [topic])


def publish_to_many(topics: Iterable[str]) -> None:
    """Send an update to every subscriber of the topics, with one round trip for each thousand topics.

    After an error of the channel layer, the remaining topics are skipped.
    """
    send(UPDATE, topics)


def recheck(topic: str) -> None:
    """Make every open socket ask again whether its visitor may subscribe to the topic.

    Call it after the commit of a change that takes the right away, such as the deletion of a poll.
    """
    send(RECHECK, [topic])


def send(kind: str, topics: Iterable[str]) -> None:
    """Send a message of this kind to the subscribers of the topics."""
    layer = get_channel_layer()
    for names in batched(valid(topics), BATCH):
        try:
            messages = {group_of(name): {"type": kind, "topic": name} for name in names}
            if isinstance(layer, RedisPubSubChannelLayer):
                # async_to_sync opens a connection for each message, which takes 50 times as long as a pooled one.
                send_over_redis({group: layer.serialize(message) for group, message in messages.items()})
            else:
                async_to_sync(send_all)(layer, messages)
        except Exception as error:
            logger.warning("update_lost", kind=kind, topic=names[0], error=type(error).__name__)
            return


def valid(topics: Iterable[str]) -> Iterable[str]:
    """Yield the topics with a valid name, and log the others."""
    for name in topics:
        if split(name):
            yield name
        else:
            logger.error("update_lost", topic=name, error=f"a topic is {GRAMMAR}")


def send_over_redis(messages: dict[str, bytes]) -> None:
    prefix = settings.CHANNEL_LAYERS["default"]["CONFIG"]["prefix"]
    channels = [group_channel(prefix, group) for group in messages]
    # A script, because a pipeline of a thousand commands takes Python eight times as long. Its text is sent each time:
    # a server that hangs and goes on publishes what it has received, which the script's digest alone may not do.
    redis_client().eval(PUBLISH_ALL, len(channels), *channels, *messages.values())


async def send_all(layer: Any, messages: dict[str, dict[str, Any]]) -> None:
    for group, message in messages.items():
        await layer.group_send(group, message)


@cache
def redis_client() -> Redis:
    """Return this process's pooled connections to the channel layer, made on first use."""
    return Redis.from_url(
        settings.CHANNEL_LAYERS["default"]["CONFIG"]["hosts"][0]["address"],
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=OPERATION_SECONDS,
        health_check_interval=HEALTH_CHECK_SECONDS,
        max_connections=8,
        retry=Retry(ConstantBackoff(0), RETRIES),
    )
