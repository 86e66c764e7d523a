"""The portal's answers to allauth's questions about second factors.

Their secrets are encrypted in the database, under keys of their own (`ENCRYPTION_KEYS`).

https://docs.allauth.org/en/latest/mfa/adapter.html
"""

from typing import Any

from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings

from core.encryption import decrypt, encrypt
from core.people.models import Person

from .passkeys import host_of


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth has no types
    def encrypt(self, text: str) -> str:
        return encrypt(text, purpose="second-factor")

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret of a second factor. Raises NoKeyDecrypts."""
        return decrypt(encrypted_text, purpose="second-factor")

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return what a passkey belongs to: the host of the request."""
        return {"id": host_of(context.request), "name": settings.PORTAL.name}

    def get_public_key_credential_user_entity(self, user: Person) -> dict[str, Any]:
        """Return what the device shows to choose from several passkeys: the username and the name of the person."""
        return {**super().get_public_key_credential_user_entity(user), "name": user.username}
