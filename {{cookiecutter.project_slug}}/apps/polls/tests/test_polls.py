"""People vote once in an open poll, and everyone in the audience sees the results."""

from datetime import timedelta
from functools import partial

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import Permission
from django.utils import timezone

from apps.polls.actions import DRAFT_LIFETIME, poll_close, poll_create, poll_delete, vote_cast
from apps.polls.models import Poll, Vote
from apps.polls.permissions import MayClose
from apps.polls.tasks import notify_of_closed_polls
from core.people.seeding import seed_people, seeded
from core.stores.application_store import application_store
from core.testing.client import PortalClient
from core.testing.sockets import open_socket
from services.notifications.selectors import newest_notifications

TOMORROW = timedelta(days=1)


@pytest.fixture
def make_poll(make_person):
    def make(*, question="Tea or coffee?", choices=("Tea", "Coffee"), closes_in=TOMORROW):
        return poll_create(
            author=make_person(), question=question, choices=choices, closes_at=timezone.now() + closes_in
        )

    return make


@pytest.fixture
def allow():
    """Grant one of Django's permissions to a person, as /admin/ does."""

    def allow(person, codename):
        person.user_permissions.add(Permission.objects.get(content_type__app_label="polls", codename=codename))
        return PortalClient().sign_in(person)

    return allow


def new_poll(**changes):
    return {"question": "Tea?", "choices": ["Yes", "No"], "closes_at": timezone.now() + TOMORROW} | changes


def test_anonymous_visitors_see_polls_newest_first(visitor, make_poll):
    make_poll(question="First?")
    make_poll(question="Second?")
    answer = visitor.get("/api/polls/").json()
    assert [poll["question"] for poll in answer["results"]] == ["Second?", "First?"]
    assert answer["results"][0]["choices"][0] == {
        "id": answer["results"][0]["choices"][0]["id"],
        "text": "Tea",
        "votes": 0,
    }


def test_a_vote_counts_and_can_be_changed(reader, make_poll):
    poll = make_poll()
    tea, coffee = poll.choices.all()
    address = f"/api/polls/{poll.pk}/vote/"
    assert reader.post_json(address, {"choice": tea.pk}).json()["my_choice"] == tea.pk
    answer = reader.post_json(address, {"choice": coffee.pk}).json()
    assert (answer["my_choice"], answer["votes"]) == (coffee.pk, 1)
    assert [choice["votes"] for choice in answer["choices"]] == [0, 1]
    assert Vote.objects.count() == 1


def test_only_signed_in_people_vote_or_open_polls(db, visitor, make_poll):
    poll = make_poll()
    for address, data in (
        (f"/api/polls/{poll.pk}/vote/", {"choice": poll.choices.first().pk}),
        ("/api/polls/", new_poll()),
    ):
        assert visitor.post_json(address, data).status_code == 401
    assert visitor.get("/api/polls/draft/").status_code == 401


def test_a_closed_poll_refuses_votes(reader, make_poll):
    poll = make_poll(closes_in=-TOMORROW)
    response = reader.post_json(f"/api/polls/{poll.pk}/vote/", {"choice": poll.choices.first().pk})
    assert response.status_code == 409
    assert response["Content-Type"] == "application/problem+json"


def test_a_choice_of_another_poll_is_not_found(reader, make_poll):
    poll, other = make_poll(), make_poll()
    response = reader.post_json(f"/api/polls/{poll.pk}/vote/", {"choice": other.choices.first().pk})
    assert response.status_code == 404


def test_a_person_opens_a_poll(reader, person):
    answer = reader.post_json("/api/polls/", new_poll(question="Really?"))
    assert answer.status_code == 201
    assert Poll.objects.get(pk=answer.json()["id"]).author == person


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"question": ""}, "question"),
        ({"question": "x" * 201}, "question"),
        ({"choices": ["One"]}, "choices"),
        ({"choices": ["Same", "Same"]}, "choices"),
        ({"choices": ["x"] * 11}, "choices"),
        ({"closes_at": "2000-01-01T00:00:00Z"}, "closes_at"),
        ({"closes_at": "soon"}, "closes_at"),
    ],
)
def test_an_invalid_poll_is_refused(reader, changes, field):
    answer = reader.post_json("/api/polls/", new_poll(**changes))
    assert answer.status_code == 400
    assert field in [error["field"].split(".")[0] for error in answer.json()["errors"]]


