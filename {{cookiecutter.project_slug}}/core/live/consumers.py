"""The sockets of apps: they subscribe to topics and pass on updates."""

import asyncio
from typing import Any

import structlog
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from redis.exceptions import RedisError

from .publishing import Update
from .subscribing import SUBSCRIBE_SECONDS, subscribe

logger = structlog.get_logger(__name__)

TRY_AGAIN_LATER = 4013  # after the registered 1013, which Daphne does not let applications send


class TopicConsumer(AsyncJsonWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """Subscribes to the topics that `topics()` returns, and sends their updates to the browser as JSON."""

    subscribed: list[str]

    async def topics(self) -> list[str]:
        """Return the topics of this socket, from `self.scope`: its person and its URL."""
        raise NotImplementedError

    async def connect(self) -> None:
        self.subscribed = []
        await self.accept()
        try:
            async with asyncio.timeout(SUBSCRIBE_SECONDS):
                for name in await self.topics():
                    await self.subscribe(name)
        except (RedisError, OSError, TimeoutError) as error:
            logger.warning("socket_without_channel_layer", error=type(error).__name__)
            await self.close(TRY_AGAIN_LATER)

    async def subscribe(self, name: str) -> None:
        await subscribe(self.channel_layer, name, self.channel_name)
        self.subscribed.append(name)

    async def disconnect(self, code: int) -> None:
        for name in self.subscribed:
            await self.channel_layer.group_discard(name, self.channel_name)

    async def update(self, event: dict[str, Any]) -> None:
        """Handle an update of the channel layer."""
        await self.send_update(event["update"])

    async def send_update(self, update: Update) -> None:
        await self.send_json(update)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        """Ignore messages of the browser."""
