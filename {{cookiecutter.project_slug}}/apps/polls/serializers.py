from collections.abc import Sequence
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from core.api.fields import IdField

from .models import Poll
from .selectors import poll_results, votes_of

FEWEST_CHOICES, MOST_CHOICES = 2, 10


class ChoiceSerializer(serializers.Serializer):
    id = serializers.IntegerField()
    text = serializers.CharField()
    votes = serializers.IntegerField()


class PollSerializer(serializers.Serializer):
    """A poll with its results."""

    id = serializers.IntegerField()
    question = serializers.CharField()
    closes_at = serializers.DateTimeField()
    open = serializers.BooleanField()
    choices = ChoiceSerializer(many=True)
    votes = serializers.IntegerField()
    my_choice = serializers.IntegerField(allow_null=True)


def serialize_polls(poll_list: Sequence[Poll], person_id: int | None) -> list[dict[str, Any]]:
    """Return polls in the shape of PollSerializer, with this person's votes."""
    own_votes = votes_of(person_id, poll_list)
    results_by_poll = poll_results(poll_list)
    serialized = []
    for poll in poll_list:
        results = results_by_poll[poll.pk]
        choices = [
            {"id": choice.pk, "text": choice.text, "votes": results.get(choice.pk, 0)} for choice in poll.choices.all()
        ]
        serialized.append(
            {
                "id": poll.pk,
                "question": poll.question,
                "closes_at": poll.closes_at,
                "open": poll.is_open,
                "choices": choices,
                "votes": sum(results.values()),
                "my_choice": own_votes.get(poll.pk),
            }
        )
    return serialized


class DraftSerializer(serializers.Serializer):
    """An unfinished poll: any field can be empty."""

    question = serializers.CharField(max_length=200, allow_blank=True)
    choices = serializers.ListField(
        child=serializers.CharField(max_length=100, allow_blank=True), max_length=MOST_CHOICES, allow_empty=True
    )


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

    def validate_choices(self, choices: list[str]) -> list[str]:
        if len(set(choices)) != len(choices):
            raise serializers.ValidationError("Two choices are the same. Each choice must be different.")
        return choices

    def validate_closes_at(self, closes_at: Any) -> Any:
        if closes_at <= timezone.now():
            raise serializers.ValidationError("A poll must close in the future.")
        return closes_at


class VoteSerializer(serializers.Serializer):
    choice = IdField()
