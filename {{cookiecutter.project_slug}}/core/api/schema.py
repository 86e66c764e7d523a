"""The API's own description: OpenAPI 3, made from the views."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction
from rest_framework import serializers

from core.http.problems import CONTENT_TYPE
from core.plugins.discovery import LAYERS


class FieldErrorSerializer(serializers.Serializer):
    field = serializers.CharField()
    message = serializers.CharField()


class ProblemSerializer(serializers.Serializer):
    """An error, as RFC 9457 has it."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    request_id = serializers.CharField()
    errors = FieldErrorSerializer(many=True, required=False)
    roles = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Any of them opens the door."
    )
    rings = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="Any of them opens the door."
    )


class PortalSchema(AutoSchema):
    """Names operations, tags and components by the app, and says that any error is a problem."""

    def get_tags(self) -> list[str]:
        return [self.path.split("/")[2]]

    def get_serializer_name(self, serializer: serializers.Serializer, direction: Direction) -> str:
        """With its app's name in front: two apps may each have an EntrySerializer, and neither knows of the other."""
        name = super().get_serializer_name(serializer, direction)
        layer, _, module = type(serializer).__module__.partition(".")
        if layer not in LAYERS:
            return name
        return "".join(word.capitalize() for word in module.partition(".")[0].split("_")) + name

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        responses = super()._get_response_bodies(direction)
        schema = self.resolve_serializer(ProblemSerializer, direction).ref
        responses["default"] = {"description": "A problem.", "content": {CONTENT_TYPE: {"schema": schema}}}
        return responses


class SessionScheme(OpenApiAuthenticationExtension):
    target_class = "core.api.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        from django.conf import settings

        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
