"""What is read of polls."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Count, QuerySet

from core.stores.application_store import application_store
from core.stores.cache import cached

from .models import Choice, Poll, Vote

RESULTS_LIFETIME = timedelta(minutes=10)


def polls() -> QuerySet[Poll]:
    """Every poll, newest first, with its choices at hand."""
    return Poll.objects.prefetch_related("choices")


def poll_results(found: Sequence[Poll]) -> dict[int, dict[int, int]]:
    """Return poll id → choice id → votes, zeros included.

    Costs one round trip to the cache for all polls, whose keys hold their versions, and one query for those it lacks.
    """
    polls_by_key = {f"results:{poll.pk}:{poll.version}": poll for poll in found}

    def count(keys: list[str]) -> dict[str, list[tuple[int, int]]]:
        results: dict[int, list[tuple[int, int]]] = {polls_by_key[key].pk: [] for key in keys}
        choices = Choice.objects.filter(poll__in=results).annotate(number=Count("votes"))
        for poll_id, choice_id, number in choices.values_list("poll_id", "pk", "number"):
            results[poll_id].append((choice_id, number))
        return {key: results[polls_by_key[key].pk] for key in keys}

    results = cached("polls").get_many_or_compute(polls_by_key, count, lifetime=RESULTS_LIFETIME)
    return {poll.pk: dict(results[key]) for key, poll in polls_by_key.items()}


def choices_of(person_id: int | None, found: Sequence[Poll]) -> dict[int, int]:
    """Poll id → the id of the choice that the person made, for those in which they voted. At most one query."""
    if person_id is None or not found:
        return {}
    return dict(Vote.objects.filter(person_id=person_id, poll__in=found).values_list("poll_id", "choice_id"))


def draft_of(person_id: int) -> dict[str, Any] | None:
    """The poll that a person has begun to write."""
    draft: dict[str, Any] | None = application_store("polls").get(f"draft:{person_id}")
    return draft
