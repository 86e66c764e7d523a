"""Limits the size and the rate of a browser's messages. A socket that exceeds a limit is closed."""

import time
from typing import Any

from django.conf import settings

# Daphne sends only codes from 4000 to 4999, which are for applications (RFC 6455, section 7.4.2). These follow the
# registered 1009 (message too big) and 1008 (policy violation).
TOO_LARGE = 4009
TOO_MANY = 4008


class SocketLimits:
    """Closes a socket on a message that is too large, or on too many messages, before the app receives it."""

    def __init__(self, inner: Any):
        self.inner = inner

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        bucket = Bucket(rate=settings.MESSAGES_PER_SECOND, size=settings.MESSAGES_AT_ONCE)

        async def limited_receive() -> dict[str, Any]:
            event: dict[str, Any] = await receive()
            if event["type"] != "websocket.receive":
                return event
            code = None
            if size_of(event) > settings.LARGEST_MESSAGE_BYTES:
                code = TOO_LARGE
            elif not bucket.take():
                code = TOO_MANY
            if code is None:
                return event
            await send({"type": "websocket.close", "code": code})
            return {"type": "websocket.disconnect", "code": code}

        await self.inner(scope, limited_receive, send)


class Bucket:
    """A token bucket: `size` messages at once, `rate` messages per second on average."""

    def __init__(self, *, rate: float, size: float):
        self.rate, self.size = rate, size
        self.tokens, self.filled_at = size, time.monotonic()

    def take(self, tokens: int = 1) -> bool:
        """Take some tokens, and return whether there were as many."""
        now = time.monotonic()
        self.tokens = min(self.size, self.tokens + (now - self.filled_at) * self.rate)
        self.filled_at = now
        if self.tokens < tokens:
            return False
        self.tokens -= tokens
        return True


def size_of(event: dict[str, Any]) -> int:
    """Return the size of a received message in bytes."""
    if (text := event.get("text")) is not None:
        return len(text.encode())
    return len(event.get("bytes") or b"")
