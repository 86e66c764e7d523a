"""Second factors are encrypted in the database, under keys of their own (`ENCRYPTION_KEYS`).

https://docs.allauth.org/en/latest/mfa/adapter.html
"""

from allauth.mfa.adapter import DefaultMFAAdapter

from core.encryption import decrypt, encrypt


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    def encrypt(self, text: str) -> str:
        return encrypt(text, purpose="second-factor")

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret of a second factor. Raises NoKeyDecrypts."""
        return decrypt(encrypted_text, purpose="second-factor")
