"""Closes a socket whose person loses access: a role ended, the session was revoked, the account was deactivated.

Each such change publishes an update to the sockets that it concerns. An update may be lost, so each socket also checks
again every few minutes, and after midnight, when roles begin and end.
"""

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import structlog
from channels.auth import get_user
from channels.db import database_sync_to_async
from django.conf import settings
from django.utils import timezone

from core.http.clients import socket_client_ip
from core.live.subscriptions import LAYER_ERRORS, subscriptions
from core.people.models import Person
from core.people.versions import access_topic
from core.plugins.manifest import Audience
from core.sessions.django_internals import replace_wrapped
from core.sessions.sockets import Application
from core.sessions.store import SessionStore, session_topic
from core.stores.outage import is_outage

from .audience import AccessDecision, Outcome, decide
from .visitor import Visitor

logger = structlog.get_logger(__name__)

# 4000 plus the last digit of the HTTP status. Codes from 4000 to 4999 are for applications (RFC 6455, section 7.4.2).
SIGNED_OUT = 4001
FORBIDDEN = 4003

RECHECK_SECONDS = 300
SUBSCRIBE_AGAIN_SECONDS = 5  # without the channel layer, until the next try to subscribe
STOP_SECONDS = 5  # a consumer's time to finish after its socket was closed


# In the scope of a person's socket: functions to call after each check that leaves the socket open.
RECHECK_LISTENERS = "recheck_listeners"


async def decide_socket(audience: Audience, scope: dict[str, Any]) -> AccessDecision:
    """Return whether a socket may open, and set its visitor in the scope."""
    scope["visitor"] = Visitor(scope["user"], socket_client_ip(scope))
    # Roles come from the cache or the database, which block.
    decision: AccessDecision = await database_sync_to_async(decide)(audience, scope["visitor"], settings.SITE)
    return decision


class AccessUpdates:
    """Subscribes to the changes of a person's access."""

    def __init__(self) -> None:
        self.has_arrived = asyncio.Event()

    def changed(self, topic: str, version: int) -> None:
        self.has_arrived.set()

    def recheck(self, topic: str) -> None:
        self.has_arrived.set()

    async def wait(self, seconds: float) -> None:
        """Wait for a change, at most for some seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.has_arrived.wait(), seconds)


class SessionGuard:
    """Runs the socket of a person, and closes it when the person loses access."""

    def __init__(self, audience: Audience, inner: Application, scope: dict[str, Any], receive: Any, send: Any):
        self.audience = audience
        self.inner = inner
        self.scope = scope
        self.receive_from_browser = receive
        self.send = send
        self.closed: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.listeners: list[Callable[[], None]] = []
        scope[RECHECK_LISTENERS] = self.listeners

    async def run(self) -> None:
        """Run the inner application until it ends, or until the guard has closed the socket."""
        inner = asyncio.ensure_future(self.inner(self.scope, self.receive, self.send))
        watch = asyncio.ensure_future(self.watch())
        try:
            await asyncio.wait({inner, watch}, return_when=asyncio.FIRST_COMPLETED)
            if not inner.done():
                code = watch.result()
                logger.info("socket_closed", person_id=self.scope["user"].pk, code=code, path=self.scope["path"])
                await self.send({"type": "websocket.close", "code": code})
                self.closed.set_result(code)
                await asyncio.wait({inner}, timeout=STOP_SECONDS)
            if inner.done():
                inner.result()
        finally:
            for task in (inner, watch):
                task.cancel()
            await asyncio.gather(inner, watch, return_exceptions=True)

    async def receive(self) -> dict[str, Any]:
        """Return the browser's next event, or a disconnect after the guard has closed the socket."""
        incoming = asyncio.ensure_future(self.receive_from_browser())
        try:
            await asyncio.wait({incoming, self.closed}, return_when=asyncio.FIRST_COMPLETED)
            if incoming.done():
                event: dict[str, Any] = incoming.result()
                return event
            return {"type": "websocket.disconnect", "code": self.closed.result()}
        finally:
            incoming.cancel()

    async def watch(self) -> int:
        """Wait until the person has lost access, and return the code to close the socket with."""
        topics = [access_topic(self.scope["user"].pk), session_topic(self.scope["session"].session_key)]
        updates = AccessUpdates()
        try:
            is_subscribed = await self.subscribe(topics, updates)
            # The first check is immediate: access may have changed between the handshake and the subscription.
            while (code := await self.recheck(updates)) is None:
                wait_until = time.monotonic() + seconds_until_recheck()
                while not updates.has_arrived.is_set() and (seconds := wait_until - time.monotonic()) > 0:
                    if is_subscribed:
                        await updates.wait(seconds)
                    else:
                        # Without updates, the regular checks remain.
                        await updates.wait(min(seconds, SUBSCRIBE_AGAIN_SECONDS))
                        if is_subscribed := await self.subscribe(topics, updates):
                            updates.has_arrived.set()
            return code
        finally:
            subscriptions().remove(topics, updates)

    async def subscribe(self, topics: list[str], updates: AccessUpdates) -> bool:
        """Subscribe to the changes of the person's access, and return whether the channel layer let it."""
        try:
            await subscriptions().add(topics, updates)
        except LAYER_ERRORS as error:
            logger.warning("session_guard_without_channel_layer", error=type(error).__name__)
            return False
        return True

    def refresh(self, session: SessionStore, person: Person) -> None:
        """Let the consumer see the session and the person as they are now: a flag, a permission, a second factor."""
        self.scope["session"].replace_data(session.session_data(no_load=False))
        replace_wrapped(self.scope["user"], person)

    async def recheck(self, updates: AccessUpdates) -> int | None:
        """Return the code to close the socket with; None while the person has access."""
        updates.has_arrived.clear()
        try:
            session = SessionStore.from_token(self.scope["session"].token)
            person = await get_user({"session": session})
            if not person.is_authenticated or person.pk != self.scope["user"].pk:
                return SIGNED_OUT
            visitor = Visitor(person, self.scope["visitor"].ip_address)
            decision = await database_sync_to_async(decide)(self.audience, visitor, settings.SITE)
        except Exception as error:
            if not is_outage(error):
                raise
            return None  # an outage closes no socket: the next check decides
        if decision:
            self.refresh(session, person)
            for listener in self.listeners:
                listener()
            return None
        return SIGNED_OUT if decision.outcome is Outcome.SIGN_IN else FORBIDDEN


def seconds_until_recheck(now: datetime | None = None) -> float:
    """Return the time until midnight, at most some minutes, with jitter so that sockets do not check all at once."""
    now = timezone.localtime(now)
    midnight = timezone.make_aware(datetime.combine(now.date() + timedelta(days=1), datetime.min.time()))
    jitter = random.random()  # noqa: S311 - it spreads load and protects nothing
    return min((midnight - now).total_seconds() + jitter, RECHECK_SECONDS * (0.8 + 0.4 * jitter))
