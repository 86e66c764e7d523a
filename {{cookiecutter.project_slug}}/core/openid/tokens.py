"""Verifies ID tokens.

https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation. The signature is always verified, although the
token comes from the provider over TLS.
"""

from collections.abc import Iterable
from hmac import compare_digest
from typing import Any

import jwt

from .errors import InvalidToken
from .provider import Provider

# Asymmetric algorithms only. With HS256, everyone who knows the public key could sign.
ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
REQUIRED = ["iss", "sub", "aud", "exp", "iat"]
CLOCK_SECONDS = 60  # by which the clocks of the provider and the portal may differ
LONGEST_SUBJECT = 255  # characters, as the specification says
LONGEST_TOKEN = 64 * 1024


def verify_id_token(token: object, *, provider: Provider, client_id: str, nonce: str) -> dict[str, Any]:
    """Return the claims of a token that `provider` made for this client and this sign-in.

    Raises InvalidToken, and the errors of `fetching` when the keys cannot be read.
    """
    if not isinstance(token, str) or len(token) > LONGEST_TOKEN:
        raise InvalidToken("there is no ID token, or it is too long")
    try:
        header = jwt.get_unverified_header(token)
        algorithm = header.get("alg")
        if algorithm not in ALGORITHMS:
            raise InvalidToken(f"its algorithm is {str(algorithm)[:20]}")
        key = find_key(header.get("kid"), algorithm, provider)
        claims: dict[str, Any] = jwt.decode(
            token,
            key=key,
            algorithms=[algorithm],
            audience=client_id,
            issuer=provider.issuer,
            leeway=CLOCK_SECONDS,
            options={"require": REQUIRED, "verify_signature": True},
        )
    except jwt.PyJWTError as error:
        raise InvalidToken(f"{type(error).__name__}: {str(error)[:200]}") from error
    check_claims(claims, client_id, nonce)
    return claims


def check_claims(claims: dict[str, Any], client_id: str, nonce: str) -> None:
    """Check what PyJWT does not. Raises InvalidToken."""
    if not compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise InvalidToken("it belongs to another sign-in (nonce)")
    audience = claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and "azp" not in claims:
        raise InvalidToken("it is for several clients, and does not say which one asked for it (azp)")
    if claims.get("azp", client_id) != client_id:
        raise InvalidToken("another client asked for it (azp)")
    subject = claims["sub"]
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise InvalidToken(f"it names nobody, or has more than {LONGEST_SUBJECT} characters (sub)")


def find_key(key_id: object, algorithm: str, provider: Provider) -> jwt.PyJWK:
    """Return the key that a token names. For an unknown key, the provider is asked again: it may have a new one."""
    for keys in (provider.keys, provider.newer_keys):
        if (key := matching_key(keys(), key_id, algorithm)) is not None:
            return key
    raise InvalidToken("the provider has no such key")


def matching_key(keys: Iterable[dict[str, Any]], key_id: object, algorithm: str) -> jwt.PyJWK | None:
    """Return the key with this id. A token without one is verified with the only key that fits."""
    fitting = [key for key in keys if key.get("alg", algorithm) == algorithm and key["kty"] == key_type(algorithm)]
    if key_id is not None:
        fitting = [key for key in fitting if key.get("kid") == key_id]
    return jwt.PyJWK(fitting[0], algorithm) if len(fitting) == 1 else None


def key_type(algorithm: str) -> str:
    return {"R": "RSA", "P": "RSA"}.get(algorithm[0], "OKP" if algorithm == "EdDSA" else "EC")
