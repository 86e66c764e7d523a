"""Votes, and workers that close polls, at the same time. tests/portal of the template runs this on PostgreSQL."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from apps.polls.actions import AlreadyVoted, PollClosed, poll_close, poll_finish_next, vote_cast
from apps.polls.models import Poll, Vote
from apps.polls.selectors import poll_results
from core.testing.threads import at_the_same_time
from services.notifications.models import Message, Recipient

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


def voting(person, poll, choice):
    """Return a call that votes. It returns the name of a refusal."""

    def vote():
        try:
            vote_cast(person=person, poll=poll, choice=choice)
        except (AlreadyVoted, PollClosed) as error:
            return type(error).__name__

    return vote


def test_two_votes_of_one_person_are_one(person, make_poll):
    poll = make_poll()
    assert at_the_same_time(*[voting(person, poll, choice) for choice in poll.choices.all()] * 4) == [None] * 8
    assert Vote.objects.count() == 1
    assert sum(poll_results([Poll.objects.get()])[poll.pk].values()) == 1


def test_where_votes_cannot_change_one_of_two_wins(person, make_poll):
    poll = make_poll(votes_can_change=False)
    tea, coffee = poll.choices.all()
    results = at_the_same_time(voting(person, poll, tea), voting(person, poll, coffee))
    assert sorted(map(str, results)) == ["AlreadyVoted", "None"]
    assert Vote.objects.get().choice == (tea if results[0] is None else coffee)


def test_votes_of_many_people_all_count(make_person, make_poll):
    poll = make_poll()
    tea, coffee = poll.choices.all()
    people = [make_person() for _ in range(8)]
    votes = [voting(person, poll, tea if number % 2 else coffee) for number, person in enumerate(people)]
    assert at_the_same_time(*votes) == [None] * 8
    assert poll_results([Poll.objects.get()])[poll.pk] == {tea.pk: 4, coffee.pk: 4}


def test_a_vote_that_meets_the_end_is_counted_or_refused(make_person, make_poll):
    poll = make_poll()
    tea, coffee = poll.choices.all()
    votes = [voting(make_person(), poll, tea) for _ in range(6)]
    *results, _ = at_the_same_time(*votes, lambda: poll_close(poll=poll))
    closed = Poll.objects.get()
    assert Vote.objects.count() == results.count(None)
    assert poll_results([closed])[poll.pk] == {tea.pk: results.count(None), coffee.pk: 0}
    assert Recipient.objects.filter(message__kind="closed").count() == results.count(None)


def test_two_workers_close_each_poll_once(make_poll, person):
    for _ in range(6):
        poll = make_poll()
        vote_cast(person=person, poll=poll, choice=poll.choices.first())
    Poll.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    finished = at_the_same_time(*[lambda: sum(iter(poll_finish_next, False))] * 3)
    assert sum(finished) == 6
    assert (Message.objects.count(), Recipient.objects.count()) == (6, 6)
    assert not Poll.objects.due().exists()
