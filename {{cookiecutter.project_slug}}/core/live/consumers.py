"""An app's own sockets, for what topics cannot say: they subscribe to topics and send what the app decides."""

import asyncio
from typing import Any

import structlog
from channels.generic.websocket import AsyncJsonWebsocketConsumer

from .subscriptions import LAYER_ERRORS, subscriptions

logger = structlog.get_logger(__name__)

TRY_AGAIN_LATER = 4013  # after the registered 1013, which Daphne does not let applications send
NO_CHANNEL_LAYER = "none"  # a consumer needs no channel of its own: `subscriptions` has one for all


class TopicConsumer(AsyncJsonWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """Subscribes to the topics that `topics()` returns, and sends their updates to the browser as JSON."""

    channel_layer_alias = NO_CHANNEL_LAYER

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.subscribed: list[str] = []
        self.versions: dict[str, int] = {}  # topic → the version to send
        self.sending: asyncio.Task[None] | None = None

    async def topics(self) -> list[str]:
        """Return the topics of this socket, from `self.scope`: its person and its URL."""
        raise NotImplementedError

    async def send_update(self, topic: str, version: int) -> None:
        """Send an update to the browser. An app can send something else instead."""
        await self.send_json({"type": "update", "topic": topic, "version": version})

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            subscriptions().remove(self.subscribed, self)
            if self.sending is not None:
                self.sending.cancel()

    async def connect(self) -> None:
        await self.accept()
        self.subscribed = await self.topics()
        try:
            await subscriptions().add(self.subscribed, self)
        except LAYER_ERRORS as error:
            logger.warning("socket_without_channel_layer", error=type(error).__name__)
            await self.close(TRY_AGAIN_LATER)

    def changed(self, topic: str, version: int) -> None:
        self.versions[topic] = version
        if self.sending is None:
            self.sending = asyncio.create_task(self.send_updates())

    def recheck(self, topic: str) -> None:
        """Do nothing: an app that has its own socket closes it by itself."""

    async def send_updates(self) -> None:
        try:
            while self.versions:
                await self.send_update(*self.versions.popitem())
        except Exception:
            logger.exception("update_lost", path=self.scope["path"])
        finally:
            self.sending = None

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        """Ignore messages of the browser."""
