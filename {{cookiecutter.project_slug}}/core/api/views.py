"""The API's description of itself."""

import hashlib
from collections.abc import Collection
from datetime import timedelta

from django.conf import settings
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.access.audience import decide
from core.access.visitor import visitor_of
from core.plugins.registry import installed_plugins
from core.stores.cache import cached

from .routing import plugins_resolver

SCHEMA_LIFETIME = timedelta(minutes=1)  # an upgrade shows after it; making a schema takes tenths of a second


class SchemaView(APIView):
    """The API's OpenAPI description: of what this visitor may reach, on this site."""

    # The second one answers `Accept: application/json`.
    permission_classes = [AllowAny]
    renderer_classes = [OpenApiJsonRenderer, OpenApiJsonRenderer2]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        visitor = visitor_of(request._request)
        names = sorted(
            name for name, one in installed_plugins().items() if decide(one.manifest.audience, visitor, settings.SITE)
        )
        # Visitors for whom the same apps are open share one description; a digest, for names may be many.
        digest = hashlib.sha256(" ".join(names).encode()).hexdigest()[:32]
        key = f"schema:{settings.SITE}:{digest}"
        schema = cached("core").get_or_compute(key, lambda: make_schema(request, names), lifetime=SCHEMA_LIFETIME)
        return Response(schema)


def make_schema(request: Request, names: Collection[str]) -> object:
    """The description of these plugins' APIs, and of nothing that they alone would name."""
    patterns = [pattern for name, pattern in plugins_resolver().plugins.items() if name in names]
    return SchemaGenerator(patterns=patterns).get_schema(request=request, public=True)
