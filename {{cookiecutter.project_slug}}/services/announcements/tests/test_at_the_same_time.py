"""Several schedulers, and somebody who cancels or changes, at the same time. tests/portal runs this on PostgreSQL."""

import threading
import time
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from core.testing.threads import at_the_same_time
from services.announcements.actions import TooLate, announcement_cancel, announcement_change, announcement_schedule
from services.announcements.models import Announcement
from services.announcements.sending import announcement_send, announcements_send_due
from services.notifications.models import Message

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]

SECONDS = 20


@pytest.fixture
def author(make_person):
    return make_person("author")


@pytest.fixture
def make_due(author):
    def make(title="Library"):
        send_at = timezone.now() + timedelta(hours=1)
        announcement = announcement_schedule(author=author, title=title, text="Closed", send_at=send_at)
        Announcement.objects.filter(pk=announcement.pk).update(send_at=timezone.now())
        return announcement

    return make


class Sender(threading.Thread):
    """Sends an announcement, and holds its transaction open until `finish` is set. `pid` is that of its connection."""

    def __init__(self, pk):
        super().__init__()
        self.pk, self.pid, self.error = pk, None, None
        self.has_sent, self.finish = threading.Event(), threading.Event()

    def run(self):
        try:
            with transaction.atomic():
                assert announcement_send(self.pk)
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_backend_pid()")
                    self.pid = cursor.fetchone()[0]
                self.has_sent.set()
                self.finish.wait(SECONDS)
        except DatabaseError as error:
            self.error = error
        finally:
            connection.close()


def start_sender(announcement):
    sender = Sender(announcement.pk)
    sender.start()
    assert sender.has_sent.wait(SECONDS)
    return sender


@contextmanager
def finished_when_another_waits(sender):
    """Let the sender finish as soon as a statement of the block waits for its row."""

    def finish():
        with connection.cursor() as cursor:
            deadline = time.monotonic() + SECONDS
            waiting = 0
            while not waiting and time.monotonic() < deadline:
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))", [sender.pid]
                )
                waiting = cursor.fetchone()[0]
        connection.close()
        sender.finish.set()

    thread = threading.Thread(target=finish)
    thread.start()
    try:
        yield
    finally:
        thread.join(SECONDS)
        sender.join(SECONDS)


def test_several_schedulers_send_each_announcement_once(make_due):
    for number in range(10):
        make_due(f"Number {number}")
    assert sum(at_the_same_time(*[announcements_send_due] * 6)) == 10
    assert Message.objects.filter(app="announcements").count() == 10
    assert Announcement.objects.filter(sent_at=None).count() == 0


def test_one_that_another_process_is_sending_holds_up_no_other(make_due):
    held, other = make_due("Held"), make_due("Other")
    sender = start_sender(held)
    try:
        assert announcements_send_due() == 1
        assert Announcement.objects.get(pk=other.pk).sent_at is not None
    finally:
        sender.finish.set()
        sender.join(SECONDS)
    assert Message.objects.filter(app="announcements").count() == 2


def test_a_process_that_dies_while_it_sends_has_sent_nothing(make_due):
    announcement = make_due()
    sender = start_sender(announcement)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [sender.pid])
    sender.finish.set()
    sender.join(SECONDS)
    assert sender.error is not None
    assert not Message.objects.filter(app="announcements").exists()
    assert announcements_send_due() == 1
    assert Message.objects.filter(app="announcements").count() == 1


def test_cancelling_waits_for_the_process_that_is_sending_and_is_then_too_late(make_due, author):
    announcement = make_due()
    sender = start_sender(announcement)
    with finished_when_another_waits(sender), pytest.raises(TooLate):
        announcement_cancel(announcement=announcement, by=author)
    announcement.refresh_from_db()
    assert (announcement.cancelled_at, announcement.sent_at is not None) == (None, True)


def test_changing_waits_for_the_process_that_is_sending_and_is_then_too_late(make_due, author):
    announcement = make_due()
    sender = start_sender(announcement)
    with finished_when_another_waits(sender), pytest.raises(TooLate):
        announcement_change(announcement=announcement, by=author, title="Other", text="Other")
    announcement.refresh_from_db()
    assert (announcement.title, announcement.sent_at is not None) == ("Library", True)


def test_one_is_sent_or_cancelled_and_never_both(make_due, author):
    announcements = [make_due(str(number)) for number in range(8)]

    def cancel(announcement):
        try:
            announcement_cancel(announcement=announcement, by=author)
        except TooLate:
            return False
        return True

    results = at_the_same_time(announcements_send_due, *[lambda one=one: cancel(one) for one in announcements])
    assert results[0] + sum(results[1:]) == 8
    announcements_send_due()
    assert Announcement.objects.exclude(cancelled_at=None).count() == sum(results[1:])
    assert Message.objects.filter(app="announcements").count() == results[0]
