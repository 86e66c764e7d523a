"""Serializers of roles, of changes to them and of their history."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from core.people.details import directory_details
from core.people.models import Role, RoleChange

MAX_NAME = Role._meta.get_field("name").max_length
MAX_REASON = RoleChange._meta.get_field("why").max_length


class RoleSerializer(serializers.Serializer[Any]):
    """A role of a person, from `start` to `end`, both included. Without `end`, it stays active until it is ended."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    title = serializers.CharField()
    start = serializers.DateField()
    end = serializers.DateField(allow_null=True)
    status = serializers.ChoiceField(["active", "past", "future"])
    details = serializers.DictField(
        help_text="All details for maintainers; for others, those that the directory shows."
    )


def serialize_role(role: Role, *, all_details: bool) -> dict[str, Any]:
    """Return the data of RoleSerializer, with all details or with those that the directory shows."""
    return {
        "id": role.pk,
        "name": role.name,
        "title": role.title,
        "start": role.start,
        "end": role.end,
        "status": role.status(),
        "details": role.details if all_details else directory_details(role.name, role.details),
    }


class ReasonSerializer(serializers.Serializer[Any]):
    why = serializers.CharField(
        max_length=MAX_REASON, allow_blank=True, required=False, help_text="The reason, saved in the history."
    )


class GrantRoleSerializer(ReasonSerializer):
    name = serializers.CharField(max_length=MAX_NAME, help_text="A role of portal.yaml.")
    start = serializers.DateField(required=False, help_text="The first day, by default today.")
    end = serializers.DateField(required=False, allow_null=True, help_text="The last day, by default none.")
    details = serializers.DictField(required=False)


class ChangeRoleSerializer(ReasonSerializer):
    """A later last day, new details, or both. The person and the name cannot change."""

    end = serializers.DateField(required=False, allow_null=True, help_text="A later last day, or null for none.")
    details = serializers.DictField(required=False, help_text="Replaces all details.")

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if not {"end", "details"} & set(values):
            raise serializers.ValidationError(_("Enter a later end, new details, or both."))
        return values


class EndRoleSerializer(ReasonSerializer):
    end = serializers.DateField(required=False, help_text="The last day. By default, the role ends immediately.")


class PersonReferenceSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    display_name = serializers.CharField(source="__str__")


class RoleChangeSerializer(serializers.Serializer[Any]):
    """A record of the history: what was done to a role, and its dates after the change."""

    id = serializers.IntegerField()
    role = serializers.IntegerField(source="role_id", allow_null=True, help_text="null if the role was removed.")
    name = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(RoleChange.Kind.values)
    start = serializers.DateField()
    end = serializers.DateField(allow_null=True)
    by = PersonReferenceSerializer(
        allow_null=True, help_text="The person who made the change; null for a command, or if that person was deleted."
    )
    why = serializers.CharField(help_text="The reason.")
    at = serializers.DateTimeField()
