from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.access.visitor import visitor_of
from core.people.models import Person

from .models import Channel
from .preferences import preference_set, preferences_of


class ChannelStateSerializer(serializers.Serializer[Any]):
    on = serializers.BooleanField()
    can_change = serializers.BooleanField()


class ChannelsSerializer(serializers.Serializer[Any]):
    """The channels of a kind. One that the kind does not have is null."""

    inbox = ChannelStateSerializer(allow_null=True)
    mail = ChannelStateSerializer(allow_null=True)


class KindPreferenceSerializer(serializers.Serializer[Any]):
    kind = serializers.CharField(help_text="The kind with its app, such as polls.closed.")
    app = serializers.CharField()
    app_title = serializers.CharField()
    title = serializers.CharField()
    channels = ChannelsSerializer()


class PreferencesSerializer(serializers.Serializer[Any]):
    kinds = KindPreferenceSerializer(many=True)


class PreferenceChangeSerializer(serializers.Serializer[Any]):
    """One switch."""

    kind = serializers.CharField(max_length=81, required=True)
    channel = serializers.ChoiceField(choices=Channel.choices, required=True)
    on = serializers.BooleanField(required=True)


class PreferencesView(APIView):
    """Which kinds of notifications the person has turned off."""

    @extend_schema(operation_id="notification_preferences", responses=PreferencesSerializer)
    def get(self, request: Request) -> Response:
        return self.answer(request)

    @extend_schema(
        operation_id="notification_preference_change",
        request=PreferenceChangeSerializer,
        responses=PreferencesSerializer,
    )
    def patch(self, request: Request) -> Response:
        """Turn a kind on or off for a channel."""
        serializer = PreferenceChangeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        change = serializer.validated_data
        try:
            preference_set(
                person=cast(Person, request.user),
                name=change["kind"],
                channel=Channel(change["channel"]),
                on=change["on"],
            )
        except ValueError as error:
            raise ValidationError({"kind": str(error)}) from error
        return self.answer(request)

    def answer(self, request: Request) -> Response:
        person = cast(Person, request.user)
        kinds = preferences_of(person, visitor_of(request))
        return Response(PreferencesSerializer({"kinds": kinds}).data)
