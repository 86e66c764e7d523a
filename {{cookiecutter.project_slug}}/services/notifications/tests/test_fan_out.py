"""Chunks are written once, and delivered until they are done, whatever dies meanwhile."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import OperationalError as DatabaseError
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError

from core.people.models import Person
from core.plugins.manifest import Audience
from core.plugins.registry import installed_plugins
from services.notifications import delivery, fan_out, inbox, notify, tasks
from services.notifications.models import LAST_PERSON, Chunk, Message, Recipient
from services.notifications.selectors import unread_count

pytestmark = pytest.mark.django_db(transaction=True)

KIND = "notifications.test"
WHAT = {"what": "Hello"}


@pytest.fixture
def three_chunks(monkeypatch):
    """Five people with inboxes, and chunks of two."""
    for module in ("fan_out", "sending"):
        monkeypatch.setattr(f"services.notifications.{module}.CHUNK_PEOPLE", 2)
    people = Person.objects.bulk_create(Person(username=f"crowd{number}") for number in range(5))
    for person in people:
        unread_count(person.pk)
    return people


def make_old():
    """Let everything look as if it was sent a minute ago."""
    before = timezone.now() - timedelta(minutes=1)
    Message.objects.update(sent_at=before)
    Chunk.objects.update(sent_at=before)


@pytest.mark.parametrize("audience", [True, False], ids=["audience", "list"])
def test_everyone_gets_a_message_once(three_chunks, titles, audience):
    message = notify(KIND, to=Audience() if audience else three_chunks, params=WHAT)
    assert [titles(person) for person in three_chunks] == [["Hello"]] * 5
    chunks = list(Chunk.objects.values_list("first_person", "last_person"))
    first = three_chunks[0].pk
    assert chunks == [(1, first + 1), (first + 2, first + 3), (first + 4, first + 4)]
    assert not Chunk.objects.filter(done_at=None).exists()
    message.refresh_from_db()
    assert message.started_at


@pytest.mark.parametrize("audience", [True, False], ids=["audience", "list"])
@pytest.mark.parametrize("chunks_before", [0, 1, 2, 3])
def test_a_fan_out_that_was_killed_goes_on(three_chunks, titles, audience, chunks_before):
    with patch.object(tasks, "publish_message"):
        notify(KIND, to=Audience() if audience else three_chunks, params=WHAT)
    written = fan_out.divide(Message.objects.get().pk)
    for _ in range(chunks_before):
        next(written)
    make_old()
    tasks.repeat()
    make_old()
    tasks.repeat()
    assert [titles(person) for person in three_chunks] == [["Hello"]] * 5
    assert Chunk.objects.count() == 3


def test_a_small_message_has_one_chunk(person):
    notify(KIND, to=person, params=WHAT)
    chunk = Chunk.objects.get()
    assert (chunk.first_person, chunk.last_person) == (0, LAST_PERSON)
    assert chunk.done_at


@pytest.mark.parametrize("many", [True, False])
def test_while_the_broker_is_down_messages_wait(person, three_chunks, titles, many):
    down = OperationalError("refused")
    with (
        patch.object(tasks.start_fan_out, "apply_async", side_effect=down),
        patch.object(tasks.deliver_chunk, "apply_async", side_effect=down),
    ):
        notify(KIND, to=three_chunks if many else three_chunks[0], params=WHAT)
        assert titles(three_chunks[0]) == []
    tasks.repeat()
    assert titles(three_chunks[0]) == []  # the tasks may still be on their way
    make_old()
    tasks.repeat()
    assert titles(three_chunks[0]) == ["Hello"]


@pytest.mark.parametrize(
    "error",
    [RedisConnectionError("refused"), OutOfMemoryError("command not allowed when used memory > 'maxmemory'")],
    ids=["down", "full"],
)
def test_while_the_store_is_down_or_full_chunks_wait(person, titles, error):
    unread_count(person.pk)
    with patch.object(inbox, "run", side_effect=error):
        notify(KIND, to=person, params=WHAT)
    chunk = Chunk.objects.get()
    assert (chunk.done_at, chunk.tries) == (None, 1)
    assert str(error) in chunk.error
    make_old()
    tasks.repeat()
    assert titles(person) == ["Hello"]
    assert Chunk.objects.get().error == ""


def test_an_error_of_the_code_is_recorded_and_raised(person):
    with patch.object(inbox, "deliver", side_effect=ZeroDivisionError("a mistake")), pytest.raises(ZeroDivisionError):
        notify(KIND, to=person, params=WHAT)
    assert Chunk.objects.get().error == "ZeroDivisionError: a mistake"


def test_a_delivery_whose_answer_was_lost_is_repeated(person, titles):
    unread_count(person.pk)
    deliver = inbox.deliver

    def lose_answer(*args, **kwargs):
        deliver(*args, **kwargs)
        raise RedisConnectionError("lost")

    with patch.object(inbox, "deliver", lose_answer):
        notify(KIND, to=person, params=WHAT)
    make_old()
    tasks.repeat()
    assert titles(person) == ["Hello"]
    assert unread_count(person.pk) == 1


def test_a_chunk_is_claimed_once(person):
    with patch.object(tasks, "publish_chunk"):
        notify(KIND, to=person, params=WHAT)
    make_old()
    with patch("services.notifications.tasks.publish_chunk") as publish:
        tasks.repeat()
        tasks.repeat()
    assert publish.call_count == 1


def test_a_chunk_of_a_deleted_message_or_person_is_harmless(make_person):
    gone = make_person()
    with patch.object(tasks.deliver_chunk, "apply_async"):
        notify(KIND, to=[gone, make_person()], params=WHAT)
    chunk = Chunk.objects.get()
    gone.delete()
    assert Recipient.objects.count() == 1
    delivery.deliver(chunk.pk)
    Message.objects.all().delete()
    delivery.deliver(chunk.pk)


def test_a_kind_that_is_gone_is_still_delivered(person, titles, monkeypatch):
    with patch.object(tasks.start_fan_out, "apply_async"):
        notify(KIND, to=Audience(), params=WHAT)
    monkeypatch.delitem(installed_plugins()["notifications"].manifest.notifications, "test")
    make_old()
    tasks.repeat()
    assert titles(person) == ["Notifications"]


def test_an_outage_of_the_database_is_an_error_of_the_task(person):
    with patch.object(fan_out, "write_next_chunk", side_effect=DatabaseError("gone")), pytest.raises(DatabaseError):
        tasks.start_fan_out(1)
