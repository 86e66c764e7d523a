"""Serializers of the directory. A profile is called an entry in the API."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import serializers

from core.people.models import Visibility

from .selectors import MAX_SEARCH, MAX_TERMS


def check_number_of_terms(search: str) -> str:
    if (number := len(search.split())) > MAX_TERMS:
        raise serializers.ValidationError(
            _("The search has %(number)s words. Use %(most)s words or fewer.") % {"number": number, "most": MAX_TERMS}
        )
    return search


class SearchSerializer(serializers.Serializer[Any]):
    """The parameters of a search, all optional."""

    search = serializers.CharField(
        max_length=MAX_SEARCH, allow_blank=True, default="", help_text=f"Up to {MAX_TERMS} words."
    )
    role = serializers.CharField(max_length=40, allow_blank=True, default="", help_text="The name of a role.")
    department = serializers.CharField(
        max_length=MAX_SEARCH, allow_blank=True, default="", help_text="The department of a role of today."
    )

    validate_search = staticmethod(check_number_of_terms)

    def validate_role(self, role: str) -> str:
        if role and role not in settings.PORTAL.roles:
            allowed = ", ".join(settings.PORTAL.roles) or "(none)"
            raise serializers.ValidationError(
                _("Unknown role %(role)r. The roles are: %(allowed)s.") % {"role": role, "allowed": allowed}
            )
        return role


class RoleTitleSerializer(serializers.Serializer[Any]):
    """A role of `portal.yaml`."""

    name = serializers.CharField()
    title = serializers.CharField()


class DepartmentSerializer(serializers.Serializer[Any]):
    """A department, with how many people show that they have a role in it today."""

    value = serializers.CharField()
    people = serializers.IntegerField()


class EntryDetailSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()
    value = serializers.CharField()


class EntryRoleSerializer(RoleTitleSerializer):
    """A role that a person has today, with the details that the directory shows."""

    since = serializers.DateField()
    until = serializers.DateField(allow_null=True)
    details = EntryDetailSerializer(many=True)


class EntrySerializer(serializers.Serializer[Any]):
    """A person's profile. Hidden parts are null or empty, as if the person had none."""

    id = serializers.IntegerField()
    username = serializers.CharField()
    display_name = serializers.CharField()
    photo = serializers.CharField(allow_null=True)
    email = serializers.CharField(allow_null=True)
    roles = EntryRoleSerializer(many=True)


class ShownToSerializer(serializers.Serializer[Any]):
    """Who else can see each part that the visitor sees; null for a part that they do not see."""

    photo = serializers.ChoiceField(Visibility.choices, allow_null=True)
    roles = serializers.ChoiceField(Visibility.choices, allow_null=True)
    email = serializers.ChoiceField(Visibility.choices, allow_null=True)


class ProfileSerializer(EntrySerializer):
    """A profile on its page."""

    shown_to = ShownToSerializer()


class PrivacySerializer(serializers.Serializer[Any]):
    """Who can see which part of a profile."""

    entry_visible_to = serializers.ChoiceField(Visibility.choices)
    photo_visible_to = serializers.ChoiceField(Visibility.choices)
    roles_visible_to = serializers.ChoiceField(Visibility.choices)
    email_visible_to = serializers.ChoiceField(Visibility.choices)


class OwnEntrySerializer(EntrySerializer, PrivacySerializer):
    """A person's own profile in full, with their privacy settings."""
