"""The topics to which the sockets of this process subscribe.

All sockets share one channel of the channel layer. A topic costs one subscription in Redis, however many sockets have
it, and one published update arrives here once. It is passed on at once, so that the queue of the channel layer, which
has no bound, stays empty.

After the connection to Redis was lost, updates may be missing. A watcher notices that, waits until messages arrive
again, and passes an update of every topic on to all subscribers.
"""

import asyncio
import random
import secrets
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Protocol

import structlog
from channels.layers import get_channel_layer
from channels_redis.pubsub import RedisPubSubChannelLayer
from redis.exceptions import RedisError
from redis.exceptions import TimeoutError as RedisTimeoutError

from .channels_redis_internals import subscribing_connection
from .names import INTERNAL, group_of
from .publishing import RECHECK, UPDATE, redis_client
from .versions import Versions

logger = structlog.get_logger(__name__)

LAYER_ERRORS = (RedisError, OSError, TimeoutError)

SUBSCRIBE_SECONDS = 5  # after that, the channel layer counts as down
PAUSE_SECONDS = 1  # after an error of the channel layer, until the next try
LINGER_SECONDS = 5  # a topic stays subscribed after its last subscriber: people go back and forth
GAP_SECONDS = 0.05  # at most one update of a topic is passed on in this time
SPREAD_SECONDS = 2  # after an interruption, the subscribers of different topics are told within this time
CHECK_SECONDS = 5  # the watcher checks the connection this often
ANSWER_SECONDS = 2  # for a message to come back
PROBE_AGAIN_SECONDS = 0.02  # until the message is sent again, which doubles with each

# A publisher gives up when Redis does not answer for OPERATION_SECONDS. One of these requests then takes LATE_SECONDS.
ASK_SECONDS = 0.4
LATE_SECONDS = 0.5

PROBE = "probe"  # the type of a message with which a process checks its own subscription


class Subscriber(Protocol):
    """What a socket does about its topics. Both functions return at once."""

    def changed(self, topic: str, version: int) -> None:
        """Take note that there is something new. A later version is greater."""

    def recheck(self, topic: str) -> None:
        """Ask again whether the visitor may subscribe to the topic."""


class Topic:
    """A topic of this process, its subscribers, and the update that waits to be passed on to them."""

    __slots__ = ("joined", "passed_on_at", "subscribers", "timer", "unused_since")

    def __init__(self) -> None:
        self.subscribers: set[Subscriber] = set()
        self.joined: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.passed_on_at = 0.0
        self.timer: asyncio.TimerHandle | None = None
        self.unused_since = 0.0

    @property
    def is_joined(self) -> bool:
        return self.joined.done() and self.joined.exception() is None

    def fail(self, error: BaseException) -> None:
        """Give everyone who waits for the subscription an error. The next one to subscribe tries again."""
        if not self.joined.done():
            self.joined.set_exception(error)
            self.joined.exception()  # asyncio warns about an error that nobody has looked at
        self.joined = asyncio.get_running_loop().create_future()


