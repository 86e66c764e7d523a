"""How drf-spectacular describes the API: OpenAPI 3, made from the views."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction
from rest_framework import serializers

from core.http.problems import CONTENT_TYPE
from core.plugins.discovery import LAYERS


class FieldErrorSerializer(serializers.Serializer[Any]):
    field = serializers.CharField()
    message = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """An error, as problem details (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    request_id = serializers.CharField()
    # The name of the field is also that of an attribute of serializers, which no one reads here.
    errors = FieldErrorSerializer(many=True, required=False)  # type: ignore[assignment]  # see above
    roles = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Any of these roles grants access."
    )
    scope = serializers.CharField(required=False, help_text="The scope that the API token lacks.")
    rings = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Any of these networks grants access."
    )


class PortalSchema(AutoSchema):
    """Names operations, tags and components after the app, and describes every error as a problem."""

    def get_tags(self) -> list[str]:
        return [self.path.split("/")[2]]

    def get_serializer_name(self, serializer: serializers.Serializer[Any], direction: Direction) -> str:
        """Put the app's name in front, so that two apps can each have an EntrySerializer."""
        name = super().get_serializer_name(serializer, direction)
        layer, _, module = type(serializer).__module__.partition(".")
        if layer not in LAYERS:
            return name
        return "".join(word.capitalize() for word in module.partition(".")[0].split("_")) + name

    @property
    def scope(self) -> str | None:
        """The full name of the scope with which a token may send this operation."""
        scope = getattr(self.view, "scopes", {}).get(self.method)
        return f"{self.get_tags()[0]}.{scope}" if scope else None

    def get_auth(self) -> list[dict[str, Any]]:
        auths: list[dict[str, Any]] = super().get_auth()
        return [*auths, {"token": []}] if self.scope else auths

    def get_operation(self, *args: Any) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(*args)
        if operation is not None:
            schema = self.resolve_serializer(ProblemSerializer, "response").ref
            operation["responses"]["default"] = {
                "description": "A problem.",
                "content": {CONTENT_TYPE: {"schema": schema}},
            }
            if self.scope:
                operation["x-scope"] = self.scope
        return operation


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # drf-spectacular is partly typed
    target_class = "core.api.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        from django.conf import settings

        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
