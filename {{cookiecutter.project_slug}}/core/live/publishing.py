"""Tells browsers that something changed.

What is told is a update, such as {"type": "poll.changed", "id": 7}: whoever gets it asks the API for the truth, and
asks anyway after a new connection. So a update may get lost, and telling one never fails what it tells of.
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

logger = structlog.get_logger(__name__)

Update = dict[str, Any]

HANDLER = "update"  # the consumer's method that a message is for
BATCH = 1000  # messages to a round trip


def topic(app: str, *parts: object) -> str:
    """The name of a topic: the app's name, then what it is about, as in `polls.7`."""
    name = ".".join(map(str, [app, *parts]))
    if not re.fullmatch(r"[a-zA-Z0-9_.-]{1,90}", name):
        raise ValueError(f"a topic has up to 90 letters, digits and _ . -, not {name!r}")
    return name


def publish(topic_name: str, update: Update) -> None:
    """Send `update` to every socket that subscribes to the topic; when the channel layer is away, to nobody."""
    publish_to_many([topic_name], update)


def publish_to_many(topic_names: Iterable[str], update: Update) -> None:
    """Send `update` to every socket that subscribes to one of the topics, a round trip for each thousand.

    When the channel layer is away, it is tried once, and nobody is told any more.
    """
    message = {"type": HANDLER, "update": update}
    layer = get_channel_layer()
    for names in batched(topic_names, BATCH):
        try:
            if isinstance(layer, RedisPubSubChannelLayer):
                # async_to_sync would open a connection for each message; a pooled one is 50 times as quick.
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
            pipeline.publish(f"{prefix}__group__{name}", message)
        pipeline.execute()


async def send_all(layer: Any, topic_names: Iterable[str], message: dict[str, Any]) -> None:
    for name in topic_names:
        await layer.group_send(name, message)


@cache
def redis_client() -> Redis:
    """This process's pooled connections to the channel layer; made at the first use."""
    return Redis.from_url(
        settings.CHANNEL_LAYERS["default"]["CONFIG"]["hosts"][0]["address"],
        socket_connect_timeout=CONNECT_SECONDS,
        socket_timeout=OPERATION_SECONDS,
        health_check_interval=HEALTH_CHECK_SECONDS,
        max_connections=8,
        retry=Retry(ConstantBackoff(0), RETRIES),
    )
