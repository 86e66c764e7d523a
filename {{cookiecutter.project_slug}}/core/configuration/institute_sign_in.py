"""`institute_sign_in` of `portal.yaml`: signing in with the institute's own accounts, by OpenID Connect.

The secret that belongs to it is `INSTITUTE_SIGN_IN_SECRET` of `.env`.
"""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints

from .validation import Strict
from .values import Domain, Name, Title, ascii_domain

# A provider must not make maintainers: `make maintainer` does.
REFUSED_ROLE = "maintainer"

# Scopes in RFC 6749: visible ASCII without quotes and backslashes.
Scope = Annotated[str, StringConstraints(max_length=200, pattern=r"^[\x21\x23-\x5b\x5d-\x7e]+$")]
ClientId = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^[\x20-\x7e]+$")]
ClaimValue = Annotated[str, StringConstraints(min_length=1, max_length=500)]


def is_local(host: str | None) -> bool:
    return host in {"localhost", "127.0.0.1", "::1"} or bool(host and host.endswith(".localhost"))


def check_issuer(value: str) -> str:
    """Accept a URL as providers publish it. Plain HTTP is for a provider on the developer's own machine."""
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - raises ValueError unless the port is a number
    except ValueError:
        parts = urlsplit("")
    is_web = parts.scheme == "https" or (parts.scheme == "http" and is_local(parts.hostname))
    if not is_web or not parts.hostname or parts.query or parts.fragment or "@" in parts.netloc:
        raise ValueError(
            "the provider's issuer: a URL that starts with https://, without user, query and fragment "
            "(http:// only for localhost, in development)"
        )
    return value


def check_role(value: str) -> str:
    if value == REFUSED_ROLE:
        raise ValueError("any role but maintainer: make maintainer grants that one")
    return value


Issuer = Annotated[str, StringConstraints(max_length=500), AfterValidator(check_issuer)]


class ClaimedRoles(Strict):
    """Which roles a sign-in grants: `values` has value of the claim → role. `a.b` is the claim `b` inside `a`."""

    claim: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    values: Annotated[
        dict[ClaimValue, Annotated[Name, AfterValidator(check_role)]], Field(min_length=1, max_length=500)
    ]


class InstituteSignIn(Strict):
    """The provider, and whose accounts it opens.

    The first time, a person is found by the email address that the provider has verified. With `email_domains`, it must
    be at one of these. With `create`, a person who has no account gets one.
    """

    name: Title
    issuer: Issuer
    client_id: ClientId
    scopes: Annotated[list[Scope], Field(max_length=20)] = ["profile", "email"]
    email_domains: Annotated[list[Domain], Field(max_length=100)] = []
    create: bool = False
    roles: ClaimedRoles | None = None

    @property
    def is_encrypted(self) -> bool:
        return self.issuer.startswith("https://")

    def accepts(self, email: str) -> bool:
        """Return whether an address that the provider has verified may find or make an account."""
        try:
            domain = ascii_domain(email.rpartition("@")[2])
        except ValueError:
            return False
        return not self.email_domains or domain in map(ascii_domain, self.email_domains)
