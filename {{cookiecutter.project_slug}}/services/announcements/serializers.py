"""Serializers of announcements."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from core.api.drafts import DraftSerializer
from core.people.models.role import role_title

from .markdown import MAX_CHARACTERS, UnsuitableText, parse_markdown
from .models import MAX_TITLE, Announcement, State
from .permissions import Composing
from .rendering import summary_of
from .selectors import figures_of, tree_of

MOST_ROLES = 50
MOST_AHEAD = timedelta(days=365)
MAX_ROLE_NAME = 40
MAX_TIME = 30  # characters


@extend_schema_field({"type": "array", "items": {"type": "object", "required": ["type"], "additionalProperties": True}})
class TreeField(serializers.ListField):
    """The nodes of a text: services/announcements/markdown.py describes them."""


class RoleSerializer(serializers.Serializer[Any]):
    """A role of `portal.yaml`."""

    name = serializers.CharField()
    title = serializers.CharField()


class OptionsSerializer(serializers.Serializer[Any]):
    """What the visitor can do, and the roles that an announcement can be for."""

    composing = serializers.ChoiceField([str(value) for value in Composing])
    roles = RoleSerializer(many=True)


class AnnouncementSerializer(serializers.Serializer[Any]):
    """An announcement in a list."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    summary = serializers.CharField()
    author = serializers.CharField(help_text="A name; empty if this person was deleted.")
    sent_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField(allow_null=True)


class AnnouncementPageSerializer(AnnouncementSerializer):
    """An announcement with its text."""

    state = serializers.ChoiceField(State.choices)
    send_at = serializers.DateTimeField()
    message = serializers.IntegerField(allow_null=True, help_text="The id of its notification.")
    tree = TreeField()


class ManagedAnnouncementSerializer(AnnouncementSerializer):
    """An announcement for those who write them. The figures are null while there is no notification."""

    state = serializers.ChoiceField(State.choices)
    roles = RoleSerializer(many=True)
    created_at = serializers.DateTimeField()
    send_at = serializers.DateTimeField()
    cancelled_at = serializers.DateTimeField(allow_null=True)
    delivered = serializers.IntegerField(allow_null=True)
    read = serializers.IntegerField(allow_null=True)


class SourceSerializer(serializers.Serializer[Any]):
    """An announcement as it was written, to be changed."""

    title = serializers.CharField()
    text = serializers.CharField(help_text="Markdown.")
    roles = serializers.ListField(child=serializers.CharField(), help_text="Names. Empty: everyone.")
    send_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)


class ManagedQuerySerializer(serializers.Serializer[Any]):
    """The parameters of the list for those who write announcements."""

    scheduled = serializers.BooleanField(
        default=False, help_text="Whether to list those that wait to be sent. By default, the others."
    )


def serialize(announcement: Announcement) -> dict[str, Any]:
    """Return an announcement in the shape of AnnouncementSerializer."""
    return {
        "id": announcement.pk,
        "title": announcement.title,
        "summary": announcement.summary,
        "author": str(announcement.author or ""),
        "sent_at": announcement.sent_at,
        "expires_at": announcement.expires_at,
    }


def serialize_page(announcement: Announcement) -> dict[str, Any]:
    """Return an announcement in the shape of AnnouncementPageSerializer."""
    return serialize(announcement) | {
        "state": announcement.state(),
        "send_at": announcement.send_at,
        "message": announcement.message_id,
        "tree": tree_of(announcement),
    }


def serialize_source(announcement: Announcement) -> dict[str, Any]:
    """Return an announcement in the shape of SourceSerializer."""
    return {
        "title": announcement.title,
        "text": announcement.text,
        "roles": announcement.role_names,
        "send_at": announcement.send_at,
        "expires_at": announcement.expires_at,
    }


def serialize_managed(announcements: Sequence[Announcement]) -> list[dict[str, Any]]:
    """Return announcements in the shape of ManagedAnnouncementSerializer."""
    figures = figures_of(announcements)
    serialized = []
    for announcement in announcements:
        counted = figures.get(announcement.pk)
        serialized.append(
            serialize(announcement)
            | {
                "state": announcement.state(),
                "roles": [{"name": name, "title": role_title(name)} for name in announcement.role_names],
                "created_at": announcement.created_at,
                "send_at": announcement.send_at,
                "cancelled_at": announcement.cancelled_at,
                "delivered": counted and counted.delivered,
                "read": counted and counted.read,
            }
        )
    return serialized


