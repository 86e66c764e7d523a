"""The limits that the how-to names are those of the code."""

import re

from django.conf import settings

from services.single_sign_on import models, redirects, refreshing
from services.single_sign_on.provider import authorization, consent, requests

HOW_TO = settings.BASE_DIRECTORY / "docs" / "how-to" / "sign-in-at-other-sites.md"
MINUTE, HOUR, DAY = 60, 3600, 24 * 3600
PER_MINUTE = {name: int(rate.partition("/m/")[0]) for name, rate in settings.IDP_OIDC_RATE_LIMITS.items()}
LOGO_MEGABYTES = models.ClientRegistration._meta.get_field("logo").max_bytes // 1_000_000

# The beginning of a row → its numbers, in their order.
LIMITS = {
    "a code, from the page to the site": [settings.IDP_OIDC_AUTHORIZATION_CODE_EXPIRES_IN],
    "a page of consent": [consent.MAX_AGE_SECONDS // MINUTE],
    "a confirmed identity": [authorization.AGAIN_SECONDS // MINUTE],
    "an access token, an ID token": [
        settings.IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN // HOUR,
        settings.IDP_OIDC_ID_TOKEN_EXPIRES_IN // MINUTE,
    ],
    "a refresh token": [settings.IDP_OIDC_REFRESH_TOKEN_EXPIRES_IN // DAY] * 2,
    "an old refresh token": [refreshing.GRACE.seconds],
    "a code of a device": [settings.IDP_OIDC_DEVICE_CODE_EXPIRES_IN // MINUTE, PER_MINUTE["device_user_code"]],
    "sign-ins of one person": [authorization.SIGN_INS_PER_MINUTE],
    "requests for tokens": [settings.CLIENT_TOKENS_PER_MINUTE, settings.ADDRESS_TOKENS_PER_MINUTE],
    "introspection": [PER_MINUTE["introspect_client"]],
    "requests to the API": [settings.CLIENT_REQUESTS_PER_MINUTE, settings.TOKEN_REQUESTS_PER_MINUTE],
    "an authorization request": [
        requests.MAX_QUERY,
        *(requests.LIMITS[name] for name in ("scope", "nonce", "login_hint", "id_token_hint")),
    ],
    "a client": [redirects.MAX_URIS, redirects.MAX_URIS, redirects.MAX_URI, LOGO_MEGABYTES],
    "metadata and public keys": [settings.IDP_OIDC_JWKS_CACHE_CONTROL // HOUR],
}


def test_the_how_to_has_the_limits_of_the_code():
    section = HOW_TO.read_text().partition("## Limits")[2].partition("\n## ")[0]
    _, *rows = re.findall(r"(?m)^\| (.+) \| (.+) \|$", section)
    documented = {
        next((start for start in LIMITS if name.startswith(start)), name): list(map(int, re.findall(r"\d+", text)))
        for name, text in rows
    }
    assert documented == LIMITS
