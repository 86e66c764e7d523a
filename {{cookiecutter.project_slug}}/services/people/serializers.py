"""Serializers of the directory. A profile is called an entry in the API."""

from typing import Any

from django.conf import settings
from rest_framework import serializers

from core.people.models import Visibility

from .selectors import MAX_SEARCH, MAX_TERMS


class SearchSerializer(serializers.Serializer[Any]):
    """The parameters of a search, all optional."""

    search = serializers.CharField(
        max_length=MAX_SEARCH, allow_blank=True, default="", help_text=f"Up to {MAX_TERMS} words."
    )
    role = serializers.CharField(max_length=40, allow_blank=True, default="", help_text="The name of a role.")

    def validate_search(self, search: str) -> str:
        if (number := len(search.split())) > MAX_TERMS:
            raise serializers.ValidationError(f"The search has {number} words. Use {MAX_TERMS} words or fewer.")
        return search

    def validate_role(self, role: str) -> str:
        if role and role not in settings.PORTAL.roles:
            allowed = ", ".join(settings.PORTAL.roles) or "(none)"
            raise serializers.ValidationError(f"Unknown role {role!r}. The roles are: {allowed}.")
        return role


class RoleTitleSerializer(serializers.Serializer[Any]):
    """A role of `portal.yaml`."""

    name = serializers.CharField()
    title = serializers.CharField()


class EntryDetailSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    value = serializers.CharField()


class EntryRoleSerializer(RoleTitleSerializer):
    """A role that a person has today, with the details that the directory shows."""

    since = serializers.DateField()
    details = EntryDetailSerializer(many=True)


class EntrySerializer(serializers.Serializer[Any]):
    """A person's profile. Hidden parts are null or empty, as if the person had none."""

    id = serializers.IntegerField()
    username = serializers.CharField()
    display_name = serializers.CharField()
    photo = serializers.CharField(allow_null=True)
    email = serializers.CharField(allow_null=True)
    roles = EntryRoleSerializer(many=True)


class PrivacySerializer(serializers.Serializer[Any]):
    """Who can see which part of a profile."""

    entry_visible_to = serializers.ChoiceField(Visibility.choices)
    photo_visible_to = serializers.ChoiceField(Visibility.choices)
    roles_visible_to = serializers.ChoiceField(Visibility.choices)
    email_visible_to = serializers.ChoiceField(Visibility.choices)


class OwnEntrySerializer(EntrySerializer, PrivacySerializer):
    """A person's own profile in full, with their privacy settings."""
