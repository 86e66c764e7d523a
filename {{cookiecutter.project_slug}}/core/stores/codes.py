"""One-time codes: short secrets that a person types in. They are in the session store, which evicts nothing.

    approvals = codes("accounts", "second-factor", lifetime=timedelta(hours=24))
    code = approvals.create(person.pk)  # such as "7KQM-X2RD": show it once
    if not approvals.redeem(person.pk, typed): ...

Only a digest of the code is stored. A code works once, for one purpose and one person, until its lifetime ends, a newer
code takes its place, or there were too many wrong tries.
"""

import re
import secrets
from datetime import timedelta

from django.utils.crypto import constant_time_compare, salted_hmac

from .namespaces import milliseconds
from .session_store import ProtectedValues

MOST_TRIES = 5

# Without letters and digits that look alike: 0 and O, 1, I and L, U and V. 8 of these 30 characters are 39 bits.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
GROUP = 4  # characters between dashes
MAX_TYPED = 40  # characters; a longer text is no code

CREATE = """
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'digest', ARGV[1], 'tries', 0)
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
"""

# Count a try, and return the digest, or nothing when there is no code or no try left.
TRY = """
local digest = redis.call('HGET', KEYS[1], 'digest')
if not digest then return false end
if redis.call('HINCRBY', KEYS[1], 'tries', 1) > tonumber(ARGV[1]) then
  redis.call('DEL', KEYS[1])
  return false
end
return digest
"""

# Delete the code, unless somebody used or replaced it since it was compared.
USE = """
if redis.call('HGET', KEYS[1], 'digest') ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
"""


class Codes:
    """The codes of an app for one purpose. A person has at most one."""

    def __init__(self, namespace: str, purpose: str, *, lifetime: timedelta, tries: int = MOST_TRIES):
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,39}", purpose):
            raise ValueError(f"a purpose has 1 to 40 lower-case letters, digits and dashes, not {purpose!r}")
        if tries < 1:
            raise ValueError(f"a code has at least one try, not {tries}")
        self.store = ProtectedValues(namespace)
        self.purpose, self.tries = purpose, tries
        self.lifetime_milliseconds = milliseconds(lifetime, longest=self.store.max_lifetime)

    def create(self, person_id: int) -> str:
        """Make a new code for a person and return it. It takes the place of an earlier one."""
        code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
        self.store.run_script(CREATE, [self._key(person_id)], self._digest(person_id, code), self.lifetime_milliseconds)
        return f"{code[:GROUP]}-{code[GROUP:]}"

    def redeem(self, person_id: int, typed: str) -> bool:
        """Return whether `typed` is the person's code, and use it up. A wrong one costs a try.

        Spaces, dashes and lower case make no difference. Of two calls at the same time, one returns True.
        """
        key = self._key(person_id)
        stored = self.store.run_script(TRY, [key], self.tries)
        digest = self._digest(person_id, normalize(typed))
        if stored is None or not constant_time_compare(stored, digest):
            return False
        return bool(self.store.run_script(USE, [key], digest))

    def revoke(self, person_id: int) -> bool:
        """Delete the person's code, and return whether there was one."""
        return self.store.delete(self._key(person_id))

    def _key(self, person_id: int) -> str:
        return f"one-time-code:{self.purpose}:{person_id}"

    def _digest(self, person_id: int, code: str) -> str:
        """Return a digest that nobody can make without SECRET_KEY, so codes cannot be tried out offline."""
        salt = f"core.stores.codes:{self.store.prefix}:{self.purpose}"
        return salted_hmac(salt, f"{person_id}:{code}", algorithm="sha256").hexdigest()


def normalize(typed: str) -> str:
    return re.sub(r"[\s-]", "", typed[:MAX_TYPED]).upper()


def codes(namespace: str, purpose: str, *, lifetime: timedelta, tries: int = MOST_TRIES) -> Codes:
    """Return the codes of the app called `namespace` for one purpose."""
    return Codes(namespace, purpose, lifetime=lifetime, tries=tries)
