"""Sign-ins that wait for the provider's answer. They are in the session of the browser that began them.

So an answer counts only in this browser, once, and for some minutes. One browser may have several, in several tabs.
"""

import secrets
import time
from base64 import urlsafe_b64encode
from dataclasses import asdict, dataclass
from hashlib import sha256
from hmac import compare_digest
from typing import Self

from django.contrib.sessions.backends.base import SessionBase

SESSION_KEY = "institute_sign_ins"
LIFETIME_SECONDS = 600
MOST = 5  # of one browser; the oldest is forgotten


@dataclass(frozen=True, slots=True)
class Pending:
    """What belongs to one sign-in: `state` names it, `nonce` is in its token, and `verifier` is for PKCE (RFC 7636)."""

    state: str
    nonce: str
    verifier: str
    next: str
    began_at: float

    @classmethod
    def begin(cls, session: SessionBase, next_path: str) -> Self:
        """Make one, and remember it in the session."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        one = cls(state, nonce, verifier, next_path, time.time())
        session[SESSION_KEY] = [*session.get(SESSION_KEY, []), asdict(one)][-MOST:]
        return one

    @classmethod
    def take(cls, session: SessionBase, state: str) -> Self | None:
        """Return the one with this state, and forget it; None if there is none, or if it is too old."""
        entries = [cls(**entry) for entry in session.get(SESSION_KEY, [])]
        found = [one for one in entries if compare_digest(one.state.encode(), state.encode())]
        if not found:
            return None
        session[SESSION_KEY] = [asdict(one) for one in entries if one not in found]
        return found[0] if time.time() - found[0].began_at < LIFETIME_SECONDS else None

    @property
    def challenge(self) -> str:
        """The digest of the verifier, which the authorization request has."""
        return urlsafe_b64encode(sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()
