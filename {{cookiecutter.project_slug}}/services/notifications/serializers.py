from typing import Any

from rest_framework import serializers

from core.api.fields import IdField


class NotificationSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    app = serializers.CharField()
    kind = serializers.CharField()
    title = serializers.CharField()
    link = serializers.CharField()
    created_at = serializers.DateTimeField()
    unread = serializers.BooleanField()


class InboxSerializer(serializers.Serializer[Any]):
    unread = serializers.IntegerField()
    results = NotificationSerializer(many=True)


class MarkReadSerializer(serializers.Serializer[Any]):
    """The notifications to mark as read; without `ids`, all of them."""

    ids = serializers.ListField(child=IdField(), max_length=200, required=False)
