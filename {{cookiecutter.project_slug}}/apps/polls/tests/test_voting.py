"""Each person has one vote. It counts at once, for everyone who looks, and never after the end."""

from datetime import timedelta
from functools import partial

import pytest
from channels.db import database_sync_to_async
from django.utils import timezone

from apps.polls.actions import PollClosed, poll_close, poll_create, poll_delete, vote_cast
from apps.polls.models import Poll, Vote
from apps.polls.selectors import poll_results
from core.testing.client import PortalClient
from core.testing.sockets import open_socket, receive_updates, subscribe

from .conftest import TOMORROW


def vote(client, poll, choice):
    return client.put_json(f"/api/polls/{poll.pk}/vote/", {"choice": choice.pk})


class TestVote:
    def test_a_vote_counts_and_can_be_changed(self, reader, make_poll):
        poll = make_poll()
        tea, coffee = poll.choices.all()
        assert vote(reader, poll, tea).json()["my_choice"] == tea.pk
        answer = vote(reader, poll, coffee).json()
        assert (answer["my_choice"], answer["votes"]) == (coffee.pk, 1)
        assert [choice["votes"] for choice in answer["choices"]] == [0, 1]
        assert Vote.objects.count() == 1

    def test_where_votes_cannot_change_the_first_one_counts(self, reader, make_poll):
        poll = make_poll(votes_can_change=False)
        tea, coffee = poll.choices.all()
        assert vote(reader, poll, tea).status_code == 200
        refused = vote(reader, poll, coffee)
        assert (refused.status_code, refused.json()["detail"]) == (
            409,
            "You have voted. Votes of this poll cannot change.",
        )
        assert Vote.objects.get().choice == tea

    @pytest.mark.parametrize("votes_can_change", [True, False])
    def test_the_same_request_again_succeeds_and_changes_nothing(self, reader, make_poll, votes_can_change):
        poll = make_poll(votes_can_change=votes_can_change)
        tea = poll.choices.first()
        assert [vote(reader, poll, tea).status_code for _ in range(3)] == [200] * 3
        assert Vote.objects.count() == 1

    def test_anonymous_visitors_cannot_vote(self, visitor, make_poll):
        poll = make_poll()
        assert vote(visitor, poll, poll.choices.first()).status_code == 401

    def test_a_closed_poll_refuses_votes(self, reader, make_poll):
        poll = make_poll(closes_in=-TOMORROW)
        refused = vote(reader, poll, poll.choices.first())
        assert (refused.status_code, refused["Content-Type"]) == (409, "application/problem+json")
        assert refused.json()["detail"] == "This poll has closed."
        assert not Vote.objects.exists()

    def test_a_choice_of_another_poll_is_refused_and_says_so(self, reader, make_poll):
        poll, other = make_poll(), make_poll()
        refused = vote(reader, poll, other.choices.first())
        assert refused.status_code == 400
        (error,) = refused.json()["errors"]
        assert error["field"] == "choice"
        assert error["message"].startswith("This is not a choice of this poll.")
        assert not Vote.objects.exists()

    @pytest.mark.parametrize("choice", [None, "", "x" * 100_000, -1, 2**63, [1], True, 1.5])
    def test_a_choice_is_an_id(self, reader, make_poll, choice):
        poll = make_poll()
        assert reader.put_json(f"/api/polls/{poll.pk}/vote/", {"choice": choice}).status_code == 400
        assert not Vote.objects.exists()

    def test_a_vote_in_a_deleted_poll_is_refused(self, person, make_poll):
        poll = make_poll()
        choice = poll.choices.first()
        Poll.objects.filter(pk=poll.pk).update(closes_at=timezone.now())
        with pytest.raises(PollClosed):
            vote_cast(person=person, poll=poll, choice=choice)

    def test_a_vote_costs_few_round_trips(self, reader, make_poll, round_trips):
        poll = make_poll()
        tea, coffee = poll.choices.all()
        vote(reader, poll, tea)
        # SQL: the person; the poll and its choices, twice; BEGIN, vote, version, COMMIT; the results and the own vote.
        # Stores: the session, the limit of writes, the results: read, and written again.
        with round_trips(sql=12, stores=4):
            vote(reader, poll, coffee)


