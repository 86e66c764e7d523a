"""Demo polls: open ones, a closed one, and one whose results are hidden."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from core.people.models import Person

from .actions import poll_create, vote_cast
from .models import Poll

DEMO = {
    "Which day suits the open house best?": ["Friday", "Saturday", "Sunday"],
    "Should the library stay open at night during exams?": ["Yes", "No"],
}
CLOSED = ("Which name for the new laboratory?", ["Faraday", "Curie", "Raman"])
# Nobody but its author has voted in it, so the others see no results.
HIDDEN = ("Should the robotics lab open on Saturdays?", ["All day", "Mornings only", "Only before exams", "No"])


def seed(people: dict[str, Person]) -> None:
    """Create the demo polls that are missing."""
    for question, choices in DEMO.items():
        make_demo_poll(people["maintainer"], question, choices, days=30, voters=people.values())
    if poll := make_demo_poll(people["maintainer"], *CLOSED, days=1, voters=people.values()):
        now = timezone.now()  # without notifications
        Poll.objects.filter(pk=poll.pk).update(closes_at=now, closed_at=now, version=F("version") + 1)
    author = people.get("faculty", people["maintainer"])  # a portal may have other roles
    make_demo_poll(author, *HIDDEN, days=6, voters=[author], results_after_vote=True)


def make_demo_poll(
    author: Person, question: str, choices: list[str], *, days: int, voters: Iterable[Person], **more: Any
) -> Poll | None:
    """Create a poll with votes; return None if there is one with this question."""
    if Poll.objects.filter(question=question).exists():
        return None
    closes_at = timezone.now() + timedelta(days=days)
    poll = poll_create(author=author, question=question, choices=choices, closes_at=closes_at, **more)
    options = list(poll.choices.all())
    for number, person in enumerate(voters):
        vote_cast(person=person, poll=poll, choice=options[number % 3 % len(options)])
    return poll
