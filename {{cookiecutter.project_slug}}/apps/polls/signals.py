from datetime import timedelta
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from core.people.models import Person
from core.people.seeding import seeded

from .actions import poll_create, vote_cast
from .models import Poll

DEMO = {
    "Which day suits the open house best?": ["Friday", "Saturday", "Sunday"],
    "Should the library stay open at night during exams?": ["Yes", "No"],
}


@receiver(seeded)
def seed_polls(*, people: dict[str, Person], **kwargs: Any) -> None:
    """Create demo polls, with a vote of each demo account."""
    for question, choices in DEMO.items():
        if Poll.objects.filter(question=question).exists():
            continue
        poll = poll_create(
            author=people["maintainer"],
            question=question,
            choices=choices,
            closes_at=timezone.now() + timedelta(days=30),
        )
        options = list(poll.choices.all())
        for number, person in enumerate(people.values()):
            vote_cast(person=person, poll=poll, choice=options[number % 3 % len(options)])
