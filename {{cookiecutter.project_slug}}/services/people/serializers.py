from django.conf import settings
from rest_framework import serializers

from core.people.models import Visibility

from .selectors import LONGEST_SEARCH, MOST_WORDS


class SearchSerializer(serializers.Serializer):
    """What is searched: both may be left out."""

    search = serializers.CharField(max_length=LONGEST_SEARCH, allow_blank=True, default="", help_text="Some words.")
    role = serializers.CharField(max_length=40, allow_blank=True, default="", help_text="The name of a role.")

    def validate_search(self, search: str) -> str:
        if (number := len(search.split())) > MOST_WORDS:
            raise serializers.ValidationError(f"These are {number} words. Search for {MOST_WORDS} at most.")
        return search

    def validate_role(self, role: str) -> str:
        if role and role not in settings.PORTAL.roles:
            known = ", ".join(settings.PORTAL.roles) or "(none)"
            raise serializers.ValidationError(f"{role!r} is no role. There are: {known}.")
        return role


class RoleTitleSerializer(serializers.Serializer):
    """A role that people can have."""

    name = serializers.CharField()
    title = serializers.CharField()


class EntryDetailSerializer(serializers.Serializer):
    name = serializers.CharField()
    title = serializers.CharField()
    value = serializers.CharField()


class EntryRoleSerializer(RoleTitleSerializer):
    """A role that somebody has today, with what the directory shows of it."""

    since = serializers.DateField()
    details = EntryDetailSerializer(many=True)


class EntrySerializer(serializers.Serializer):
    """What somebody shows: what they do not show is null or not there, as if they had none."""

    id = serializers.IntegerField()
    username = serializers.CharField()
    display_name = serializers.CharField()
    photo = serializers.CharField(allow_null=True)
    email = serializers.CharField(allow_null=True)
    roles = EntryRoleSerializer(many=True)


class PrivacySerializer(serializers.Serializer):
    """To whom somebody shows what."""

    entry_visible_to = serializers.ChoiceField(Visibility.choices)
    photo_visible_to = serializers.ChoiceField(Visibility.choices)
    roles_visible_to = serializers.ChoiceField(Visibility.choices)
    email_visible_to = serializers.ChoiceField(Visibility.choices)


class OwnEntrySerializer(EntrySerializer, PrivacySerializer):
    """A person's own entry, whole, and to whom they show what of it."""
