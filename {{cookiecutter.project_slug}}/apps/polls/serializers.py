from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from core.api.drafts import DraftSerializer
from core.api.fields import IdField
from core.api.files import StoredFileField

from .models import Poll
from .selectors import poll_results, shows_results, votes_of

FEWEST_CHOICES, MOST_CHOICES = 2, 10
LONGEST = timedelta(days=366)


class ShowSerializer(serializers.Serializer):
    """The query of the list."""

    show = serializers.ChoiceField(
        ["open", "closed", "not_voted", "mine"],
        required=False,
        help_text="`not_voted`: open polls without a vote of the visitor; `mine`: what they asked. Default: all.",
    )


class CountsSerializer(serializers.Serializer):
    """How many polls the lists have. For an anonymous visitor, `not_voted` is 0."""

    open = serializers.IntegerField()
    closed = serializers.IntegerField()
    not_voted = serializers.IntegerField()


class AuthorSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    display_name = serializers.CharField()


class ChoiceSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    text = serializers.CharField()
    votes = serializers.IntegerField(allow_null=True, help_text="null while the results are hidden.")


class PollSerializer(serializers.Serializer):
    """A poll, with the results if this visitor may see them."""

    id = serializers.IntegerField()
    question = serializers.CharField()
    author = AuthorSerializer(allow_null=True, help_text="null for anonymous visitors, and for a deleted person.")
    created_at = serializers.DateTimeField()
    closes_at = serializers.DateTimeField()
    open = serializers.BooleanField()
    votes_can_change = serializers.BooleanField()
    results_after_vote = serializers.BooleanField(
        help_text="Before the poll closes, only its author and people who have voted see the results."
    )
    document = StoredFileField(help_text="What to read before voting.")
    choices = ChoiceSerializer(many=True)
    votes = serializers.IntegerField(allow_null=True, help_text="null while the results are hidden.")
    my_choice = serializers.IntegerField(allow_null=True)
    mine = serializers.BooleanField(help_text="The visitor is the author.")


def serialize_polls(poll_list: Sequence[Poll], person_id: int | None) -> list[dict[str, Any]]:
    """Return polls in the shape of PollSerializer, with this person's votes."""
    own_votes = votes_of(person_id, poll_list)
    results_by_poll = poll_results(poll_list)
    serialized = []
    for poll in poll_list:
        results, my_choice = results_by_poll[poll.pk], own_votes.get(poll.pk)
        visible = shows_results(poll, person_id, my_choice)
        choices = [
            {"id": choice.pk, "text": choice.text, "votes": results.get(choice.pk, 0) if visible else None}
            for choice in poll.choices.all()
        ]
        serialized.append(
            {
                "id": poll.pk,
                "question": poll.question,
                "author": author_of(poll) if person_id is not None else None,
                "created_at": poll.created_at,
                "closes_at": poll.closes_at,
                "open": poll.is_open,
                "votes_can_change": poll.votes_can_change,
                "results_after_vote": poll.results_after_vote,
                "document": poll.document,
                "choices": choices,
                "votes": sum(results.values()) if visible else None,
                "my_choice": my_choice,
                "mine": person_id is not None and poll.author_id == person_id,
            }
        )
    return serialized


def author_of(poll: Poll) -> dict[str, Any] | None:
    return {"id": poll.author.pk, "display_name": str(poll.author)} if poll.author else None


class PollDraftSerializer(DraftSerializer):
    """An unfinished poll: any field can be empty."""

    question = serializers.CharField(max_length=200, allow_blank=True, required=False)
    choices = serializers.ListField(
        child=serializers.CharField(max_length=100, allow_blank=True, trim_whitespace=False),
        max_length=MOST_CHOICES,
        required=False,
    )
    closes_at = serializers.CharField(max_length=40, allow_blank=True, required=False)
    votes_can_change = serializers.BooleanField(required=False)
    results_after_vote = serializers.BooleanField(required=False)
    roles = serializers.ListField(child=serializers.CharField(max_length=40), max_length=100, required=False)


class RoleSerializer(serializers.Serializer):
    name = serializers.CharField()
    title = serializers.CharField()


class AudienceSerializer(serializers.Serializer):
    roles = RoleSerializer(many=True, help_text="The roles whose people the visitor may notify of a poll.")


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A poll",
            {"question": "Tea or coffee?", "choices": ["Tea", "Coffee"], "closes_at": "2099-12-31T12:00:00Z"},
            request_only=True,
        )
    ]
)
class NewPollSerializer(serializers.Serializer):
    question = serializers.CharField(max_length=200)
    choices = serializers.ListField(
        child=serializers.CharField(max_length=100), min_length=FEWEST_CHOICES, max_length=MOST_CHOICES
    )
    closes_at = serializers.DateTimeField()
    votes_can_change = serializers.BooleanField(default=True)
    results_after_vote = serializers.BooleanField(default=False)
    roles = serializers.ListField(
        child=serializers.CharField(max_length=40),
        max_length=100,
        default=list,
        help_text="Notify the people with one of these roles.",
    )

    def validate_choices(self, choices: list[str]) -> list[str]:
        if len(set(choices)) != len(choices):
            raise serializers.ValidationError(_("Two choices are the same. Each choice must be different."))
        return choices

    def validate_closes_at(self, closes_at: datetime) -> datetime:
        if not timezone.now() < closes_at <= timezone.now() + LONGEST:
            raise serializers.ValidationError(
                _("A poll closes in the future, at most %(days)s days from now.") % {"days": LONGEST.days}
            )
        return closes_at

    def validate_roles(self, roles: list[str]) -> list[str]:
        if unknown := sorted(set(roles) - set(settings.PORTAL.roles)):
            raise serializers.ValidationError(
                _("There is no role %(unknown)s. The roles are %(known)s.")
                % {"unknown": ", ".join(unknown), "known": ", ".join(settings.PORTAL.roles)}
            )
        return sorted(set(roles))


class VoteSerializer(serializers.Serializer):
    choice = IdField()
