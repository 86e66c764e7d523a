"""An inbox has each message once, up to its bound, and can always be built again: read marks and deletions included."""

from datetime import timedelta
from unittest.mock import Mock, patch

import pytest
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisConnectionError

from core.testing.counting import exact_round_trips
from services.notifications import delivery, inbox, tasks
from services.notifications.actions import notifications_delete, notifications_mark_read
from services.notifications.models import Chunk, Message, Recipient, StaleInbox
from services.notifications.retention import delete_old_messages
from services.notifications.selectors import notifications_page, unread_count

pytestmark = pytest.mark.django_db(transaction=True)


def deliver_again():
    Chunk.objects.update(done_at=None)
    for chunk in Chunk.objects.order_by("-pk"):
        delivery.deliver(chunk.pk)


def lose_store():
    caches["notifications"].delete_pattern("*")


class TestTwice:
    """A second delivery of a message changes nothing."""

    def test_of_a_new_message(self, person, send, titles):
        unread_count(person.pk)
        send(person)
        deliver_again()
        assert (titles(person), unread_count(person.pk)) == (["Hello"], 1)

    def test_of_a_message_that_was_read(self, person, send, titles):
        unread_count(person.pk)
        send(person)
        notifications_mark_read(person_id=person.pk)
        deliver_again()
        assert (titles(person), unread_count(person.pk)) == (["Hello"], 0)

    def test_of_a_message_that_was_deleted(self, person, send, titles):
        unread_count(person.pk)
        message = send(person)
        notifications_delete(person_id=person.pk, ids=[message.pk])
        inbox.deliver(message, unread=[person.pk], read=[])  # by a worker that had read the row before
        assert (titles(person), unread_count(person.pk)) == ([], 0)
        inbox.drop(person.pk)
        unread_count(person.pk)
        inbox.deliver(message, unread=[person.pk], read=[])
        assert (titles(person), unread_count(person.pk)) == ([], 0)

    def test_of_a_message_that_was_trimmed(self, person, send, titles, settings):
        settings.INBOX_LENGTH = 2
        unread_count(person.pk)
        for number in range(4):
            send(person, what=str(number))
        deliver_again()
        page = inbox.read(person.pk, before=None, most=9, only_unread=False)
        assert len(page.entries) == unread_count(person.pk) == 2
        assert titles(person) == ["3", "2", "1", "0"]


class TestBuilding:
    def test_a_lost_inbox_is_built_when_it_is_read(self, person, send):
        messages = [send(person, what=str(number)) for number in range(4)]
        notifications_mark_read(person_id=person.pk, ids=[messages[1].pk])
        notifications_delete(person_id=person.pk, ids=[messages[2].pk])
        before = notifications_page(person, before=None, size=9, only_unread=False)
        assert [(entry["title"], entry["read"]) for entry in before[0]] == [("3", False), ("1", True), ("0", False)]
        lose_store()
        assert notifications_page(person, before=None, size=9, only_unread=False) == before
        assert unread_count(person.pk) == 2

    def test_an_empty_inbox_is_built_once(self, person):
        assert unread_count(person.pk) == 0
        with exact_round_trips(sql=0, stores=1):
            assert unread_count(person.pk) == 0

    @pytest.mark.parametrize("change", ["delivery", "read mark", "deletion"])
    def test_a_change_while_it_is_built_is_not_lost(self, person, send, titles, change):
        old = send(person, what="old")
        read_database, raced = inbox.read_database, []

        def race(person_id):
            found = read_database(person_id)
            if not raced:
                raced.append(True)
                match change:
                    case "delivery":
                        send(person, what="new")
                    case "read mark":
                        notifications_mark_read(person_id=person_id)
                    case "deletion":
                        notifications_delete(person_id=person_id, ids=[old.pk])
            return found

        with patch.object(inbox, "read_database", race):
            number = unread_count(person.pk)
        expected = {"delivery": (["new", "old"], 2), "read mark": (["old"], 0), "deletion": ([], 0)}
        assert (titles(person), number) == expected[change]

    def test_an_inbox_that_always_changes_is_read_from_the_database(self, person, send, titles):
        send(person)
        read_database = inbox.read_database

        def race(person_id):
            inbox.drop(person_id)
            return read_database(person_id)

        with patch.object(inbox, "read_database", race):
            assert (titles(person), unread_count(person.pk)) == (["Hello"], 1)
        assert inbox.count_unread(person.pk) is None

    def test_a_read_mark_before_the_delivery_is_kept(self, person, send, titles):
        unread_count(person.pk)
        with patch.object(tasks.deliver_chunk, "apply_async"):
            message = send(person)
        people = list(Recipient.objects.values_list("person_id", flat=True))  # what a worker reads
        notifications_mark_read(person_id=person.pk)
        inbox.deliver(message, unread=people, read=[])
        assert (titles(person), unread_count(person.pk)) == (["Hello"], 0)

    def test_inboxes_that_nobody_reads_lapse(self, person, send, titles):
        unread_count(person.pk)
        first = send(person)
        redis, base = inbox.client(), inbox.key(f"inboxes:{person.pk}")
        for part in ("entries", "unread"):
            assert 0 < redis.ttl(f"{base}:{part}") <= 30 * 24 * 3600
        notifications_delete(person_id=person.pk, ids=[first.pk])
        assert 0 < redis.ttl(f"{base}:deleted") <= 30 * 24 * 3600
        redis.expire(f"{base}:entries", 3600)
        unread_count(person.pk)  # reading renews it
        assert redis.ttl(f"{base}:entries") > 29 * 24 * 3600
        assert redis.ttl(inbox.key(f"messages:{first.pk}")) > 0


