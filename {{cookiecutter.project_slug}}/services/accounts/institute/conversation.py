"""What the portal says to the provider, and what it accepts as its answers."""

from base64 import b64encode
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote_plus, urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from core.configuration.institute_sign_in import InstituteSignIn
from core.configuration.portal import SiteName
from core.openid.errors import BadAnswer, InvalidToken
from core.openid.fetching import get_json, post_form
from core.openid.provider import Metadata, Provider, provider_of
from core.openid.tokens import verify_id_token

from .pending import Pending


def redirect_uri(request: HttpRequest) -> str:
    """Return where the provider sends the browser back to: on the site's own origin, whatever host was requested."""
    path = reverse("institute_answer")
    is_production = settings.CONFIGURATION.environment.is_production
    origin = settings.SITE_ORIGINS[cast(SiteName, settings.SITE)] if is_production else ""
    return request.build_absolute_uri(f"{origin}{path}")


def authorization_url(request: HttpRequest, sign_in: InstituteSignIn, pending: Pending) -> str:
    """Return the provider's page at which the person signs in. Raises ProviderError."""
    endpoint = provider_of(sign_in.issuer).metadata().authorization_endpoint
    query = {
        "response_type": "code",
        "client_id": sign_in.client_id,
        "redirect_uri": redirect_uri(request),
        "scope": " ".join(dict.fromkeys(["openid", *sign_in.scopes])),
        "state": pending.state,
        "nonce": pending.nonce,
        "code_challenge": pending.challenge,
        "code_challenge_method": "S256",
    }
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"


def claims_of_code(request: HttpRequest, sign_in: InstituteSignIn, pending: Pending, code: str) -> dict[str, Any]:
    """Exchange the code of the provider's answer, and return the verified claims of the person.

    Claims that the ID token lacks come from the provider's userinfo endpoint. Raises ProviderError.
    """
    provider = provider_of(sign_in.issuer)
    metadata = provider.metadata()
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri(request),
        "code_verifier": pending.verifier,
    }
    answer = exchange(metadata, sign_in, fields)
    claims = verify_id_token(
        answer.get("id_token"), provider=provider, client_id=sign_in.client_id, nonce=pending.nonce
    )
    if metadata.userinfo_endpoint and any(claim not in claims for claim in wanted_claims(sign_in)):
        return {**userinfo(metadata, answer, claims), **claims}
    return claims


def exchange(metadata: Metadata, sign_in: InstituteSignIn, fields: Mapping[str, str]) -> dict[str, Any]:
    """Send the code to the provider, with the client's secret."""
    secret = settings.CONFIGURATION.environment.institute_sign_in_secret.get_secret_value()
    if not metadata.secret_in_header:
        fields = {**fields, "client_id": sign_in.client_id, "client_secret": secret}
        return post_form(metadata.token_endpoint, fields)
    credentials = f"{quote_plus(sign_in.client_id)}:{quote_plus(secret)}"  # encoded as RFC 6749, 2.3.1, says
    return post_form(metadata.token_endpoint, fields, authorization=f"Basic {b64encode(credentials.encode()).decode()}")


def userinfo(metadata: Metadata, answer: Mapping[str, Any], claims: Mapping[str, Any]) -> dict[str, Any]:
    """Return the claims at the userinfo endpoint. They count only if they are about the person of the ID token."""
    token = answer.get("access_token")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise BadAnswer("there is no access token, or it cannot be sent")
    more = get_json(metadata.userinfo_endpoint, token=token)
    if more.get("sub") != claims["sub"]:
        raise InvalidToken("the userinfo endpoint answered about somebody else (sub)")
    return more


def wanted_claims(sign_in: InstituteSignIn) -> list[str]:
    roles = [sign_in.roles.claim.partition(".")[0]] if sign_in.roles else []
    return ["email", "email_verified", "name", *roles]


def is_from(provider: Provider, query: Mapping[str, str]) -> bool:
    """Return whether an answer is from this provider, as far as it says so (RFC 9207)."""
    named = query.get("iss")
    return named == provider.issuer if named or provider.metadata().names_itself else True
