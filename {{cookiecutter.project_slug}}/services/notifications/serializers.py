from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers

from core.api.fields import IdField

MAX_IDS = 200


class NotificationSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.CharField(help_text="The kind with its app, such as polls.closed.")
    app = serializers.CharField()
    app_title = serializers.CharField()
    app_icon = serializers.CharField(allow_blank=True)
    title = serializers.CharField()
    body = serializers.CharField(allow_blank=True)
    link = serializers.CharField(allow_blank=True, help_text="A path of the portal, or nothing.")
    created_at = serializers.DateTimeField()
    read = serializers.BooleanField()


class NotificationsSerializer(serializers.Serializer[Any]):
    """A page of notifications, newest first."""

    results = NotificationSerializer(many=True)
    next = serializers.CharField(allow_null=True, help_text="The path of the next page, or null on the last one.")


class UnreadSerializer(serializers.Serializer[Any]):
    unread = serializers.IntegerField(help_text="How many of the newest notifications are unread.")


class IdsSerializer(serializers.Serializer[Any]):
    ids = serializers.ListField(child=IdField(), max_length=MAX_IDS)


class MarkReadSerializer(serializers.Serializer[Any]):
    """Which notifications to mark as read: `ids`, the ones sent `until` a time, or `all`."""

    ids = serializers.ListField(child=IdField(), max_length=MAX_IDS, required=False)
    until = serializers.DateTimeField(required=False)
    all = serializers.BooleanField(required=False)

    def validate_until(self, until: datetime) -> datetime:
        """Refuse a time in the future: what is sent until then cannot have been read."""
        if until > timezone.now():
            raise serializers.ValidationError(
                _("This time is in the future. Send the time of the newest one that was read.")
            )
        return until

    def validate_all(self, value: bool) -> bool:
        if not value:
            raise serializers.ValidationError(_("Send true, or leave it out."))
        return value

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if len(data) != 1:
            raise serializers.ValidationError(_("Send one of these: ids, until, all."))
        return data
