"""Publishes updates to browsers: that something changed, not what.

An update is for example {"type": "poll.changed", "id": 7}. A page that receives it requests the data from the API; it
also does so after a new connection, so a lost update does no harm. Publishing never raises an error.
"""

import re
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

logger = structlog.get_logger(__name__)

Update = dict[str, Any]

HANDLER = "update"  # the consumer's method that handles a message
BATCH = 1000  # messages in a round trip


def topic(app: str, *parts: object) -> str:
    """Return the name of a topic: the app and its parts, such as `polls.7`. Raises ValueError for an invalid name."""
    name = ".".join(map(str, [app, *parts]))
    if not re.fullmatch(r"[a-zA-Z0-9_.-]{1,90}", name):
        raise ValueError(f"a topic has 1 to 90 letters, digits and _ . -, not {name!r}")
    return name


def publish(topic_name: str, update: Update) -> None:
    """Send `update` to every subscriber of the topic. It is lost while the channel layer is down."""
    publish_to_many([topic_name], update)


def publish_to_many(topic_names: Iterable[str], update: Update) -> None:
    """Send `update` to every subscriber of the topics, with one round trip for each thousand topics.

    After an error of the channel layer, the remaining topics are skipped.
    """
    message = {"type": HANDLER, "update": update}
    layer = get_channel_layer()
    for names in batched(topic_names, BATCH):
        try:
            if isinstance(layer, RedisPubSubChannelLayer):
                # async_to_sync opens a connection for each message, which takes 50 times as long as a pooled one.
                publish_in_redis(names, layer.serialize(message))
            else:
                async_to_sync(send_all)(layer, names, message)
        except Exception as error:
            logger.warning("update_lost", topic=names[0], error=type(error).__name__)
            return


def publish_in_redis(topic_names: Iterable[str], message: bytes) -> None:
    prefix = settings.CHANNEL_LAYERS["default"]["CONFIG"]["prefix"]
    with redis_client().pipeline(transaction=False) as pipeline:
        for name in topic_names:
            pipeline.publish(group_channel(prefix, name), message)
        pipeline.execute()


async def send_all(layer: Any, topic_names: Iterable[str], message: dict[str, Any]) -> None:
    for name in topic_names:
        await layer.group_send(name, message)


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
