"""Closes a socket when whoever opened it is no longer welcome: a role ended, the session was revoked, the person left.

What changes tells the sockets that it concerns, over the channel layer. That is a update, and may get lost; so each
socket looks again by itself too, seldom, and when the day changes, which begins and ends roles.
"""

import asyncio
import random
from datetime import datetime, timedelta
from typing import Any

import structlog
from channels.auth import get_user
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings
from django.utils import timezone
from redis.exceptions import RedisError

from core.http.clients import socket_client_ip
from core.live.subscribing import SUBSCRIBE_SECONDS, subscribe
from core.people.versions import access_topic
from core.sessions.sockets import Application
from core.sessions.store import SessionStore, session_topic
from core.stores.outage import is_outage

from .audience import AccessDecision, Outcome, decide
from .visitor import Visitor

logger = structlog.get_logger(__name__)

# These rhyme with the statuses of HTTP; 4000 to 4999 are applications' own (RFC 6455, section 7.4.2).
SIGNED_OUT = 4001
FORBIDDEN = 4003

RECHECK_SECONDS = 300
STOPPING_SECONDS = 5  # for a consumer to tidy up after its socket was closed


async def decide_socket(audience: Any, scope: dict[str, Any]) -> AccessDecision:
    """What an audience says to the visitor of a socket, who is put into the scope."""
    scope["visitor"] = Visitor(scope["user"], socket_client_ip(scope))
    # Roles may come from the cache or the database, which are asked in a thread.
    decision: AccessDecision = await database_sync_to_async(decide)(audience, scope["visitor"], settings.SITE)
    return decision


class SessionGuard:
    """One socket of somebody who signed in."""

    def __init__(self, audience: Any, inner: Application, scope: dict[str, Any], receive: Any, send: Any):
        self.audience = audience
        self.inner = inner
        self.scope = scope
        self.receive_outer = receive
        self.send = send
        self.closed: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        inner = asyncio.ensure_future(self.inner(self.scope, self.receive, self.send))
        watch = asyncio.ensure_future(self.watch())
        try:
            await asyncio.wait({inner, watch}, return_when=asyncio.FIRST_COMPLETED)
            if not inner.done():
                code = watch.result()
                logger.info("socket_closed", person_id=self.scope["user"].pk, code=code, path=self.scope["path"])
                await self.send({"type": "websocket.close", "code": code})
                self.closed.set_result(code)
                await asyncio.wait({inner}, timeout=STOPPING_SECONDS)
            if inner.done():
                inner.result()
        finally:
            for task in (inner, watch):
                task.cancel()
            await asyncio.gather(inner, watch, return_exceptions=True)

    async def receive(self) -> dict[str, Any]:
        """What the browser sends; after the socket was closed from here, that it is gone."""
        incoming = asyncio.ensure_future(self.receive_outer())
        try:
            await asyncio.wait({incoming, self.closed}, return_when=asyncio.FIRST_COMPLETED)
            if incoming.done():
                event: dict[str, Any] = incoming.result()
                return event
            return {"type": "websocket.disconnect", "code": self.closed.result()}
        finally:
            incoming.cancel()

    async def watch(self) -> int:
        """The code to close with, as soon as there is a reason to."""
        layer = get_channel_layer()
        channel = await layer.new_channel("access")
        groups = [access_topic(self.scope["user"].pk), session_topic(self.scope["session"].session_key)]
        update: asyncio.Future[Any] | None = None
        try:
            try:
                async with asyncio.timeout(SUBSCRIBE_SECONDS):
                    for group in groups:
                        await subscribe(layer, group, channel)
                update = asyncio.ensure_future(layer.receive(channel))
            except (RedisError, OSError, TimeoutError) as error:
                logger.warning("socket_unwatched", error=type(error).__name__)  # it looks by itself
            # At once, for the change may have come between the door and here.
            while (code := await self.recheck()) is None:
                waited_for = {update} if update is not None else {self.closed}
                await asyncio.wait(waited_for, timeout=seconds_until_recheck())
                if update is not None and update.done():
                    update.result()
                    update = asyncio.ensure_future(layer.receive(channel))
            return code
        finally:
            if update is not None:
                update.cancel()
            for group in groups:
                try:
                    await layer.group_discard(group, channel)
                except (RedisError, OSError):
                    break  # a layer that is away has forgotten it

    async def recheck(self) -> int | None:
        """The code to close with when the door is shut by now."""
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
            return None  # what cannot be known now is known at the next look
        if decision:
            return None
        return SIGNED_OUT if decision.outcome is Outcome.SIGN_IN else FORBIDDEN


def seconds_until_recheck(now: datetime | None = None) -> float:
    """Until the day changes, at most some minutes; not the same for all sockets."""
    now = timezone.localtime(now)
    midnight = timezone.make_aware(datetime.combine(now.date() + timedelta(days=1), datetime.min.time()))
    jitter = random.random()  # noqa: S311 - it spreads load, and hides nothing
    return min((midnight - now).total_seconds() + jitter, RECHECK_SECONDS * (0.8 + 0.4 * jitter))
