"""The OpenAPI description of the API."""

import hashlib
from collections.abc import Collection
from datetime import timedelta
from typing import Any

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

from .rest_framework_internals import django_request
from .routing import plugins_resolver

SCHEMA_LIFETIME = timedelta(minutes=1)  # after an upgrade, the old schema may be served for as long


class SchemaView(APIView):
    """Describes the APIs that are open to this visitor on this site."""

    permission_classes = [AllowAny]
    # The second renderer answers `Accept: application/json`.
    renderer_classes = [OpenApiJsonRenderer, OpenApiJsonRenderer2]

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        visitor = visitor_of(django_request(request))
        names = sorted(
            name
            for name, plugin in installed_plugins().items()
            if decide(plugin.manifest.audience, visitor, settings.SITE)
        )
        # Visitors with the same apps share a schema. The key has a digest of the names, because they may be many.
        digest = hashlib.sha256(" ".join(names).encode()).hexdigest()[:32]
        key = f"schema:{settings.SITE}:{digest}"
        schema = cached("core").get_or_compute(key, lambda: make_schema(request, names), lifetime=SCHEMA_LIFETIME)
        return Response(schema)


def make_schema(request: Request, names: Collection[str]) -> object:
    """Return the schema of these plugins' APIs. It contains nothing of other plugins."""
    patterns = [pattern for name, pattern in plugins_resolver().plugins.items() if name in names]
    generator: Any = SchemaGenerator(patterns=patterns)  # type: ignore[no-untyped-call]  # drf-spectacular is partly typed
    schema: object = generator.get_schema(request=request, public=True)
    return schema
