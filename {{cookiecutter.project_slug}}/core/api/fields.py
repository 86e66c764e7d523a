"""Fields that serializers share."""

from typing import Any

from rest_framework import serializers

LARGEST_ID = 2**63 - 1  # which is what the database's keys can hold


class IdField(serializers.IntegerField):
    """The key of a row. A larger number is none, and some databases stumble over it."""

    def __init__(self, **more: Any):
        super().__init__(**{"min_value": 1, "max_value": LARGEST_ID, **more})