def all_roles() -> list[dict[str, str]]:
    return [{"name": name, "title": role.title} for name, role in settings.PORTAL.roles.items()]


def check_roles(roles: Sequence[str]) -> list[str]:
    """Return the names once each, sorted. Raises ValidationError for a name that `portal.yaml` lacks."""
    if unknown := sorted(set(roles) - set(settings.PORTAL.roles)):
        allowed = ", ".join(settings.PORTAL.roles) or "(none)"
        raise serializers.ValidationError(
            _("Unknown role %(role)r. The roles are: %(allowed)s.") % {"role": unknown[0], "allowed": allowed}
        )
    return sorted(set(roles))


class MarkdownField(serializers.CharField):
    """A Markdown text that `parse_markdown` accepts."""

    def __init__(self, **more: Any):
        super().__init__(**{"max_length": MAX_CHARACTERS, **more})

    def run_validation(self, data: Any = serializers.empty) -> Any:
        text = super().run_validation(data)
        try:
            summary = summary_of(parse_markdown(text))
        except UnsuitableText as error:
            raise serializers.ValidationError(str(error)) from error
        if text and not summary:
            raise serializers.ValidationError(_("Nothing of this text would be shown. Write what you have to say."))
        return text


class AnnouncementDraftSerializer(DraftSerializer):
    """The form of an announcement as somebody left it."""

    title = serializers.CharField(max_length=MAX_TITLE, allow_blank=True, required=False, trim_whitespace=False)
    text = serializers.CharField(max_length=MAX_CHARACTERS, allow_blank=True, required=False, trim_whitespace=False)
    everyone = serializers.BooleanField(required=False)
    roles = serializers.ListField(
        child=serializers.CharField(max_length=MAX_ROLE_NAME), max_length=MOST_ROLES, required=False
    )
    later = serializers.BooleanField(required=False)
    send_at = serializers.CharField(max_length=MAX_TIME, allow_blank=True, required=False)
    expires_at = serializers.CharField(max_length=MAX_TIME, allow_blank=True, required=False)


class PreviewSerializer(serializers.Serializer[Any]):
    text = MarkdownField(allow_blank=True)


class TreeSerializer(serializers.Serializer[Any]):
    tree = TreeField()


class ReachQuerySerializer(serializers.Serializer[Any]):
    """The parameters of the count."""

    roles = serializers.CharField(
        default="",
        allow_blank=True,
        max_length=MOST_ROLES * (MAX_ROLE_NAME + 1),
        help_text="Names of roles with commas between them. Empty: everyone.",
    )

    def validate_roles(self, roles: str) -> list[str]:
        return check_roles([name.strip() for name in roles.split(",") if name.strip()])


class ReachSerializer(serializers.Serializer[Any]):
    people = serializers.IntegerField()


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "An announcement",
            {
                "title": "The library is closed on Monday",
                "text": "It opens again **on Tuesday**.",
                "roles": ["student"],
            },
            request_only=True,
        )
    ]
)
class NewAnnouncementSerializer(serializers.Serializer[Any]):
    """A new announcement. Without `send_at`, it is sent now; without `roles`, to everyone."""

    title = serializers.CharField(max_length=MAX_TITLE)
    text = MarkdownField()
    roles = serializers.ListField(
        child=serializers.CharField(max_length=MAX_ROLE_NAME), max_length=MOST_ROLES, default=list
    )
    send_at = serializers.DateTimeField(allow_null=True, default=None)
    expires_at = serializers.DateTimeField(allow_null=True, default=None)

    def validate_title(self, title: str) -> str:
        return " ".join(title.split())

    def validate_roles(self, roles: list[str]) -> list[str]:
        return check_roles(roles)

    def validate_send_at(self, send_at: datetime | None) -> datetime | None:
        if send_at is None:
            return None
        now = timezone.now()
        if send_at <= now:
            raise serializers.ValidationError(_("This time has passed. Choose a later one, or send it now."))
        if send_at > now + MOST_AHEAD:
            raise serializers.ValidationError(_("Choose a time within a year from now."))
        return send_at

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        expires_at = values["expires_at"]
        if expires_at is not None and expires_at <= (values["send_at"] or timezone.now()):
            raise serializers.ValidationError(
                {"expires_at": _("It would expire before it is sent. Choose a later time, or leave it empty.")}
            )
        return values
