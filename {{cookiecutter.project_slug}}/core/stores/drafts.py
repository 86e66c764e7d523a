"""Drafts: what a person has typed into a form and not yet sent. They are in the application store.

    polls = drafts("polls")
    polls.save(person.pk, "poll", {"question": "Tea or cof"}, lifetime=timedelta(days=7))
    draft = polls.read(person.pk, "poll")  # Draft(value={"question": "Tea or cof"}, saved_at=...), or None

A draft is a convenience. A full store evicts the drafts that expire first, and a store that is down raises one of
core.stores.outage.STORE_ERRORS. core.api.drafts is the view of a draft.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from .application_store import ApplicationStore
from .namespaces import milliseconds

MOST_DRAFTS = 20  # of a person in an app; one more takes the place of the one that expires first
MAX_BYTES = 48_000  # of a draft as JSON in UTF-8, in which 10,000 characters of any script take at most 40,000

# Write a draft, and bound how many there are. KEYS: the draft, and the person's index, a sorted set of the drafts' keys
# by when they expire. ARGV: the draft, its lifetime in milliseconds, and the most drafts.
SAVE = """
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
redis.call('ZADD', KEYS[2], now + ARGV[2], KEYS[1])
local last = redis.call('ZRANGE', KEYS[2], -1, -1, 'WITHSCORES')
redis.call('PEXPIREAT', KEYS[2], last[2])
local over = redis.call('ZCARD', KEYS[2]) - ARGV[3]
if over > 0 then
  for _, name in ipairs(redis.call('ZRANGE', KEYS[2], 0, over)) do
    if over > 0 and name ~= KEYS[1] then
      redis.call('DEL', name)
      redis.call('ZREM', KEYS[2], name)
      over = over - 1
    end
  end
end
return 1
"""

DISCARD = """
redis.call('ZREM', KEYS[2], KEYS[1])
return redis.call('DEL', KEYS[1])
"""


class DraftTooLarge(ValueError):
    """The draft has more than MAX_BYTES as JSON in UTF-8."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed, as JSON, and when it was saved."""

    value: dict[str, Any]
    saved_at: datetime


class Drafts:
    """The drafts of an app. `name` tells the drafts of a person apart: letters, digits and . _ -, at most 60."""

    def __init__(self, namespace: str):
        self.store = ApplicationStore(namespace)

    def save(self, person_id: int, name: str, value: dict[str, Any], *, lifetime: timedelta) -> Draft:
        """Keep a draft for `lifetime`, at most 90 days, in one round trip, and return it.

        Raises DraftTooLarge, and ValueError for an invalid name or lifetime.
        """
        keys = self._keys(person_id, name)
        draft = Draft(value, datetime.now(UTC))
        stored = {"value": value, "saved_at": draft.saved_at.isoformat()}
        encoded = json.dumps(stored, cls=DjangoJSONEncoder, ensure_ascii=False).encode()
        if len(encoded) > MAX_BYTES:
            raise DraftTooLarge(f"a draft has at most {MAX_BYTES} bytes as JSON, not {len(encoded)}")
        lifetime_milliseconds = milliseconds(lifetime, longest=self.store.max_lifetime)
        self.store.run_script(SAVE, keys, encoded, lifetime_milliseconds, MOST_DRAFTS)
        return draft

    def read(self, person_id: int, name: str) -> Draft | None:
        """Return a draft, or None when there is none (any more)."""
        key, _ = self._keys(person_id, name)
        found = self.store.get(key)
        return None if found is None else Draft(found["value"], datetime.fromisoformat(found["saved_at"]))

    def discard(self, person_id: int, name: str) -> bool:
        """Delete a draft, and return whether there was one."""
        return bool(self.store.run_script(DISCARD, self._keys(person_id, name)))

    def _keys(self, person_id: int, name: str) -> tuple[str, str]:
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,60}", name):
            raise ValueError(f"the name of a draft has 1 to 60 letters, digits and . _ -, not {name[:80]!r}")
        return f"draft:{person_id}:{name}", f"drafts:{person_id}"


def drafts(namespace: str) -> Drafts:
    """Return the drafts of the app called `namespace`."""
    return Drafts(namespace)
