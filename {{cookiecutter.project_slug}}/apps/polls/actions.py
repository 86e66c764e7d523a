"""Change polls, votes and drafts."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core.live.publishing import publish, topic
from core.people.models import Person
from core.stores.application_store import application_store
from core.transactions import after_commit

from .models import Choice, Poll, Vote

DRAFT_LIFETIME = timedelta(days=7)


class PollClosed(Exception):
    """The poll has closed."""


def poll_create(*, author: Person, question: str, choices: Sequence[str], closes_at: datetime) -> Poll:
    """Open a poll and delete its author's draft."""
    with transaction.atomic():
        poll = Poll.objects.create(author=author, question=question, closes_at=closes_at)
        Choice.objects.bulk_create(Choice(poll=poll, text=text) for text in choices)
        after_commit(draft_discard, person=author)
    return poll


def vote_cast(*, person: Person, poll: Poll, choice: Choice) -> None:
    """Record a person's vote, or change it, and publish an update.

    Raises PollClosed, and ValueError when the choice belongs to another poll.
    """
    if choice.poll_id != poll.pk:
        raise ValueError(f"choice {choice.pk} is not one of poll {poll.pk}")
    if not poll.is_open:
        raise PollClosed(poll.question)
    with transaction.atomic():
        Vote.objects.update_or_create(poll=poll, person=person, defaults={"choice": choice})
        Poll.objects.filter(pk=poll.pk).update(version=F("version") + 1)
        after_commit(publish_change, poll.pk)


def poll_close(*, poll: Poll) -> None:
    """Close a poll now and publish an update. Raises PollClosed when it is closed already."""
    now = timezone.now()
    with transaction.atomic():
        if not Poll.objects.filter(pk=poll.pk, closes_at__gt=now).update(closes_at=now):
            raise PollClosed(poll.question)
        after_commit(publish_change, poll.pk)


def poll_delete(*, poll: Poll) -> None:
    """Delete a poll with its votes and publish an update."""
    with transaction.atomic():
        after_commit(publish_change, poll.pk)
        poll.delete()


def publish_change(poll_id: int) -> None:
    publish(topic("polls", poll_id), {"type": "poll.changed", "id": poll_id})


def draft_save(*, person: Person, draft: dict[str, Any]) -> None:
    """Keep a person's unfinished poll for DRAFT_LIFETIME."""
    application_store("polls").set(f"draft:{person.pk}", draft, lifetime=DRAFT_LIFETIME)


def draft_discard(*, person: Person) -> None:
    application_store("polls").delete(f"draft:{person.pk}")