class Subscriptions:
    """The topics of this event loop and their subscribers."""

    def __init__(self, layer: Any) -> None:
        self.layer = layer
        self.loop = asyncio.get_running_loop()
        self.topics: dict[str, Topic] = {}
        self.versions = Versions()
        self.channel: str | None = None
        self.own_group = group_of(f"{INTERNAL}:process.{secrets.token_hex(8)}")
        self.probes: dict[str, asyncio.Future[None]] = {}
        self.work = asyncio.Event()
        self.reconnected = asyncio.Event()
        self.tasks: list[asyncio.Task[None]] = []
        self.run(self.join_topics)

    def run(self, function: Callable[[], Any]) -> None:
        """Run a function until the event loop ends."""
        self.tasks.append(self.loop.create_task(function()))

    async def add(self, names: Iterable[str], subscriber: Subscriber) -> None:
        """Subscribe to the topics. On return, every later update arrives.

        Raises one of LAYER_ERRORS. The topics then stay with the subscriber until they are removed.
        """
        topics = [self.topics.setdefault(name, Topic()) for name in names]
        for topic in topics:
            topic.subscribers.add(subscriber)
        waiting = [topic.joined for topic in topics if not topic.is_joined]
        if waiting:
            self.work.set()
            async with asyncio.timeout(SUBSCRIBE_SECONDS):
                for joined in waiting:
                    await asyncio.shield(joined)

    def remove(self, names: Iterable[str], subscriber: Subscriber) -> None:
        """Pass no more updates on to the subscriber."""
        for name in names:
            if (topic := self.topics.get(name)) is not None:
                topic.subscribers.discard(subscriber)
                if not topic.subscribers:
                    topic.unused_since = self.loop.time()
                    self.loop.call_later(LINGER_SECONDS, self.work.set)

    async def join_topics(self) -> None:
        """Join the groups of new topics, and leave those of topics without subscribers, whenever there are some."""
        while True:
            await self.work.wait()
            self.work.clear()
            new = {name: topic for name, topic in self.topics.items() if topic.subscribers and not topic.is_joined}
            try:
                async with asyncio.timeout(SUBSCRIBE_SECONDS):
                    await self.start()
                    await self.join(new)
            except Exception as error:
                if not isinstance(error, LAYER_ERRORS):
                    logger.exception("subscription_failed")
                else:
                    logger.warning("subscription_failed", error=type(error).__name__, topics=len(new))
                for topic in new.values():
                    topic.fail(error if isinstance(error, LAYER_ERRORS) else OSError(str(error)))
                # Each try leaves a queue behind in the layer, and everyone who is refused tries again.
                await asyncio.sleep(PAUSE_SECONDS)
            else:
                for topic in new.values():
                    if not topic.joined.done():
                        topic.joined.set_result(None)
            await self.leave_unused()

    async def start(self) -> None:
        """Open this process's channel, and receive from it."""
        if self.channel is None:
            self.channel = await self.layer.new_channel()
            self.run(self.receive)
            if isinstance(self.layer, RedisPubSubChannelLayer):
                self.run(self.watch)
                self.run(self.watch_answers)

    async def join(self, topics: Iterable[str]) -> None:
        """Join the groups of the topics, and wait until messages to them arrive."""
        if names := list(topics):
            for group in map(group_of, names):
                try:
                    await self.layer.group_add(group, self.channel)
                except (RedisError, OSError):
                    # After a restart of the channel layer, the first try only finds that the old connection is closed.
                    await self.layer.group_add(group, self.channel)
            # Redis subscribes in the order of the requests. A message to the last group shows that all are subscribed.
            await self.probe(group_of(names[-1]))

    async def leave_unused(self) -> None:
        """Leave the groups of topics that have had no subscriber for some time."""
        for name, topic in list(self.topics.items()):
            if not topic.subscribers and self.loop.time() - topic.unused_since >= LINGER_SECONDS:
                del self.topics[name]
                if topic.timer:
                    topic.timer.cancel()
                if self.channel is not None:
                    # A channel layer that is down has lost its groups.
                    with suppress(*LAYER_ERRORS):
                        await self.layer.group_discard(group_of(name), self.channel)

    async def probe(self, group: str) -> None:
        """Send a message to a group, and wait until it has come back. Raises one of LAYER_ERRORS."""
        key = secrets.token_hex(8)
        answer = self.probes[key] = self.loop.create_future()
        pause = PROBE_AGAIN_SECONDS
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                # Subscribing and publishing have a connection each, so that a message may overtake the subscription.
                while not answer.done():
                    await self.layer.group_send(group, {"type": PROBE, "key": key})
                    await asyncio.wait({answer}, timeout=pause)
                    pause *= 2
        finally:
            del self.probes[key]

    async def receive(self) -> None:
        """Receive messages and pass them on."""
        while True:
            try:
                self.handle(await self.layer.receive(self.channel))
            except Exception:
                logger.exception("message_of_channel_layer_failed")

    def handle(self, message: dict[str, Any]) -> None:
        match message:
            case {"type": str(kind), "topic": str(name)} if topic := self.topics.get(name):
                if kind == UPDATE:
                    self.pass_on_soon(name, topic)
                elif kind == RECHECK:
                    self.call_subscribers(topic, lambda subscriber: subscriber.recheck(name))
            case {"type": kind, "key": str(key)} if kind == PROBE and key in self.probes:
                if not self.probes[key].done():
                    self.probes[key].set_result(None)

    def pass_on_soon(self, name: str, topic: Topic) -> None:
        """Pass an update on at once. Those that follow within GAP_SECONDS become one."""
        if topic.timer is not None:
            return
        delay = topic.passed_on_at + GAP_SECONDS - self.loop.time()
        if delay <= 0:
            self.pass_on(name, topic)
        else:
            topic.timer = self.loop.call_later(delay, self.pass_on, name, topic)

    def pass_on(self, name: str, topic: Topic) -> None:
        topic.timer = None
        topic.passed_on_at = self.loop.time()
        version = self.versions.next()
        self.call_subscribers(topic, lambda subscriber: subscriber.changed(name, version))

    def call_subscribers(self, topic: Topic, function: Callable[[Subscriber], None]) -> None:
        for subscriber in tuple(topic.subscribers):
            try:
                function(subscriber)
            except Exception:
                logger.exception("subscriber_failed")

    async def watch(self) -> None:
        """Notice that the connection to Redis was lost, and make up for the updates that are missing."""
        is_interrupted = False
        while True:
            is_interrupted |= self.reconnected.is_set()
            self.reconnected.clear()
            if (connection := subscribing_connection(self.layer)) is not None:
                connection.register_connect_callback(self.on_connect)  # does nothing the second time
            try:
                await self.layer.group_add(self.own_group, self.channel)
                await self.probe(self.own_group)
            except LAYER_ERRORS as error:
                if not is_interrupted:
                    logger.warning("channel_layer_interrupted", error=type(error).__name__)
                is_interrupted = True
            else:
                # A connection that was lost meanwhile sets the event again.
                if is_interrupted and not self.reconnected.is_set():
                    is_interrupted = False
                    self.resynchronize()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.reconnected.wait(), PAUSE_SECONDS if is_interrupted else CHECK_SECONDS)

    async def watch_answers(self) -> None:
        """Notice that Redis hung, though no connection was lost."""
        while True:
            # A thread of its own takes the time, so that a busy event loop does not look like a hung Redis.
            if await asyncio.to_thread(answers_late):
                self.reconnected.set()
            await asyncio.sleep(ASK_SECONDS)

    async def on_connect(self, connection: Any) -> None:
        """Take note of a new connection: redis-py calls this after it has subscribed again."""
        self.reconnected.set()

    def resynchronize(self) -> None:
        """Pass an update of every topic on, and let its subscribers ask again."""
        logger.info("topics_resynchronized", topics=len(self.topics))
        for name, topic in self.topics.items():
            if topic.timer is None:
                delay = random.random() * SPREAD_SECONDS  # noqa: S311 - it spreads load and protects nothing
                topic.timer = self.loop.call_later(delay, self.resynchronize_topic, name, topic)

    def resynchronize_topic(self, name: str, topic: Topic) -> None:
        self.pass_on(name, topic)
        self.call_subscribers(topic, lambda subscriber: subscriber.recheck(name))


def answers_late() -> bool:
    """Return whether Redis answered so late, or not at all, that a publisher may have given up meanwhile."""
    started = time.monotonic()
    try:
        redis_client().ping()
    except RedisTimeoutError:
        return True
    except LAYER_ERRORS:
        return False  # the connection was lost, which the other watcher notices
    return time.monotonic() - started > LATE_SECONDS


_of_loops: dict[asyncio.AbstractEventLoop, Subscriptions] = {}


def subscriptions() -> Subscriptions:
    """Return the subscriptions of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _of_loops:
        for closed in [other for other in _of_loops if other.is_closed()]:  # of tests
            del _of_loops[closed]
        _of_loops[loop] = Subscriptions(get_channel_layer())
    return _of_loops[loop]
