"""Read polls, results and drafts."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Count, QuerySet

from core.stores.application_store import application_store
from core.stores.cache import cached

from .models import Choice, Poll, Vote

RESULTS_LIFETIME = timedelta(minutes=10)


def polls() -> QuerySet[Poll]:
    """Return all polls, newest first, with their choices prefetched."""
    return Poll.objects.prefetch_related("choices")


def poll_results(poll_list: Sequence[Poll]) -> dict[int, dict[int, int]]:
    """Return poll id → choice id → votes, zeros included.

    Costs one round trip to the cache for all polls, whose keys hold their versions, and one query for those it lacks.
    """
    polls_by_key = {f"results:{poll.pk}:{poll.version}": poll for poll in poll_list}

    def count(keys: list[str]) -> dict[str, list[tuple[int, int]]]:
        results: dict[int, list[tuple[int, int]]] = {polls_by_key[key].pk: [] for key in keys}
        choices = Choice.objects.filter(poll__in=results).annotate(number=Count("votes"))
        for poll_id, choice_id, number in choices.values_list("poll_id", "pk", "number"):
            results[poll_id].append((choice_id, number))
        return {key: results[polls_by_key[key].pk] for key in keys}

    results = cached("polls").get_many_or_compute(polls_by_key, count, lifetime=RESULTS_LIFETIME)
    return {poll.pk: dict(results[key]) for key, poll in polls_by_key.items()}


def votes_of(person_id: int | None, poll_list: Sequence[Poll]) -> dict[int, int]:
    """Return poll id → id of the person's choice, for the polls in which they voted. At most one query."""
    if person_id is None or not poll_list:
        return {}
    return dict(Vote.objects.filter(person_id=person_id, poll__in=poll_list).values_list("poll_id", "choice_id"))


def draft_of(person_id: int) -> dict[str, Any] | None:
    """Return a person's unfinished poll, or None."""
    draft: dict[str, Any] | None = application_store("polls").get(f"draft:{person_id}")
    return draft
