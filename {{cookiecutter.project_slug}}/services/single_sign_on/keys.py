"""The keys that sign ID tokens: made at the first need, kept encrypted in the database, and rotated by `signingkey`.

A new key is published for an hour before it signs, so that every client has fetched it by then (they keep the keys for
as long as the portal says). The one before stays published for a day after that, for tokens that it signed.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import jwt
import structlog
from allauth.idp.oidc.models import PrivateKey
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.encryption import NoKeyDecrypts, Purpose, decrypt, encrypt
from core.stores.cache import cached

from .allauth_internals import load_key
from .models import SigningKey

logger = structlog.get_logger(__name__)

PURPOSE: Purpose = "signing-key"
BITS = 2048  # as RFC 7518, section 3.3, asks at least
EXPONENT = 65537
ALGORITHM = "RS256"

CACHED = "keys"
CACHED_FOR = timedelta(minutes=1)  # after a rotation, which also forgets them, other processes may have the old list
STAYS_PUBLISHED = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rotation:
    """When a new key begins to sign, and until when the one before is published."""

    signs_from: datetime
    published_until: datetime


def signing_keys() -> list[PrivateKey]:
    """Return the published keys in allauth's form, the oldest first. Warm, this costs a look-up in the cache.

    There is always one that signs: without any, and when no key of ENCRYPTION_KEYS decrypts those that sign now, such
    as after a backup was restored without them, another one is made.
    """
    cache = cached("single_sign_on")
    keys = readable_keys(cache.get_or_compute(CACHED, published_rows, lifetime=CACHED_FOR))
    if not any(may_sign(key) for key in keys):
        keys = readable_keys(rows_with_a_usable_key())
        cache.forget(CACHED)
    return [key for key in keys if is_published(key)]


def is_published(key: PrivateKey) -> bool:
    return key.expires_at is None or key.expires_at > timezone.now()


def may_sign(key: PrivateKey) -> bool:
    return is_published(key) and key.not_before <= timezone.now()


def published_rows() -> list[Any]:
    """Return `[encrypted PEM, created, signs from, published until]` of each published key."""
    return [
        [key.pem, key.created_at.isoformat(), key.signs_from.isoformat(), until and until.isoformat()]
        for key in SigningKey.objects.order_by("number")
        if (until := key.published_until) is None or until > timezone.now()
    ]


def readable_keys(rows: list[Any]) -> list[PrivateKey]:
    """Return the keys that ENCRYPTION_KEYS decrypts. Others are logged, and doctor reports them."""
    keys = []
    for row in rows:
        try:
            keys.append(private_key(*row))
        except NoKeyDecrypts:
            logger.exception("signing_key_not_decrypted", created_at=row[1])
    return keys


def count_unreadable() -> int:
    """Return how many published keys no key of ENCRYPTION_KEYS decrypts."""
    rows = published_rows()
    return len(rows) - len(readable_keys(rows))


def rows_with_a_usable_key() -> list[Any]:
    """Return the rows of the published keys, and make a key that signs at once when no readable one does.

    The cache may say that there is none for a while after another process has made it, so the table decides.
    """
    rows = published_rows()
    if any(may_sign(key) for key in readable_keys(rows)):
        return rows
    last = SigningKey.objects.order_by("-number").values_list("number", flat=True).first()
    with suppress(IntegrityError), transaction.atomic():  # another process may make the key of this number
        make_key(number=(last or 0) + 1, signs_from=timezone.now())
    return published_rows()


def make_key(*, number: int, signs_from: datetime) -> SigningKey:
    private = rsa.generate_private_key(public_exponent=EXPONENT, key_size=BITS)
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return SigningKey.objects.create(number=number, pem=encrypt(pem, purpose=PURPOSE), signs_from=signs_from)


@lru_cache(maxsize=16)
def private_key(encrypted: str, created: str, signs_from: str, until: str | None) -> PrivateKey:
    return PrivateKey(
        pem=decrypt(encrypted, purpose=PURPOSE),
        issued_at=datetime.fromisoformat(created),
        not_before=datetime.fromisoformat(signs_from),
        expires_at=until and datetime.fromisoformat(until),
    )


@transaction.atomic
def rotate(*, at_once: bool = False) -> Rotation:
    """Make a key that signs an hour from now, and end the others a day later.

    `at_once` is for a key that somebody has copied: the new one signs now, and the others are published no more.
    """
    keys = list(SigningKey.objects.select_for_update().order_by("number"))
    now = timezone.now()
    signs_from = now if at_once or not keys else now + timedelta(seconds=settings.IDP_OIDC_JWKS_CACHE_CONTROL)
    until = now if at_once else signs_from + STAYS_PUBLISHED
    make_key(number=keys[-1].number + 1 if keys else 1, signs_from=signs_from)
    SigningKey.objects.filter(pk__in=[key.pk for key in keys], published_until__isnull=True).update(
        published_until=until
    )
    SigningKey.objects.filter(published_until__lt=now - STAYS_PUBLISHED).delete()
    if at_once:
        SigningKey.objects.filter(pk__in=[key.pk for key in keys]).update(published_until=until)
    transaction.on_commit(lambda: cached("single_sign_on").forget(CACHED))
    return Rotation(signs_from, until)


@transaction.atomic
def reencrypt_signing_keys() -> int:
    """Encrypt the keys with the first key of ENCRYPTION_KEYS, and return how many. One that none decrypts stays."""
    count = 0
    for key in SigningKey.objects.select_for_update():
        with suppress(NoKeyDecrypts):
            key.pem = encrypt(decrypt(key.pem, purpose=PURPOSE), purpose=PURPOSE)
            key.save(update_fields=["pem"])
            count += 1
    transaction.on_commit(lambda: cached("single_sign_on").forget(CACHED))
    return count


def read_id_token(token: str, *, client_id: str) -> dict[str, Any] | None:
    """Return the claims of an ID token that the portal made for this client, expired or not; None for any other."""
    try:
        wanted = jwt.get_unverified_header(token).get("kid")
        for key in signing_keys():
            name, private = load_key(key.pem)
            if name == wanted:
                options: Any = {"verify_exp": False, "require": ["iss", "sub", "aud"]}
                claims: dict[str, Any] = jwt.decode(
                    token, private.public_key(), algorithms=[ALGORITHM], audience=client_id, options=options
                )
                return claims
    except jwt.PyJWTError:
        return None
    return None
