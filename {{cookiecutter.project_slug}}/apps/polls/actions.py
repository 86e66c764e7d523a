"""Change polls and votes."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core.audit.recording import record
from core.live.publishing import publish, recheck
from core.people.models import Person
from core.plugins.manifest import Audience
from core.stores.drafts import drafts
from core.transactions import after_commit
from services.notifications import notify

from .models import Choice, Poll, Vote

DRAFT, DRAFT_LIFETIME = "poll", timedelta(days=7)
LIST_TOPIC = "polls:list"  # for pages that show the list


class PollClosed(Exception):
    """The poll has closed."""


class AlreadyVoted(Exception):
    """The person has voted for another choice, and this poll's votes cannot change."""


def poll_create(
    *,
    author: Person,
    question: str,
    choices: Sequence[str],
    closes_at: datetime,
    votes_can_change: bool = True,
    results_after_vote: bool = False,
    roles: Sequence[str] = (),
) -> Poll:
    """Open a poll, notify the people with one of `roles`, and delete the author's draft."""
    with transaction.atomic():
        poll = Poll.objects.create(
            author=author,
            question=question,
            closes_at=closes_at,
            votes_can_change=votes_can_change,
            results_after_vote=results_after_vote,
        )
        Choice.objects.bulk_create(Choice(poll=poll, text=text) for text in choices)
        if roles:
            notify(
                "polls.published",
                to=Audience(roles=list(roles)),
                params={"question": question},
                link=poll.path,
                key=str(poll.pk),
            )
        after_commit(drafts("polls").discard, author.pk, DRAFT)
        after_commit(publish, LIST_TOPIC)
    return poll


def vote_cast(*, person: Person, poll: Poll, choice: Choice) -> None:
    """Record a person's vote, or change it, and publish an update. The same vote again changes nothing.

    Raises PollClosed, AlreadyVoted, and ValueError when the choice belongs to another poll.
    """
    if choice.poll_id != poll.pk:
        raise ValueError(f"choice {choice.pk} is not one of poll {poll.pk}")
    vote = Vote(poll=poll, person=person, choice=choice)
    with transaction.atomic():
        # One statement each, so that two votes at the same time cannot both be inserted.
        if poll.votes_can_change:
            Vote.objects.bulk_create(
                [vote], update_conflicts=True, unique_fields=["poll", "person"], update_fields=["choice"]
            )
        else:
            Vote.objects.bulk_create([vote], ignore_conflicts=True)
            if not Vote.objects.filter(poll=poll, person=person, choice=choice).exists():
                raise AlreadyVoted(poll.question)
        # This locks the poll until the commit. It is last, so that votes hardly wait for each other.
        if not Poll.objects.open().filter(pk=poll.pk).update(version=F("version") + 1):
            raise PollClosed(poll.question)
        after_commit(publish, poll.topic)


def poll_close(*, poll: Poll, by: Person | None = None) -> None:
    """Close a poll now and notify its voters. Raises PollClosed when it is closed already.

    The audit log records who did it.
    """
    now = timezone.now()
    with transaction.atomic():
        if not Poll.objects.open().filter(pk=poll.pk).update(closes_at=now):
            raise PollClosed(poll.question)
        record("polls.closed", by=by, poll=poll.pk, question=poll.question)
        finish(poll)


def poll_finish_next() -> bool:
    """Finish one poll whose time has come, and return whether there was one.

    Two workers never finish the same poll: one locks its row, and the other skips it.
    """
    with transaction.atomic():
        poll = Poll.objects.due().select_for_update(skip_locked=True).order_by("closes_at").first()
        if poll is None:
            return False
        finish(poll)
    return True


def finish(poll: Poll) -> None:
    """Record that a closed poll is finished, and notify its voters, in the caller's transaction."""
    Poll.objects.filter(pk=poll.pk).update(closed_at=timezone.now(), version=F("version") + 1)
    notify(
        "polls.closed",
        to=Person.objects.filter(votes__poll=poll),
        params={"question": poll.question},
        link=poll.path,
        key=str(poll.pk),
    )
    after_commit(publish, poll.topic)
    after_commit(publish, LIST_TOPIC)


def poll_delete(*, poll: Poll, by: Person | None = None) -> None:
    """Delete a poll with its votes, record who did it in the audit log, and publish an update."""
    with transaction.atomic():
        record("polls.deleted", by=by, poll=poll.pk, question=poll.question)
        after_commit(publish, poll.topic)
        after_commit(publish, LIST_TOPIC)
        after_commit(recheck, poll.topic)  # its topic is gone too
        poll.delete()
