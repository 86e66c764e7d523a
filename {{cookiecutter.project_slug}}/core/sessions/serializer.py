"""How sessions are written to the session store: encrypted JSON.

A session may hold the secret of a second factor that is being set up, the key of a password reset, and a digest of the
password's hash. The Redis GUI shows the ciphertext.
"""

import json
from typing import Any

import structlog
from django_redis.serializers.base import BaseSerializer

from core.encryption import NoKeyDecrypts, decrypt, encrypt

logger = structlog.get_logger(__name__)


class EncryptedSerializer(BaseSerializer):  # type: ignore[misc]  # django-redis has no types
    """A serializer of django-redis. What no key decrypts counts as absent: its browser is signed out."""

    def dumps(self, value: Any) -> bytes:
        return encrypt(json.dumps(value), purpose="session").encode()

    def loads(self, value: bytes) -> Any:
        try:
            return json.loads(decrypt(value.decode("ascii", "replace"), purpose="session"))
        except NoKeyDecrypts:
            logger.warning("session_not_decrypted")
            return None
