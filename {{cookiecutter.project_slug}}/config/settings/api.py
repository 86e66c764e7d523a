"""The API: JSON only, one form of error, pages by cursor, and a schema.

https://www.django-rest-framework.org/api-guide/settings/ and
https://drf-spectacular.readthedocs.io/en/latest/settings.html
"""

from core.configuration.prefixes import API

from .configuration import ENVIRONMENT, PORTAL

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["core.api.authentication.SessionAuthentication"],
    # The audience of an app (core/access) decides before any view. A view without permission classes changes nothing
    # for anonymous visitors.
    "DEFAULT_PERMISSION_CLASSES": ["core.api.default_permission.IsSignedInOrMayRead"],
    "DEFAULT_THROTTLE_CLASSES": ["core.api.throttling.WriteThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "writes": f"{ENVIRONMENT.limit_writes}/minute",
        "searches": f"{ENVIRONMENT.limit_searches}/minute",
        "uploads": f"{ENVIRONMENT.limit_uploads}/hour",
    },
    "DEFAULT_PAGINATION_CLASS": "core.api.pagination.CursorPagination",
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.PortalSchema",
    "EXCEPTION_HANDLER": "core.api.exceptions.exception_handler",
    "DEFAULT_VERSIONING_CLASS": None,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    # Throttles count by the client's IP address, which the reverse proxy sets. It overwrites what clients send.
    "NUM_PROXIES": 1 if ENVIRONMENT.is_production else 0,
}

TOKEN_REQUESTS_PER_MINUTE = 300  # of one person, with all their API tokens together

SPECTACULAR_SETTINGS = {
    "TITLE": PORTAL.name,
    "DESCRIPTION": PORTAL.description,
    "VERSION": "1",
    "SCHEMA_PATH_PREFIX": API,
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",  # in development, from this site and not from a CDN
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "APPEND_COMPONENTS": {
        "securitySchemes": {
            "token": {
                "type": "http",
                "scheme": "bearer",
                "description": "An API token, which people make on their account page. Each operation that accepts one "
                "names the scope that the token needs in `x-scope`.",
            }
        }
    },
    "DISABLE_ERRORS_AND_WARNINGS": False,
    # Fields that share choices need one name for them: the parts of a directory entry, the kinds
    # of clients, and the parts of the overview.
    "ENUM_NAME_OVERRIDES": {
        "ClientKind": "services.single_sign_on.models.ClientRegistration.Kind",
        "Visibility": "core.people.models.Visibility",
        "PartStatus": "services.overview.serializers.STATUSES",
    },
}
