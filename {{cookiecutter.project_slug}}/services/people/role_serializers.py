"""Roles with their dates and details, what may be done to them, and what was."""

from typing import Any

from rest_framework import serializers

from core.people.details import directory_details
from core.people.models import Role, RoleChange

LONGEST_NAME = Role._meta.get_field("name").max_length
LONGEST_REASON = RoleChange._meta.get_field("why").max_length


class HeldRoleSerializer(serializers.Serializer):
    """A role of a person; its days are both included, and without `end` it holds until it is ended."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    title = serializers.CharField()
    start = serializers.DateField()
    end = serializers.DateField(allow_null=True)
    status = serializers.ChoiceField(["active", "past", "future"])
    details = serializers.DictField(help_text="All for maintainers; for others those that the directory shows.")


def serialize_role(role: Role, *, in_full: bool) -> dict[str, Any]:
    """A role as HeldRoleSerializer shows it: with all its details, or with those that the directory shows."""
    return {
        "id": role.pk,
        "name": role.name,
        "title": role.title,
        "start": role.start,
        "end": role.end,
        "status": role.status(),
        "details": role.details if in_full else directory_details(role.name, role.details),
    }


class ReasonSerializer(serializers.Serializer):
    """What is done to a role is done for a reason, which its history keeps."""

    why = serializers.CharField(max_length=LONGEST_REASON, allow_blank=True, required=False)


class NewRoleSerializer(ReasonSerializer):
    name = serializers.CharField(max_length=LONGEST_NAME, help_text="One of portal.yaml's roles.")
    start = serializers.DateField(required=False, help_text="Today, when left out.")
    end = serializers.DateField(required=False, allow_null=True, help_text="Without it, until the role is ended.")
    details = serializers.DictField(required=False)


class ChangedRoleSerializer(ReasonSerializer):
    """A later last day, other details, or both. Person and name stay."""

    end = serializers.DateField(required=False, allow_null=True, help_text="A later day; null, until it is ended.")
    details = serializers.DictField(required=False, help_text="All of them anew.")

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        if not {"end", "details"} & set(values):
            raise serializers.ValidationError("Say a later end, other details, or both.")
        return values


class EndSerializer(ReasonSerializer):
    end = serializers.DateField(required=False, help_text="The last day; without it the role ends at once.")


class WhoSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    display_name = serializers.CharField(source="__str__")


class RoleChangeSerializer(serializers.Serializer):
    """A line of the history: what was done to a role, and the days that it had then."""

    id = serializers.IntegerField()
    role = serializers.IntegerField(source="role_id", allow_null=True, help_text="null, once it was removed.")
    name = serializers.CharField()
    title = serializers.CharField()
    kind = serializers.ChoiceField(RoleChange.Kind.values)
    start = serializers.DateField()
    end = serializers.DateField(allow_null=True)
    by = WhoSerializer(allow_null=True, help_text="null for a command, and for somebody whose account is gone.")
    why = serializers.CharField()
    at = serializers.DateTimeField()
