"""The private API of Django's sessions that the portal uses, and the only module that uses it.

tests/test_internals.py fails when a release of Django moves one of these names.
"""

from typing import Any

from django.contrib.sessions.backends.cache import SessionStore as CacheSessionStore
from django.core.cache import BaseCache
from django.utils.functional import LazyObject

PRIVATE = (
    "django.utils.functional.LazyObject._wrapped",
    *(
        f"django.contrib.sessions.backends.{name}"
        for name in (
            "base.SessionBase._get_new_session_key",
            "base.SessionBase._aget_new_session_key",
            "base.SessionBase._get_session",
            "base.SessionBase._aget_session",
            "base.SessionBase._session_key",
            "cache.SessionStore",
        )
    ),
)


class AdaptableSessionStore(CacheSessionStore):
    """Django's sessions in a cache, with public names for what a subclass changes or reads."""

    def make_session_key(self) -> str:
        """Return the key of a new session."""
        raise NotImplementedError

    @property
    def cache(self) -> BaseCache:
        cache: BaseCache = self._cache  # type: ignore[attr-defined]  # private, so the stubs lack it
        return cache

    def drop_session_key(self) -> None:
        """Make this a session that does not exist yet."""
        self._session_key = None

    def session_data(self, *, no_load: bool) -> dict[str, Any]:
        """Return the session's data, which is loaded on the first call unless `no_load`."""
        data: dict[str, Any] = self._get_session(no_load=no_load)  # type: ignore[attr-defined]  # as above
        return data

    def replace_data(self, data: dict[str, Any]) -> None:
        """Replace the data of a session that was loaded before."""
        self._session_cache = data

    async def asession_data(self, *, no_load: bool) -> dict[str, Any]:
        data: dict[str, Any] = await self._aget_session(no_load=no_load)  # type: ignore[attr-defined]  # as above
        return data

    def _get_new_session_key(self) -> str:
        return self.make_session_key()

    async def _aget_new_session_key(self) -> str:
        return self.make_session_key()


def replace_wrapped(lazy: "LazyObject[Any]", value: object) -> None:
    """Put another object behind a lazy one, for everyone who holds the lazy one."""
    lazy._wrapped = value
