"""The provider's metadata and keys. A process asks for them once in ten minutes.

https://openid.net/specs/openid-connect-discovery-1_0.html
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from core.configuration.prefixes import DISCOVERY

from .errors import BadAnswer, ProviderError
from .fetching import get_json

LIFETIME_SECONDS = 600.0
SHORTEST_SECONDS = 30.0  # between two requests for the keys, however many tokens name a key that is not known
FAILURE_SECONDS = 5.0  # for which a failure counts, without another request
LONGEST_URL = 2000
MOST_KEYS = 100


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the provider says about itself. `userinfo_endpoint` is empty when it has none."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    secret_in_header: bool  # the client's secret is sent in a header, and otherwise in the form
    names_itself: bool  # in the answer to an authorization request (RFC 9207)


def read_metadata(issuer: str, data: dict[str, Any]) -> Metadata:
    """Check the answer to discovery. Raises BadAnswer."""
    if data.get("issuer") != issuer:
        raise BadAnswer(f"the provider names the issuer {str(data.get('issuer'))[:200]}, and portal.yaml {issuer}")
    scheme = urlsplit(issuer).scheme
    urls = {name: data.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")}
    urls["userinfo_endpoint"] = data.get("userinfo_endpoint") or ""
    for name, url in urls.items():
        if not (name == "userinfo_endpoint" and url == "") and not is_url(url, scheme):
            raise BadAnswer(f"the provider's {name} is not a URL that starts with {scheme}://")
    methods = data.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    if not isinstance(methods, list) or not {"client_secret_basic", "client_secret_post"} & set(map(str, methods)):
        raise BadAnswer("the provider accepts neither client_secret_basic nor client_secret_post")
    return Metadata(
        issuer=issuer,
        **{name: str(url) for name, url in urls.items()},
        secret_in_header="client_secret_basic" in methods,
        names_itself=data.get("authorization_response_iss_parameter_supported") is True,
    )


def is_url(url: object, scheme: str) -> bool:
    if not isinstance(url, str) or len(url) > LONGEST_URL or not url.isascii() or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises ValueError unless the port is a number
    except ValueError:
        return False
    return parts.scheme == scheme and bool(parts.hostname) and "@" not in parts.netloc and not parts.fragment


def read_keys(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the provider's public keys that sign. Raises BadAnswer."""
    keys = data.get("keys")
    if not isinstance(keys, list) or len(keys) > MOST_KEYS:
        raise BadAnswer("the provider's keys are not a list, or too many")
    found = [key for key in keys if isinstance(key, dict) and key.get("use", "sig") == "sig"]
    found = [key for key in found if key.get("kty") in {"RSA", "EC", "OKP"}]
    if not found:
        raise BadAnswer("the provider has no key that signs")
    return found


class Provider:
    """A provider by its issuer. Every method may be called from any thread, and raises ProviderError."""

    def __init__(self, issuer: str):
        self.issuer = issuer
        self._metadata = Kept[Metadata]()
        self._keys = Kept[list[dict[str, Any]]]()

    def metadata(self) -> Metadata:
        return self._metadata.get(self._fetch_metadata, younger_than=LIFETIME_SECONDS)

    def keys(self) -> list[dict[str, Any]]:
        """Return the keys that sign."""
        return self._keys.get(self._fetch_keys, younger_than=LIFETIME_SECONDS)

    def newer_keys(self) -> list[dict[str, Any]]:
        """Return the keys that sign, asked for in the last seconds: for a token with a key that is not known."""
        return self._keys.get(self._fetch_keys, younger_than=SHORTEST_SECONDS)

    def _fetch_metadata(self) -> Metadata:
        return read_metadata(self.issuer, get_json(self.issuer.removesuffix("/") + DISCOVERY))

    def _fetch_keys(self) -> list[dict[str, Any]]:
        return read_keys(get_json(self.metadata().jwks_uri))


class Kept[T]:
    """An answer of the provider. A failure is kept too, for seconds, so that not every visitor waits for the next."""

    def __init__(self) -> None:
        self._answer: tuple[float, T] | None = None
        self._failure: tuple[float, ProviderError] | None = None

    def get(self, fetch: Callable[[], T], *, younger_than: float) -> T:
        now = time.monotonic()
        if self._answer and now - self._answer[0] < younger_than:
            return self._answer[1]
        if self._failure and now - self._failure[0] < FAILURE_SECONDS:
            raise self._failure[1]
        try:
            answer = fetch()
        except ProviderError as error:
            self._failure = (time.monotonic(), error)
            raise
        self._answer = (now, answer)
        return answer


_providers: dict[str, Provider] = {}


def provider_of(issuer: str) -> Provider:
    """Return the provider with this issuer, the same one in all threads of a process."""
    return _providers.setdefault(issuer, Provider(issuer))


def forget_providers() -> None:
    """Forget what providers have answered."""
    _providers.clear()
