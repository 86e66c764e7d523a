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


def poll_results(poll: Poll) -> dict[int, int]:
    """Choice id → votes, zeros included. Cached for each version of the poll."""

    def count() -> dict[str, int]:
        rows = Choice.objects.filter(poll=poll).annotate(number=Count("votes")).values_list("pk", "number")
        return {str(pk): number for pk, number in rows}

    results = cached("polls").get_or_compute(f"results:{poll.pk}:{poll.version}", count, lifetime=RESULTS_LIFETIME)
    return {int(pk): number for pk, number in results.items()}


def choices_of(person_id: int | None, found: Sequence[Poll]) -> dict[int, int]:
    """Poll id → the id of the choice that the person made, for those in which they voted. At most one query."""
    if person_id is None or not found:
        return {}
    return dict(Vote.objects.filter(person_id=person_id, poll__in=found).values_list("poll_id", "choice_id"))


def draft_of(person_id: int) -> dict[str, Any] | None:
    """The poll that a person has begun to write."""
    draft: dict[str, Any] | None = application_store("polls").get(f"draft:{person_id}")
    return draft
