"""The password hashers: Argon2id with OWASP's parameters, and PBKDF2 for hashes of other systems.

https://docs.djangoproject.com/en/stable/topics/auth/passwords/. A hash with other parameters verifies at its own cost,
and Django writes it anew when its person signs in.
"""

import structlog
from django.contrib.auth.hashers import Argon2PasswordHasher, PBKDF2PasswordHasher

from .limits import ARGON2_KIBIBYTES, ARGON2_LANES, ARGON2_PASSES
from .pool import hashing_pool

logger = structlog.get_logger(__name__)


class Argon2Hasher(Argon2PasswordHasher):
    memory_cost = ARGON2_KIBIBYTES
    time_cost = ARGON2_PASSES
    parallelism = ARGON2_LANES

    def encode(self, password: str, salt: str) -> str:
        encode = super().encode
        return hashing_pool().run(lambda: encode(password, salt), megabytes=megabytes(self.memory_cost))

    def verify(self, password: str, encoded: str) -> bool:
        """Verify at the cost that the hash names. A hash that needs more memory than a process has is never right."""
        verify, needed, pool = super().verify, megabytes(self.decode(encoded)["memory_cost"]), hashing_pool()
        if needed > pool.megabytes:
            logger.error("password_hash_too_large", megabytes=needed, allowed=pool.megabytes)
            return False
        return pool.run(lambda: verify(password, encoded), megabytes=needed)


class PBKDF2Hasher(PBKDF2PasswordHasher):
    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        encode = super().encode
        return hashing_pool().run(lambda: encode(password, salt, iterations), megabytes=0)


def megabytes(kibibytes: int) -> int:
    """Round up to MiB."""
    return -(-kibibytes // 1024)