class TestHiddenResults:
    """The author of a poll may hide its results from people who have not voted."""

    @staticmethod
    def results(client, poll):
        """Return what the API says about a poll: on its page, which must agree with the list."""
        page = client.get(f"/api/polls/{poll.pk}/").json()
        assert page in client.get("/api/polls/").json()["results"]
        return page["votes"], [choice["votes"] for choice in page["choices"]]

    HIDDEN = (None, [None, None])

    def test_they_are_shown_once_a_person_has_voted(self, reader, make_person, make_poll):
        poll = make_poll(results_after_vote=True)
        tea, coffee = poll.choices.all()
        vote_cast(person=make_person(), poll=poll, choice=coffee)
        assert self.results(reader, poll) == self.HIDDEN
        answer = vote(reader, poll, tea).json()
        assert (answer["votes"], [choice["votes"] for choice in answer["choices"]]) == (2, [1, 1])
        assert self.results(reader, poll) == (2, [1, 1])

    def test_anonymous_visitors_see_them_when_the_poll_has_closed(self, visitor, make_person, make_poll):
        poll = make_poll(results_after_vote=True)
        vote_cast(person=make_person(), poll=poll, choice=poll.choices.first())
        assert self.results(visitor, poll) == self.HIDDEN
        poll_close(poll=poll)
        assert self.results(visitor, poll) == (1, [1, 0])

    def test_the_author_sees_them(self, make_person, make_poll):
        poll = make_poll(results_after_vote=True)
        vote_cast(person=make_person(), poll=poll, choice=poll.choices.first())
        assert self.results(PortalClient().sign_in(poll.author), poll) == (1, [1, 0])

    def test_a_refused_vote_does_not_reveal_them(self, reader, make_poll):
        poll, other = make_poll(results_after_vote=True), make_poll()
        refused = vote(reader, poll, other.choices.first())
        assert refused.status_code == 400
        assert self.results(reader, poll) == self.HIDDEN

    def test_others_cannot_export_them(self, reader, make_poll):
        assert reader.get(f"/api/polls/{make_poll(results_after_vote=True).pk}/export/").status_code == 403


class TestResults:
    def test_cached_results_are_never_older_than_the_poll(self, visitor, make_person, make_poll):
        poll = make_poll()
        tea = poll.choices.first()
        for number in range(1, 4):
            vote(PortalClient().sign_in(make_person()), poll, tea)
            assert visitor.get(f"/api/polls/{poll.pk}/").json()["votes"] == number

    def test_the_result_of_a_closed_poll_has_every_vote(self, visitor, make_person, make_poll):
        poll = make_poll()
        tea, coffee = poll.choices.all()
        vote_cast(person=make_person(), poll=poll, choice=tea)
        stale = Poll.objects.get()
        assert poll_results([stale])[poll.pk] == {tea.pk: 1, coffee.pk: 0}  # is cached now
        for _ in range(2):
            vote_cast(person=make_person(), poll=poll, choice=coffee)
        poll_close(poll=poll)
        answer = visitor.get(f"/api/polls/{poll.pk}/").json()
        assert (answer["open"], [choice["votes"] for choice in answer["choices"]]) == (False, [1, 2])

    def test_a_result_that_was_counted_during_a_vote_is_not_kept_for_later(self, make_person, make_poll):
        poll = make_poll()
        tea, coffee = poll.choices.all()
        read_before = Poll.objects.get()
        vote_cast(person=make_person(), poll=poll, choice=coffee)
        assert poll_results([read_before])[poll.pk] == {tea.pk: 0, coffee.pk: 1}
        poll_close(poll=poll)
        assert poll_results([Poll.objects.get()])[poll.pk] == {tea.pk: 0, coffee.pk: 1}


@pytest.mark.django_db(transaction=True)
async def test_open_pages_get_updates_of_a_poll(make_poll, make_person):
    poll = await database_sync_to_async(make_poll)()
    voter = await database_sync_to_async(make_person)()
    choice = await poll.choices.afirst()
    socket, _ = await open_socket("/ws/portal/")
    topic = f"polls:{poll.pk}"
    answer = await subscribe(socket, topic, "polls:0", "polls:x", f"polls:{'9' * 40}")
    assert answer["subscribed"] == [topic]
    assert {refusal["status"] for refusal in answer["refused"].values()} == {403}
    for change in (partial(vote_cast, person=voter, poll=poll, choice=choice), partial(poll_close, poll=poll)):
        await database_sync_to_async(change)()
        assert await receive_updates(socket) == [topic]
    await database_sync_to_async(poll_delete)(poll=poll)
    while "dropped" not in (frame := await socket.receive_json_from(5)):  # an update may come first
        assert list(frame["updates"]) == [topic]
    assert list(frame["dropped"]) == [topic], "a deleted poll has no topic"
    await socket.disconnect()


@pytest.mark.django_db(transaction=True)
async def test_an_update_of_hidden_results_has_nothing_but_a_version(make_poll, make_person):
    poll = await database_sync_to_async(partial(make_poll, results_after_vote=True))()
    voter = await database_sync_to_async(make_person)()
    choice = await poll.choices.afirst()
    socket, _ = await open_socket("/ws/portal/")
    topic = f"polls:{poll.pk}"
    await subscribe(socket, topic)
    await database_sync_to_async(vote_cast)(person=voter, poll=poll, choice=choice)
    frame = await socket.receive_json_from(5)
    assert frame == {"updates": {topic: frame["updates"][topic]}}
    assert isinstance(frame["updates"][topic], int)
    assert frame["updates"][topic] > 1e15, "a version is a time, not a count"
    await socket.disconnect()


@pytest.mark.django_db(transaction=True)
async def test_an_open_list_gets_an_update_of_a_new_poll(make_person):
    author = await database_sync_to_async(make_person)()
    socket, _ = await open_socket("/ws/portal/")
    await subscribe(socket, "polls:list")
    closes_at = timezone.now() + timedelta(days=1)
    await database_sync_to_async(poll_create)(author=author, question="?", choices=["a", "b"], closes_at=closes_at)
    assert await receive_updates(socket) == ["polls:list"]
    await socket.disconnect()
