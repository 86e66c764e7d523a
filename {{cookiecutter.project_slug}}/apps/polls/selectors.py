"""Read polls and results."""

from collections.abc import Sequence
from datetime import timedelta
from typing import cast

from django.db.models import Count, Q
from django.utils import timezone

from core.stores.cache import cached

from .models import Choice, Poll, PollQuerySet, Vote

RESULTS_LIFETIME = timedelta(minutes=10)


def polls() -> PollQuerySet:
    """Return all polls, newest first, with their authors and choices prefetched."""
    return Poll.objects.select_related("author").prefetch_related("choices")


def polls_in_list(show: str | None, person_id: int | None) -> PollQuerySet:
    """Return the polls of one list: `open`, `closed`, `not_voted` or `mine`; None for all of them."""
    if show in {"not_voted", "mine"} and person_id is None:
        return polls().none()
    match show:
        case "open":
            return polls().open()
        case "closed":
            return polls().closed()
        case "not_voted":
            return polls().not_voted(cast(int, person_id))
        case "mine":
            return polls().filter(author=person_id)
    return polls()


def poll_counts(person_id: int | None) -> dict[str, int]:
    """Return how many polls the lists have. One query, and one more for a person."""
    is_open = Q(closes_at__gt=timezone.now())
    counts = Poll.objects.aggregate(open=Count("pk", filter=is_open), closed=Count("pk", filter=~is_open))
    return counts | {"not_voted": Poll.objects.not_voted(person_id).count() if person_id else 0}


def poll_results(poll_list: Sequence[Poll]) -> dict[int, dict[int, int]]:
    """Return poll id → choice id → votes, zeros included.

    Costs one round trip to the cache for all polls, whose keys hold their versions, and one query for those it lacks.
    Each vote raises the version in its own transaction. The votes are counted after the version was read, so what is
    cached under a version has at least the votes of that version.
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


def shows_results(poll: Poll, person_id: int | None, my_choice: int | None) -> bool:
    """Return whether a person sees the results. `my_choice` is the id of the choice they voted for."""
    if not poll.results_after_vote or not poll.is_open or my_choice is not None:
        return True
    return person_id is not None and poll.author_id == person_id


def votes_of(person_id: int | None, poll_list: Sequence[Poll]) -> dict[int, int]:
    """Return poll id → id of the person's choice, for the polls in which they voted. At most one query."""
    if person_id is None or not poll_list:
        return {}
    return dict(Vote.objects.filter(person_id=person_id, poll__in=poll_list).values_list("poll_id", "choice_id"))
