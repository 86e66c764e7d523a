"""Serializers of people administration."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers

from core.api.fields import IdField
from core.people.models import Person
from services.people.role_serializers import MAX_NAME, ReasonSerializer
from services.people.selectors import MAX_SEARCH
from services.people.serializers import check_number_of_terms

from .selectors import ENDING_DAYS, NO_ROLE, SORTS, STATES

MOST_PEOPLE = 100  # in one request; each is locked, changed, recorded and told by mail
LONGEST_USERNAME = Person._meta.get_field("username").max_length
LONGEST_EMAIL = Person._meta.get_field("email").max_length
LONGEST_NAME = Person._meta.get_field("display_name").max_length


class FilterSerializer(serializers.Serializer[Any]):
    """The parameters of the list, all optional."""

    search = serializers.CharField(
        max_length=MAX_SEARCH, allow_blank=True, default="", help_text="Words in the name, the username or the email."
    )
    role = serializers.CharField(
        max_length=MAX_NAME, allow_blank=True, default="", help_text=f"A role of today, or {NO_ROLE} for no role."
    )
    state = serializers.ChoiceField(
        STATES,
        allow_blank=True,
        default="",
        help_text=f"`ending` is for active people with a role that ends within {ENDING_DAYS} days.",
    )
    sort = serializers.ChoiceField(list(SORTS), default="name")

    validate_search = staticmethod(check_number_of_terms)

    def validate_role(self, role: str) -> str:
        if role and role != NO_ROLE and role not in settings.PORTAL.roles:
            allowed = ", ".join([*settings.PORTAL.roles, NO_ROLE])
            message = _("Unknown role “%(role)s”. The roles are: %(allowed)s.")
            raise serializers.ValidationError(message % {"role": role, "allowed": allowed})
        return role


class ManagedRoleSerializer(serializers.Serializer[Any]):
    """A role that a person has today."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    title = serializers.CharField()
    end = serializers.DateField(allow_null=True)


class ManagedPersonSerializer(serializers.Serializer[Any]):
    """A person in the list of maintainers."""

    id = serializers.IntegerField()
    username = serializers.CharField()
    display_name = serializers.CharField(help_text="The username if the person has no name.")
    email = serializers.CharField(allow_blank=True)
    photo = serializers.CharField(allow_null=True)
    is_active = serializers.BooleanField()
    is_maintainer = serializers.BooleanField(help_text="Whether the person can use /admin/.")
    may_change = serializers.BooleanField(help_text="Whether you may change this person: superusers protect others.")
    last_sign_in = serializers.DateTimeField(allow_null=True)
    department = serializers.CharField(allow_blank=True)
    roles = ManagedRoleSerializer(many=True)


class ManagedPersonDetailSerializer(ManagedPersonSerializer):
    """A person on their page for maintainers. Their roles and the history have an API of their own."""

    name = serializers.CharField(source="person.display_name", allow_blank=True)
    joined = serializers.DateTimeField(source="person.date_joined")
    has_password = serializers.BooleanField()
    has_second_factor = serializers.BooleanField(source="person.has_second_factor")


class TotalsSerializer(serializers.Serializer[Any]):
    active = serializers.IntegerField()
    deactivated = serializers.IntegerField()


class ManagedPeoplePageSerializer(serializers.Serializer[Any]):
    """A page of the list. `count` is the number of people who match, and `totals` are of everybody."""

    count = serializers.IntegerField()
    page = serializers.IntegerField()
    page_size = serializers.IntegerField()
    totals = TotalsSerializer()
    results = ManagedPersonSerializer(many=True)


class GrantableRoleSerializer(serializers.Serializer[Any]):
    """A role of `portal.yaml`, with the JSON Schema of its details and the apps whose audience names it."""

    name = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField(allow_blank=True)
    details = serializers.DictField()
    opens = serializers.ListField(child=serializers.CharField(), help_text="The titles of the apps that it opens.")


class PeopleSerializer(serializers.Serializer[Any]):
    """The ids of the people whom a request is about."""

    people = serializers.ListField(child=IdField(), min_length=1, max_length=MOST_PEOPLE)

    def validate_people(self, ids: list[int]) -> list[int]:
        return list(dict.fromkeys(ids))


class GrantToPeopleSerializer(PeopleSerializer, ReasonSerializer):
    name = serializers.CharField(max_length=MAX_NAME, help_text="A role of portal.yaml.")
    start = serializers.DateField(required=False, help_text="The first day, by default today.")
    end = serializers.DateField(required=False, allow_null=True, help_text="The last day, by default none.")
    details = serializers.DictField(required=False)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        """Refuse a period without a day here, because it is wrong for everybody."""
        first_day = values.get("start") or timezone.localdate()
        if values.get("end") and values["end"] < first_day:
            raise serializers.ValidationError({"end": _("The last day is before the first day.")})
        return values


class EndOfPeopleSerializer(PeopleSerializer, ReasonSerializer):
    name = serializers.CharField(max_length=MAX_NAME)
    end = serializers.DateField(required=False, help_text="The last day. By default, the role ends immediately.")


class ChangedSerializer(serializers.Serializer[Any]):
    """How many people were changed. The others needed no change."""

    changed = serializers.IntegerField()
    unchanged = serializers.IntegerField()


class PersonFieldsSerializer(serializers.Serializer[Any]):
    display_name = serializers.CharField(max_length=LONGEST_NAME, allow_blank=True, required=False)
    email = serializers.EmailField(max_length=LONGEST_EMAIL, allow_blank=True, required=False)


class FirstRoleSerializer(serializers.Serializer[Any]):
    """The role that a new person begins with."""

    name = serializers.CharField(max_length=MAX_NAME, help_text="A role of portal.yaml.")
    start = serializers.DateField(required=False, help_text="The first day, by default today.")
    end = serializers.DateField(required=False, allow_null=True, help_text="The last day, by default none.")
    details = serializers.DictField(required=False)


class NewPersonSerializer(serializers.Serializer[Any]):
    """A new person, who gets an email with a link that sets their password."""

    username = serializers.CharField(max_length=LONGEST_USERNAME)
    display_name = serializers.CharField(max_length=LONGEST_NAME, allow_blank=True, default="")
    email = serializers.EmailField(max_length=LONGEST_EMAIL)
    role = FirstRoleSerializer(required=False, allow_null=True)
