"""Serializer fields for services and apps."""

from typing import Any

from rest_framework import serializers

MAX_ID = 2**63 - 1  # of the database's BigAutoField


class IdField(serializers.IntegerField):
    """The key of a row, at most MAX_ID: databases fail on larger numbers.

    For a foreign key: `PrimaryKeyRelatedField(queryset=Book.objects.all(), pk_field=IdField())`.
    """

    def __init__(self, **more: Any):
        super().__init__(**{"min_value": 1, "max_value": MAX_ID, **more})
