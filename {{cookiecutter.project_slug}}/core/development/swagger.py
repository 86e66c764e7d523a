"""Swagger UI at /api/schema/ui/, in development: a page that describes the API and sends requests of the visitor."""

from collections.abc import Collection, Mapping
from typing import cast

from django.conf import settings
from django.utils.csp import CSP
from django.utils.decorators import method_decorator
from django.views.decorators.csp import csp_override
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny

from core.configuration.prefixes import SCHEMA

# Swagger UI writes styles into its elements. Like the admin, it does not work with Trusted Types.
POLICY = {
    **cast(Mapping[str, Collection[str]], settings.ADMIN_CSP),
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
}


@method_decorator(csp_override(POLICY), name="dispatch")
class SwaggerView(SpectacularSwaggerSplitView):
    """The page, and with `?script` the script that starts it. The schema is that of the visitor."""

    permission_classes = [AllowAny]
    url = SCHEMA
