"""The codes of an authenticator app."""

import base64
import hmac
import struct


def one_time_code(secret: str, moment: float) -> str:
    """Return the six digits for a moment, in seconds since 1970 (RFC 6238). The secret is in Base32."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(moment // 30)), "sha1")
    (number,) = struct.unpack_from(">I", digest, digest[-1] & 15)
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06}"
