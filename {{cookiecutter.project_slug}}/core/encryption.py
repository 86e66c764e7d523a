"""Encryption at rest of what the portal must be able to read again.

These are second factors, sessions, mail that waits, and the keys that sign ID tokens.

The keys are those of `ENCRYPTION_KEYS`: the first encrypts, all of them decrypt. So a key is replaced without losing
what the old one encrypted: docs/operate/rotate-the-encryption-key.md. Mail has keys
that are made of them, `MAIL_KEYS`: the worker decrypts mail and nothing else.
"""

import base64
from functools import lru_cache
from typing import Literal

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

# What a text is encrypted for. A text of one purpose does not decrypt as one of another.
Purpose = Literal["second-factor", "session", "mail", "signing-key"]

KEY_BYTES = 32
START = "gAAAA"  # of every Fernet token: its version, and the first bytes of its time until 2106


class NoKeyDecrypts(Exception):
    """No key of ENCRYPTION_KEYS decrypts a text: its key was removed too early, or the text was changed."""

    def __init__(self) -> None:
        super().__init__(
            "No key of ENCRYPTION_KEYS decrypts this. Put the key that was removed back at the end of ENCRYPTION_KEYS"
            " in .env, start again, and run: python manage.py reencrypt"
        )


def encrypt(text: str, *, purpose: Purpose) -> str:
    """Encrypt `text` with the first key. The result is ASCII: letters, digits and - _ =."""
    return _cipher(purpose).encrypt(text.encode()).decode()


def decrypt(encrypted: str, *, purpose: Purpose) -> str:
    """Decrypt a result of `encrypt` with the key that it needs. Raises NoKeyDecrypts."""
    try:
        return _cipher(purpose).decrypt(encrypted).decode()
    except InvalidToken:
        raise NoKeyDecrypts from None


def is_encrypted(text: str) -> bool:
    """Return whether `text` looks like a result of `encrypt`, with a key that may be unknown."""
    return text.startswith(START)


def _cipher(purpose: Purpose) -> MultiFernet:
    keys = settings.MAIL_KEYS if purpose == "mail" else settings.ENCRYPTION_KEYS
    return _make_cipher(tuple(keys), purpose)


@lru_cache(maxsize=16)  # the tests change the keys
def _make_cipher(keys: tuple[str, ...], purpose: Purpose) -> MultiFernet:
    return MultiFernet([Fernet(_derive(key, purpose)) for key in keys])


def _derive(key: str, purpose: Purpose) -> bytes:
    derivation = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"portal {purpose}".encode())
    return base64.urlsafe_b64encode(derivation.derive(key.encode()))
