"""Closes a socket whose person loses access: a role ended, the session was revoked, the account was deactivated.

Each such change publishes an update to the sockets that it concerns. An update may be lost, so each socket also checks
again every few minutes, and after midnight, when roles begin and end.
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
STOP_SECONDS = 5  # a consumer's time to finish after its socket was closed


async def decide_socket(audience: Audience, scope: dict[str, Any]) -> AccessDecision:
    """Return whether a socket may open, and set its visitor in the scope."""
    scope["visitor"] = Visitor(scope["user"], socket_client_ip(scope))
    # Roles come from the cache or the database, which block.
    decision: AccessDecision = await database_sync_to_async(decide)(audience, scope["visitor"], settings.SITE)
    return decision


class SessionGuard:
    """Runs the socket of a person, and closes it when the person loses access."""

    def __init__(self, audience: Audience, inner: Application, scope: dict[str, Any], receive: Any, send: Any):
        self.audience = audience
        self.inner = inner
        self.scope = scope
        self.receive_from_browser = receive
        self.send = send
        self.closed: asyncio.Future[int] = asyncio.get_running_loop().create_future()

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
                # Without updates, the regular checks remain.
                logger.warning("session_guard_without_channel_layer", error=type(error).__name__)
            # The first check is immediate: access may have changed between the handshake and the subscription.
            while (code := await self.recheck()) is None:
                events = {update} if update is not None else {self.closed}
                await asyncio.wait(events, timeout=seconds_until_recheck())
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
                    break  # a channel layer that is down has lost its groups

    def refresh(self, session: SessionStore, person: Person) -> None:
        """Let the consumer see the session and the person as they are now: a flag, a permission, a second factor."""
        self.scope["session"].replace_data(session.session_data(no_load=False))
        replace_wrapped(self.scope["user"], person)

    async def recheck(self) -> int | None:
        """Return the code to close the socket with; None while the person has access."""
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
            return None
        return SIGNED_OUT if decision.outcome is Outcome.SIGN_IN else FORBIDDEN


def seconds_until_recheck(now: datetime | None = None) -> float:
    """Return the time until midnight, at most some minutes, with jitter so that sockets do not check all at once."""
    now = timezone.localtime(now)
    midnight = timezone.make_aware(datetime.combine(now.date() + timedelta(days=1), datetime.min.time()))
    jitter = random.random()  # noqa: S311 - it spreads load and protects nothing
    return min((midnight - now).total_seconds() + jitter, RECHECK_SECONDS * (0.8 + 0.4 * jitter))