def test_the_author_and_people_with_the_permission_close_a_poll_early(make_poll, make_person, allow):
    for client_of in (
        lambda poll: PortalClient().sign_in(poll.author),
        lambda poll: allow(make_person(), "change_poll"),
        lambda poll: PortalClient().sign_in(make_person(is_superuser=True)),
    ):
        poll = make_poll()
        client, address = client_of(poll), f"/api/polls/{poll.pk}/close/"
        answer = client.post_json(address, {})
        assert (answer.status_code, answer.json()["open"]) == (200, False)
        assert client.post_json(address, {}).status_code == 409


def test_others_cannot_close_a_poll(visitor, reader, make_poll, person, allow):
    poll = make_poll()
    address = f"/api/polls/{poll.pk}/close/"
    assert visitor.post_json(address, {}).status_code == 401
    refused = reader.post_json(address, {})
    assert (refused.status_code, refused.json()["detail"]) == (403, MayClose.message)
    assert allow(person, "delete_poll").post_json(address, {}).status_code == 403
    poll.author.delete()
    for client in (visitor, reader):
        assert client.post_json(address, {}).status_code in {401, 403}
    assert reader.post_json("/api/polls/0/close/", {}).status_code == 404
    assert Poll.objects.get().is_open


def test_people_with_the_permission_delete_a_poll(visitor, reader, make_poll, make_person, allow):
    poll = make_poll()
    address = f"/api/polls/{poll.pk}/"
    assert visitor.delete(address).status_code == 401
    for client in (reader, PortalClient().sign_in(poll.author), allow(make_person(), "change_poll")):
        assert client.delete(address).status_code == 403
        assert client.get(address).status_code == 200
    assert visitor.get(address).status_code == 200
    client = allow(make_person(), "delete_poll")
    assert client.delete(address).status_code == 204
    assert client.delete(address).status_code == 404


def test_a_draft_is_private_and_lasts_a_week(reader, person, make_person):
    draft = {"question": "Half a", "choices": ["Yes", ""]}
    assert reader.get("/api/polls/draft/").status_code == 204
    assert reader.put_json("/api/polls/draft/", draft).status_code == 200
    assert reader.get("/api/polls/draft/").json() == draft
    assert application_store("polls").remaining(f"draft:{person.pk}") <= DRAFT_LIFETIME
    assert PortalClient().sign_in(make_person()).get("/api/polls/draft/").status_code == 204
    assert reader.delete("/api/polls/draft/").status_code == 204
    assert reader.get("/api/polls/draft/").status_code == 204


@pytest.mark.django_db(transaction=True)
def test_opening_a_poll_deletes_the_draft(reader):
    reader.put_json("/api/polls/draft/", {"question": "Tea?", "choices": []})
    reader.post_json("/api/polls/", new_poll())
    assert reader.get("/api/polls/draft/").status_code == 204


def test_a_long_list_costs_no_more_round_trips(reader, make_poll, round_trips):
    for number in range(20):
        make_poll(question=str(number))
    reader.get("/api/polls/")
    with round_trips(sql=4, stores=2):  # the session, and the results of all polls
        reader.get("/api/polls/")


@pytest.mark.django_db(transaction=True)
async def test_open_pages_get_updates_of_a_poll(make_poll, make_person):
    poll = await database_sync_to_async(make_poll)()
    voter = await database_sync_to_async(make_person)()
    choice = await poll.choices.afirst()
    socket, accepted = await open_socket(f"/ws/polls/{poll.pk}/")
    assert accepted
    pk = poll.pk
    for change in (
        partial(vote_cast, person=voter, poll=poll, choice=choice),
        partial(poll_close, poll=poll),
        partial(poll_delete, poll=poll),
    ):
        await database_sync_to_async(change)()
        assert await socket.receive_json_from(5) == {"type": "poll.changed", "id": pk}
    await socket.disconnect()


@pytest.mark.django_db(transaction=True)
def test_voters_are_notified_once_when_a_poll_closes(make_poll, person):
    poll = make_poll()
    vote_cast(person=person, poll=poll, choice=poll.choices.first())
    Poll.objects.update(closes_at=timezone.now() - timedelta(minutes=1))
    notify_of_closed_polls()
    notify_of_closed_polls()
    assert [entry["link"] for entry in newest_notifications(person.pk)] == [f"/polls/{poll.pk}/"]


def test_a_second_seed_changes_nothing(db):
    for _ in range(2):
        seeded.send(sender=None, people=seed_people())
    assert Poll.objects.count() == 2
