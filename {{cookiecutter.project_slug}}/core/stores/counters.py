"""Counters of limits: how often something may happen in a period. They are in the session store, which evicts nothing.

    allowance = limit("polls", f"created:{person.pk}", most=20, per=timedelta(days=1))
    if not allowance.is_allowed:
        raise TooManyRequests(allowance.retry_after.total_seconds(), "You can create 20 polls in a day.")

A period begins with the first call and has a fixed end. Visitors must not choose how many keys there are: put the id of
a person, or a network, into the key, and nothing that was typed.
"""

from dataclasses import dataclass
from datetime import timedelta

from .namespaces import milliseconds
from .session_store import ProtectedValues

# Count a call. Returns the number of calls in this period and the milliseconds until its end.
COUNT = """
local number = redis.call('INCR', KEYS[1])
if number == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {number, redis.call('PTTL', KEYS[1])}
"""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a limit after this call."""

    is_allowed: bool
    remaining: int  # further calls that are allowed in this period
    retry_after: timedelta  # until the next call is allowed; zero while one is


def limit(namespace: str, key: str, *, most: int, per: timedelta) -> Allowance:
    """Count a call of `key`, and return whether it is one of `most` in the period `per`. Costs one round trip.

    The result has `is_allowed`, the `remaining` calls, and `retry_after`, the time until the next one is allowed.
    `per` is at most 7 days. Refused calls are counted too, and do not make the period longer.
    """
    if most < 1:
        raise ValueError(f"a limit allows at least one call, not {most}")
    store = ProtectedValues(namespace)
    lifetime = milliseconds(per, longest=store.max_lifetime)
    number, until_end = store.run_script(COUNT, [f"limit:{key}"], lifetime)
    remaining = max(0, most - number)
    return Allowance(number <= most, remaining, timedelta(milliseconds=0 if remaining else max(0, until_end)))
