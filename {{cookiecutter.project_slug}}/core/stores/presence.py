"""Presence: how many people look at something now. It is in the application store.

    presence = Presence("polls", "7")
    presence.touch(person.pk)  # the number of people, this one included
    presence.count()

A person counts once, and until LIFETIME after the last call of `touch`. The number is a convenience: after the store
was lost, it is right again within LIFETIME.
"""

from datetime import timedelta

from .application_store import ApplicationStore

LIFETIME = timedelta(seconds=40)  # pages call every 15 seconds, so one call may be lost
MOST_PEOPLE = 1000  # are counted; the number is then MOST_PEOPLE

# Add or remove a person, and count. KEYS: a sorted set of ids of people by when they expire. ARGV: the id or nothing,
# the lifetime in milliseconds (0 removes the person), and the most people.
COUNT = """
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
local number = redis.call('ZCARD', KEYS[1])
if ARGV[1] == '' then return number end
local is_counted = redis.call('ZSCORE', KEYS[1], ARGV[1])
if tonumber(ARGV[2]) == 0 then
  return number - redis.call('ZREM', KEYS[1], ARGV[1])
end
if is_counted or number < tonumber(ARGV[3]) then
  redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return redis.call('ZCARD', KEYS[1])
"""


class Presence:
    """The people at one thing of an app. Each method costs one round trip and returns the number of people after it."""

    def __init__(self, namespace: str, thing: str):
        self.store = ApplicationStore(namespace)
        self.key = f"presence:{thing}"

    def touch(self, person_id: int) -> int:
        """Count a person for the next LIFETIME."""
        return self._run(person_id, LIFETIME)

    def leave(self, person_id: int) -> int:
        """Stop counting a person."""
        return self._run(person_id, timedelta(0))

    def count(self) -> int:
        """Count the people who are there now."""
        return self._run("", timedelta(0))

    def _run(self, member: int | str, lifetime: timedelta) -> int:
        number: int = self.store.run_script(
            COUNT, [self.key], member, lifetime // timedelta(milliseconds=1), MOST_PEOPLE
        )
        return number
