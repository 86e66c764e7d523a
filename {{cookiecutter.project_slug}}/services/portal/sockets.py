"""The one socket of a browser tab, /ws/portal/, which carries every topic: docs/explanation/updates.md."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable
from itertools import batched
from typing import Any

import structlog
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.urls import path

from core.access.session_guard import RECHECK_LISTENERS, seconds_until_recheck
from core.access.topics import UNAVAILABLE, Refusal, refusals
from core.access.visitor import Visitor
from core.live.consumers import NO_CHANNEL_LAYER
from core.live.limits import TOO_MANY, Bucket
from core.live.names import PERSON, person_topic
from core.live.subscriptions import LAYER_ERRORS, subscriptions
from core.live.versions import Deliveries

from .frames import MOST_NAMES, read_frame

logger = structlog.get_logger(__name__)

MOST_TOPICS = 100  # of one socket
NAMES_PER_SECOND = 50  # that a socket may ask for on average: each costs an answer, which the browser may never read
REFUSALS_OF_A_FRAME = 50  # of the server: Daphne sends no frame of more than 64 KB, and fails
ASK_AGAIN_SECONDS = 10  # after an app could not decide about a topic, at most

TOO_MANY_TOPICS = Refusal(429, f"A socket carries at most {MOST_TOPICS} topics.")


class PortalConsumer(AsyncJsonWebsocketConsumer):  # type: ignore[misc]  # channels has no types
    """Subscribes to the topics that the browser asks for, and sends their updates."""

    channel_layer_alias = NO_CHANNEL_LAYER

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.topics: dict[str, str] = {}  # the browser's name → the topic
        self.names: dict[str, str] = {}  # the other way round
        self.deliveries = Deliveries()
        self.allowance = Bucket(rate=NAMES_PER_SECOND, size=MOST_NAMES)
        self.lock = asyncio.Lock()  # of one question about access at a time
        self.to_recheck: set[str] = set()
        self.tasks: set[asyncio.Task[None]] = set()
        self.is_sending = self.is_rechecking = False

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            subscriptions().remove(self.names, self)
            for task in self.tasks:
                task.cancel()

    async def connect(self) -> None:
        await self.accept()
        if RECHECK_LISTENERS in self.scope:
            self.scope[RECHECK_LISTENERS].append(self.recheck_all)
        else:
            self.start(self.recheck_regularly)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        """Handle a frame of the browser."""
        try:
            frame = read_frame(text_data)
        except ValueError as error:
            await self.send_json({"error": {"status": 400, "detail": str(error)}})
            return
        self.leave(frame.unsubscribe)
        for name, version in frame.acknowledge.items():
            if name in self.topics:
                self.deliveries.acknowledge(self.topics[name], version)
        if frame.subscribe is not None:
            if not self.allowance.take(len(frame.subscribe)):
                await self.close(TOO_MANY)
                return
            await self.subscribe(frame.subscribe)
        self.send_soon()

    # Topics

    async def subscribe(self, names: list[str]) -> None:
        """Subscribe to the topics that the visitor may subscribe to, and answer about all of them."""
        async with self.lock:
            new = [name for name in dict.fromkeys(names) if name not in self.topics]
            asked = new[: MOST_TOPICS - len(self.topics)]
            refused = dict.fromkeys(new[len(asked) :], TOO_MANY_TOPICS)
            refused |= await self.find_refusals(asked)
            allowed = [name for name in asked if name not in refused]
            topics = [self.topic_of(name) for name in allowed]
            try:
                await subscriptions().add(topics, self)
            except LAYER_ERRORS as error:
                logger.warning("socket_without_channel_layer", error=type(error).__name__)
                subscriptions().remove(topics, self)
                refused |= dict.fromkeys(allowed, UNAVAILABLE)
                allowed = []
            except asyncio.CancelledError:  # the socket ends
                subscriptions().remove(topics, self)
                raise
            for name in allowed:
                self.join(name)
        answer: dict[str, Any] = {"subscribed": [name for name in dict.fromkeys(names) if name in self.topics]}
        for some in batched(refused.items(), REFUSALS_OF_A_FRAME):
            await self.send_json(answer | {"refused": as_problems(dict(some))})
            answer = {}
        if answer:
            await self.send_json(answer)

    async def find_refusals(self, names: Iterable[str]) -> dict[str, Refusal]:
        """Return why the visitor may not subscribe to some of the topics, from one call in a thread."""
        if not (asked := list(names)):
            return {}
        # A new visitor looks its roles up again.
        visitor = Visitor(self.scope["user"], self.scope["visitor"].ip_address)
        found: dict[str, Refusal] = await database_sync_to_async(refusals)(asked, visitor)
        return found

    def topic_of(self, name: str) -> str:
        return person_topic(self.scope["user"].pk) if name == PERSON else name

    def join(self, name: str) -> None:
        topic = self.topic_of(name)
        self.topics[name] = topic
        self.names[topic] = name
        self.deliveries.add(topic)

    def leave(self, names: Iterable[str]) -> None:
        topics = [self.topics.pop(name) for name in names if name in self.topics]
        for topic in topics:
            del self.names[topic]
            self.deliveries.remove(topic)
        subscriptions().remove(topics, self)

    # Updates

    def changed(self, topic: str, version: int) -> None:
        self.deliveries.changed(topic, version)
        self.send_soon()

    def send_soon(self) -> None:
        if not self.is_sending:
            self.is_sending = True
            self.start(self.send_updates)

    async def send_updates(self) -> None:
        self.is_sending = False
        updates = {self.names[topic]: version for topic, version in self.deliveries.take().items()}
        if updates:
            await self.send_json({"updates": updates})

    # Access

    def recheck(self, topic: str) -> None:
        """Ask again about one topic."""
        self.recheck_soon([topic])

    def recheck_all(self) -> None:
        """Ask again about every topic: something about the person's access may have changed."""
        self.recheck_soon(self.names)

    def recheck_soon(self, topics: Iterable[str]) -> None:
        self.to_recheck.update(topics)
        if not self.is_rechecking:
            self.is_rechecking = True
            self.start(self.drop_refused)

    async def drop_refused(self) -> None:
        """Drop the topics that the visitor may not subscribe to any more."""
        async with self.lock:
            self.is_rechecking = False
            names = [self.names[topic] for topic in self.to_recheck if topic in self.names]
            self.to_recheck.clear()
            dropped = await self.find_refusals(names)
            undecided = [name for name, refusal in dropped.items() if refusal.is_temporary]
            for name in undecided:
                del dropped[name]
            self.leave(dropped)
        if dropped:
            await self.send_json({"dropped": as_problems(dropped)})
        if undecided:
            await asyncio.sleep(ASK_AGAIN_SECONDS * (0.5 + random.random() / 2))  # noqa: S311 - it spreads load
            self.recheck_soon([self.topics[name] for name in undecided if name in self.topics])

    async def recheck_regularly(self) -> None:
        """Ask again every few minutes, because a message may be lost. The session guard does so for people."""
        while True:
            await asyncio.sleep(seconds_until_recheck())
            self.recheck_all()

    # Tasks

    def start(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do some work beside the handling of frames."""
        task = asyncio.create_task(self.log_errors(work))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def log_errors(self, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception:
            logger.exception("socket_failed", path=self.scope["path"])


def as_problems(found: dict[str, Refusal]) -> dict[str, dict[str, Any]]:
    return {name: refusal.as_problem() for name, refusal in found.items()}


websocket_urlpatterns = [path("", PortalConsumer.as_asgi())]
