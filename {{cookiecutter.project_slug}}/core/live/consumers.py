"""The sockets that apps have: they follow topics, and pass on hints."""

import asyncio
from typing import Any

import structlog
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from redis.exceptions import RedisError

from .following import FOLLOW_SECONDS, follow
from .publishing import Hint

logger = structlog.get_logger(__name__)

TRY_AGAIN_LATER = 4013  # rhymes with the registered 1013, which no application may send through Daphne


class HintConsumer(AsyncJsonWebsocketConsumer):
    """Follows the topics that `topics()` names, and sends their hints to the browser as JSON."""

    followed: list[str]

    async def topics(self) -> list[str]:
        """The topics of this socket, from `self.scope`: its person and its address."""
        raise NotImplementedError

    async def connect(self) -> None:
        self.followed = []
        await self.accept()
        try:
            async with asyncio.timeout(FOLLOW_SECONDS):
                for name in await self.topics():
                    await self.follow(name)
        except (RedisError, OSError, TimeoutError) as error:
            logger.warning("socket_without_channel_layer", error=type(error).__name__)
            await self.close(TRY_AGAIN_LATER)

    async def follow(self, name: str) -> None:
        await follow(self.channel_layer, name, self.channel_name)
        self.followed.append(name)

    async def disconnect(self, code: int) -> None:
        for name in self.followed:
            await self.channel_layer.group_discard(name, self.channel_name)

    async def hint(self, event: dict[str, Any]) -> None:
        await self.send_hint(event["hint"])

    async def send_hint(self, hint: Hint) -> None:
        await self.send_json(hint)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        """Browsers have nothing to say here: what they send is ignored."""