class TestWithoutTheStore:
    @pytest.fixture
    def down(self):
        with patch.object(inbox, "client", side_effect=RedisConnectionError("refused")):
            yield

    def test_the_database_answers(self, person, send, titles, down):
        message = send(person)
        send(person, what="second")
        assert (titles(person), unread_count(person.pk)) == (["second", "Hello"], 2)
        notifications_mark_read(person_id=person.pk, ids=[message.pk])
        assert titles(person, only_unread=True) == ["second"]
        assert unread_count(person.pk) == 1

    def test_a_change_that_the_store_missed_is_repaired(self, person, send, titles):
        unread_count(person.pk)
        first, _ = send(person, what="first"), send(person, what="second")
        with patch.object(inbox, "client", side_effect=RedisConnectionError("refused")):
            notifications_mark_read(person_id=person.pk, ids=[first.pk])
        assert unread_count(person.pk) == 2  # the store is back, and has not heard of it
        StaleInbox.objects.update(since=timezone.now() - timedelta(minutes=1))
        tasks.repeat()
        assert (unread_count(person.pk), StaleInbox.objects.count()) == (1, 0)

    def test_a_change_that_the_store_has_leaves_nothing_behind(self, person, send):
        message = send(person)
        notifications_mark_read(person_id=person.pk)
        notifications_delete(person_id=person.pk, ids=[message.pk])
        assert not StaleInbox.objects.exists()

    def test_contents_that_the_store_lost_come_from_the_database(self, person, send, titles):
        unread_count(person.pk)
        messages = [send(person, what=what) for what in ("first", "second", "third")]
        with exact_round_trips(sql=0, stores=1):
            assert titles(person) == ["third", "second", "first"]
        inbox.client().delete(*(inbox.key(f"messages:{message.pk}") for message in messages[:2]))
        with exact_round_trips(sql=1, stores=1):
            assert titles(person) == ["third", "second", "first"]

    def test_a_content_that_many_share_is_stored_for_longer(self, make_person, send, monkeypatch):
        monkeypatch.setattr(inbox, "SHARED", 2)
        people = [make_person(), make_person()]
        for person in people:
            unread_count(person.pk)
        one, two = send(people[0]), send(*people)
        days = [inbox.client().ttl(inbox.key(f"messages:{message.pk}")) / 86400 for message in (one, two)]
        assert days == pytest.approx([1, 90], abs=0.1)

    def test_a_content_that_no_inbox_needs_is_not_stored(self, person, send):
        message = send(person)
        assert not inbox.client().exists(inbox.key(f"messages:{message.pk}"))


class TestRetention:
    def test_old_messages_are_deleted(self, person, send, titles, settings, monkeypatch):
        monkeypatch.setattr("services.notifications.retention.BATCH", 2)
        unread_count(person.pk)
        for number in range(5):
            send(person, what=str(number))
        old = timezone.now() - timedelta(days=settings.NOTIFICATION_DAYS, minutes=1)
        kept = Message.objects.order_by("-pk")[:2]
        Message.objects.exclude(pk__in=[message.pk for message in kept]).update(created_at=old)
        delete_old_messages()
        assert Message.objects.count() == Recipient.objects.count() == Chunk.objects.count() == 2
        assert (titles(person), unread_count(person.pk)) == (["4", "3"], 2)
        assert delete_old_messages() == 0

    def test_an_inbox_whose_messages_are_all_old_is_empty(self, person, send, titles):
        unread_count(person.pk)
        send(person)
        Message.objects.update(created_at=timezone.now() - timedelta(days=5000))
        delete_old_messages()
        assert (titles(person), unread_count(person.pk)) == ([], 0)


class TestCommand:
    def test_one_inbox_is_built_again(self, person, send, titles, capsys):
        send(person)
        unread_count(person.pk)
        inbox.client().zrem(inbox.key(f"inboxes:{person.pk}:entries"), Message.objects.get().pk)
        assert titles(person) == []
        call_command("rebuild_inboxes", "--person", person.username.upper())
        assert titles(person) == ["Hello"]
        assert "Inboxes built: 1." in capsys.readouterr().out

    def test_all_inboxes_are_built_again(self, make_person, send, titles, capsys):
        people = [make_person(), make_person()]
        send(*people)
        for person in people:
            unread_count(person.pk)
        inbox.client().xadd(inbox.key("inbox:1:entries"), {"entry": "of an earlier version"})
        call_command("rebuild_inboxes")
        assert "Inboxes built: 2." in capsys.readouterr().out
        assert not inbox.client().exists(inbox.key("inbox:1:entries"))

    @pytest.mark.parametrize("arguments", [[], ["--person", "asha"]])
    def test_a_store_that_is_down_is_an_error_that_says_what_to_do(self, make_person, monkeypatch, arguments):
        make_person("asha")
        monkeypatch.setattr(inbox, "client", Mock(side_effect=RedisConnectionError("refused")))
        with pytest.raises(CommandError, match=r"The notification store failed: refused\. Run doctor"):
            call_command("rebuild_inboxes", *arguments)

    def test_an_unknown_person_is_refused(self):
        with pytest.raises(CommandError, match="no person with the username nobody"):
            call_command("rebuild_inboxes", "--person", "nobody")
