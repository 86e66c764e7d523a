"""Sessions in the session store. Their keys do not reveal the cookies.

The cookie holds a random token. Everywhere else (the store, the database, the logs), the session's key is the first 40
hexadecimal digits of the token's SHA-256. So a dump of the store or the database contains no usable cookie. Django's
session keys have at most 40 characters, and 160 bits cannot be guessed.
"""

import hashlib
import secrets
import time
from typing import Any, Self

from asgiref.sync import sync_to_async
from django.conf import settings

from core.live.names import INTERNAL
from core.live.publishing import publish

from .django_internals import AdaptableSessionStore

TOKEN_BYTES = 32
KEY_LENGTH = 40
MAX_TOKEN_LENGTH = 128  # a longer cookie is not looked up

# Keys in the session's data: its site, when it began, and when it was last written. The times are seconds of the epoch.
SITE = "_site"
STARTED_AT = "_started_at"
WRITTEN_AT = "_written_at"


def session_topic(session_key: str) -> str:
    """Return the topic that announces the end of a session to its sockets."""
    return f"{INTERNAL}:session.{session_key}"


def key_of(token: str) -> str:
    """Return the session key of a token."""
    return hashlib.sha256(token.encode()).hexdigest()[:KEY_LENGTH]


class SessionStore(AdaptableSessionStore):
    """A session with the token of its cookie, when it was made from one, and its key.

    If the store is down, reading raises its error. Django's own store returns an empty session, which signs everyone
    out. A cookie does not open a session of the other site. The list of a person's sessions, which has the keys,
    contains those of both sites, so that a person can end either from the other.

    A session ends SESSION_LIFETIME_SECONDS after it began, however much it is used. The store deletes it then. The
    data says so too, in case the lifetime was shortened since it was written.
    """

    cache_key_prefix = "sessions:"

    def __init__(self, session_key: str | None = None):
        self.token: str | None = None
        super().__init__(session_key)

    @classmethod
    def from_token(cls, token: str | None) -> Self:
        """Return the session of a token. A malformed token gives an empty session."""
        if not token or len(token) > MAX_TOKEN_LENGTH or not token.isascii():
            return cls(None)
        store = cls(key_of(token))
        store.token = token
        return store

    def make_session_key(self) -> str:
        # 256 random bits do not collide, so the key needs no look-up. create() would refuse an existing key.
        self.token = secrets.token_urlsafe(TOKEN_BYTES)
        return key_of(self.token)

    def load(self) -> dict[str, Any]:
        return self._validated(self.cache.get(self.cache_key))

    async def aload(self) -> dict[str, Any]:
        return self._validated(await self.cache.aget(await self.acache_key()))

    def _validated(self, data: dict[str, Any] | None) -> dict[str, Any]:
        if data is not None and (self.token is None or data.get(SITE) == settings.SITE) and seconds_left(data) > 0:
            return data
        self.drop_session_key()
        return {}

    def save(self, must_create: bool = False) -> None:
        self._stamp(self.session_data(no_load=must_create))
        super().save(must_create)

    async def asave(self, must_create: bool = False) -> None:
        self._stamp(await self.asession_data(no_load=must_create))
        await super().asave(must_create)

    def delete(self, session_key: str | None = None) -> None:
        """End a session, by signing out or by revoking it, and notify its sockets."""
        key = session_key or self.session_key
        super().delete(session_key)
        if key:
            publish(session_topic(key))

    async def adelete(self, session_key: str | None = None) -> None:
        await sync_to_async(self.delete)(session_key)

    def start(self) -> None:
        """Make this the beginning of the session: a person has signed in."""
        self[STARTED_AT] = int(time.time())

    def get_expiry_age(self, **kwargs: Any) -> int:
        """Return the seconds until the session expires, unless it is used before; at most those until it ends."""
        return min(super().get_expiry_age(**kwargs), seconds_left(self.session_data(no_load=False)))

    async def aget_expiry_age(self, **kwargs: Any) -> int:
        return min(await super().aget_expiry_age(**kwargs), seconds_left(await self.asession_data(no_load=False)))

    def _stamp(self, data: dict[str, Any]) -> None:
        data.setdefault(SITE, settings.SITE)
        data[WRITTEN_AT] = int(time.time())
        data.setdefault(STARTED_AT, data[WRITTEN_AT])

    @property
    def should_be_written(self) -> bool:
        """Whether a tenth of the session's age has passed since it was written, so that its expiry should move.

        A session from before the portal recorded when sessions begin, begins when it is first used.
        """
        if (written_at := self.get(WRITTEN_AT)) is None:
            return False
        return STARTED_AT not in self or time.time() - written_at > settings.SESSION_COOKIE_AGE / 10


def seconds_left(data: dict[str, Any]) -> int:
    """Return the seconds until a session with this data ends, whether it is used or not."""
    age = time.time() - data.get(STARTED_AT, time.time())
    return max(0, int(settings.SESSION_LIFETIME_SECONDS - age))
