"""Sessions in the session store, under a key from which nobody can make the cookie.

The cookie holds a random token. The session's key, everywhere else (the store, the database, logs), is the first 40
hexadecimal digits of the token's SHA-256: whoever reads a dump finds keys, and a key is no cookie. Forty is what
fits Django's own session keys; 160 bits of a digest cannot be guessed either.
"""

import hashlib
import secrets
import time
from typing import Any, Self

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.sessions.backends.cache import SessionStore as CacheSessionStore

from core.live.publishing import publish, topic

TOKEN_BYTES = 32
KEY_LENGTH = 40
LONGEST_TOKEN = 128  # characters of a cookie that are looked at

# Kept in the session's own data: the site it belongs to, and when it was last written.
SITE = "_site"
WRITTEN_AT = "_written_at"


def session_topic(session_key: str) -> str:
    """What a session's sockets follow, to learn that it has ended."""
    return topic("access", "session", session_key)


def key_of(token: str) -> str:
    """The session key that belongs to a cookie's token."""
    return hashlib.sha256(token.encode()).hexdigest()[:KEY_LENGTH]


class SessionStore(CacheSessionStore):
    """A session that knows its cookie's token while it is being made, and its key ever after.

    A store that does not answer is an error here, never an empty session: Django's own would sign everybody out.
    To a cookie a session of the other site is none. To whoever has its key (the list of a person's sessions) it is
    one: a person is signed in on both sites, and may end either from the other.
    """

    cache_key_prefix = "sessions:"

    def __init__(self, session_key: str | None = None):
        self.token: str | None = None
        super().__init__(session_key)

    @classmethod
    def from_token(cls, token: str | None) -> Self:
        """The session that a cookie's token opens."""
        if not token or len(token) > LONGEST_TOKEN or not token.isascii():
            return cls(None)
        store = cls(key_of(token))
        store.token = token
        return store

    def _get_new_session_key(self) -> str:
        # 256 random bits do not collide, so nothing is looked up; create() uses ADD, which would refuse.
        self.token = secrets.token_urlsafe(TOKEN_BYTES)
        return key_of(self.token)

    async def _aget_new_session_key(self) -> str:
        return self._get_new_session_key()

    def load(self) -> dict[str, Any]:
        return self._accept(self._cache.get(self.cache_key))

    async def aload(self) -> dict[str, Any]:
        return self._accept(await self._cache.aget(await self.acache_key()))

    def _accept(self, data: dict[str, Any] | None) -> dict[str, Any]:
        if data is not None and (self.token is None or data.get(SITE) == settings.SITE):
            return data
        self._session_key = None
        return {}

    def save(self, must_create: bool = False) -> None:
        self._stamp(self._get_session(no_load=must_create))
        super().save(must_create)

    async def asave(self, must_create: bool = False) -> None:
        self._stamp(await self._aget_session(no_load=must_create))
        await super().asave(must_create)

    def delete(self, session_key: str | None = None) -> None:
        """End a session, wherever from: by signing out, or by whoever revokes it. Its sockets hear of it."""
        key = session_key or self.session_key
        super().delete(session_key)
        if key:
            publish(session_topic(key), {"type": "access.changed"})

    async def adelete(self, session_key: str | None = None) -> None:
        await sync_to_async(self.delete)(session_key)

    def _stamp(self, data: dict[str, Any]) -> None:
        data.setdefault(SITE, settings.SITE)
        data[WRITTEN_AT] = int(time.time())

    @property
    def is_aging(self) -> bool:
        """Whether a tenth of its age has passed since it was written, so that it is worth a write."""
        written_at = self.get(WRITTEN_AT)
        return written_at is not None and time.time() - written_at > settings.SESSION_COOKIE_AGE / 10
