"""Signing in at the institute's other sites with the portal's accounts: the OpenID Connect provider of django-allauth.

https://docs.allauth.org/en/latest/idp/openid-connect/configuration.html. services/single_sign_on has what an institute
needs around it.
"""

from .configuration import ENVIRONMENT, PORTAL, SITE
from .security import SITE_ORIGINS

# One site serves the provider. In development there is only one, so that it does.
SERVES_IDENTITY = SITE is not None and (PORTAL.single_sign_on.site == SITE or not ENVIRONMENT.is_production)
# The issuer, which clients know by this name. In development the port varies, so that the request decides.
IDENTITY_ORIGIN = SITE_ORIGINS[PORTAL.single_sign_on.site] if ENVIRONMENT.is_production else ""

IDP_OIDC_ADAPTER = "services.single_sign_on.adapter.Adapter"
IDP_OIDC_ACCESS_TOKEN_EXPIRES_IN = 3600  # seconds, as the others
IDP_OIDC_ID_TOKEN_EXPIRES_IN = 300
IDP_OIDC_AUTHORIZATION_CODE_EXPIRES_IN = 60
IDP_OIDC_REFRESH_TOKEN_EXPIRES_IN = 30 * 24 * 3600
IDP_OIDC_DEVICE_CODE_EXPIRES_IN = 600
IDP_OIDC_JWKS_CACHE_CONTROL = 3600
IDP_OIDC_INTROSPECTION_ENABLED = True
# A campus may share one IP address, and a server introspects for all its people.
IDP_OIDC_RATE_LIMITS = {
    "device_user_code": "30/m/ip",
    "introspect_ip": "600/m/ip",
    "introspect_client": "600/m/key",
}

# Requests for a token in a minute, each of which may check a secret by Argon2.
CLIENT_TOKENS_PER_MINUTE = 600  # of one client at one IP address, so that nobody else uses up its limit
ADDRESS_TOKENS_PER_MINUTE = 1200  # of one IP address, whichever client it names: several sites may share one
CLIENT_REQUESTS_PER_MINUTE = 1200  # of one client, to the portal's API

# What `doctor` says about it.
SINGLE_SIGN_ON_REPORT = "services.single_sign_on.health.report"
