"""A poll closes at its time or early. Its voters are notified once, also when two workers run or one dies."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from apps.polls import actions
from apps.polls.actions import poll_close, vote_cast
from apps.polls.models import Poll
from apps.polls.tasks import close_due
from core.stores.locks import lock
from core.testing.notifications import notified
from services.notifications.models import Message

MINUTE = timedelta(minutes=1)


@pytest.fixture
def due_poll(make_poll, person):
    """Return a poll whose time has come, with a vote of `person`."""
    poll = make_poll()
    vote_cast(person=person, poll=poll, choice=poll.choices.first())
    Poll.objects.filter(pk=poll.pk).update(closes_at=timezone.now() - MINUTE)
    return poll


def test_voters_are_notified_once_when_the_time_has_come(due_poll, person, make_poll, make_person):
    make_poll()  # is still open
    for _ in range(3):
        close_due()
    (message,) = notified(person, "polls.closed")
    assert (message.title, message.link) == ("The poll has closed: Tea or coffee?", due_poll.path)
    assert Message.objects.count() == 1
    assert Poll.objects.get(pk=due_poll.pk).closed_at <= timezone.now()


def test_voters_are_notified_once_when_the_author_closes_early(make_poll, person):
    poll = make_poll()
    vote_cast(person=person, poll=poll, choice=poll.choices.first())
    poll_close(poll=poll)
    close_due()
    assert len(notified(person, "polls.closed")) == 1


def test_a_poll_without_votes_closes_and_notifies_nobody(make_poll, clock):
    poll = make_poll(closes_in=MINUTE)
    close_due()
    assert Poll.objects.get(pk=poll.pk).closed_at is None
    clock.move(MINUTE)
    close_due()
    assert Poll.objects.get(pk=poll.pk).closed_at
    assert not Message.objects.exists()


def test_one_run_closes_all_that_are_due(make_poll):
    for number in range(5):
        make_poll(closes_in=-MINUTE * (number + 1))
    close_due()
    assert not Poll.objects.due().exists()


def test_a_worker_that_dies_before_the_commit_leaves_the_poll_to_the_next_run(due_poll, person, monkeypatch):
    def die(*arguments, **more):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(actions, "after_commit", die)
        with pytest.raises(SystemExit):
            close_due()
    assert (notified(person, "polls.closed"), Poll.objects.due().count()) == ([], 1)
    close_due()
    assert len(notified(person, "polls.closed")) == 1


def test_while_another_worker_closes_polls_this_one_does_nothing(due_poll):
    with lock("polls", "closing", lifetime=MINUTE):
        close_due()
    assert Poll.objects.due().exists()


def test_an_update_notifies_nobody_of_polls_that_closed_before(due_poll, make_poll, person):
    open_poll = make_poll()
    import_module("apps.polls.migrations.0002_closing").finish_closed_polls(apps, None)
    close_due()
    assert notified(person, "polls.closed") == []
    assert Poll.objects.get(pk=due_poll.pk).closed_at == Poll.objects.get(pk=due_poll.pk).closes_at
    assert Poll.objects.get(pk=open_poll.pk).closed_at is None
