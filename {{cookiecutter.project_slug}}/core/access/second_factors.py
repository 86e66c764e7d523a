"""The secrets of second factors in the database, and the key that encrypts them."""

from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from django.db import transaction

from core.encryption import NoKeyDecrypts, Purpose, decrypt, encrypt, is_encrypted

# What an authenticator app shares with the portal, and what recovery codes are made from.
SECRETS = ("secret", "seed")
PURPOSE: Purpose = "second-factor"


@dataclass
class Reencrypted:
    """How many second factors have the first key now, and the people of those that no key decrypts."""

    count: int
    lost: list[str]


def reencrypt_second_factors() -> Reencrypted:
    """Encrypt every second factor with the first key of ENCRYPTION_KEYS. May run again, and beside sign-ins."""
    result = Reencrypted(0, [])
    for pk in Authenticator.objects.order_by("pk").values_list("pk", flat=True).iterator():
        with transaction.atomic():
            # Locked, because a recovery code that is used meanwhile changes the same row.
            row = Authenticator.objects.select_for_update().select_related("user").filter(pk=pk).first()
            if row is None:
                continue
            try:
                row.data |= {name: reencrypt(text) for name, text in secrets_of(row.data).items()}
            except NoKeyDecrypts:
                result.lost.append(row.user.get_username())
                continue
            row.save(update_fields=["data"])
            result.count += 1
    return result


def secrets_of(data: dict[str, Any]) -> dict[str, str]:
    return {name: data[name] for name in SECRETS if name in data}


def reencrypt(text: str) -> str:
    """Encrypt `text` with the first key. A server of the version before encryption may have written it plainly.

    Raises NoKeyDecrypts.
    """
    return encrypt(decrypt(text, purpose=PURPOSE) if is_encrypted(text) else text, purpose=PURPOSE)


def count_undecryptable() -> int:
    """Return how many second factors no key of ENCRYPTION_KEYS decrypts: their people cannot sign in with them."""
    count = 0
    for data in Authenticator.objects.values_list("data", flat=True).iterator():
        try:
            for text in secrets_of(data).values():
                decrypt(text, purpose=PURPOSE)
        except NoKeyDecrypts:
            count += 1
    return count
