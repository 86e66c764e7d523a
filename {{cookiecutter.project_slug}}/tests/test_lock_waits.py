"""The waits for locks of one request sum to at most a second, however many statements wait."""

import fcntl
import os
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.conf import settings
from django.db import OperationalError, connection, transaction

from core.files import decoder
from core.files.errors import DecoderBusy
from core.stores.database import advisory_lock, configure_connections
from core.stores.lock_waits import MOST_SECONDS, SHORTEST_SECONDS, lock_waits
from core.stores.postgresql.base import LIMIT_LOCK_WAITS
from core.testing.counting import counted_round_trips
from core.testing.waiting import wait_until

ONE, OTHER = 71_001, 71_002  # keys of advisory locks

only_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")


@pytest.fixture(autouse=True)
def no_waits():
    lock_waits.restart()
    yield
    lock_waits.restart()


class TestSum:
    def test_slow_statements_count(self):
        lock_waits.add(0.7)
        assert lock_waits.remaining == pytest.approx(0.3)
        lock_waits.add(0.7)
        assert lock_waits.remaining == 0

    def test_quick_statements_do_not_count(self):
        lock_waits.add(SHORTEST_SECONDS / 2)
        assert lock_waits.remaining == MOST_SECONDS

    def test_each_request_begins_again(self, visitor):
        lock_waits.add(1.0)
        visitor.get("/health/live/")
        assert lock_waits.remaining == MOST_SECONDS

    def test_threads_have_their_own(self):
        lock_waits.add(1.0)
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(lambda: lock_waits.remaining).result() == MOST_SECONDS

    def test_the_lock_of_the_pictures_has_what_the_statements_left(self):
        lock_waits.add(MOST_SECONDS)
        settings.PROTECTED_ROOT.mkdir()
        other = os.open(settings.PROTECTED_ROOT, os.O_RDONLY)
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(DecoderBusy), decoder.decoder_lock():
            pass
        os.close(other)
        with decoder.decoder_lock():
            pass

    def test_the_wait_for_the_pictures_counts(self, monkeypatch):
        monkeypatch.setattr(decoder, "LOCK_TIMEOUT_SECONDS", 2 * SHORTEST_SECONDS)
        settings.PROTECTED_ROOT.mkdir()
        other = os.open(settings.PROTECTED_ROOT, os.O_RDONLY)
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(DecoderBusy), decoder.decoder_lock():
            pass
        os.close(other)
        assert lock_waits.remaining < MOST_SECONDS


@pytest.fixture
def as_server(transactional_db, monkeypatch):
    """Give this thread's connection the limits of a server's."""
    settings = connection.settings_dict
    monkeypatch.setitem(settings, "OPTIONS", settings["OPTIONS"].copy())
    monkeypatch.setitem(settings, LIMIT_LOCK_WAITS, True)
    monkeypatch.setitem(settings, "CONN_MAX_AGE", 600)  # seconds; an earlier test may have loaded Daphne's settings
    configure_connections(keep_connections=True)
    connection.close()
    yield
    connection.close()


@pytest.fixture
def holder(as_server):
    """Another connection, which holds both locks."""
    other = connection.copy()
    with other.cursor() as cursor:
        for lock in (ONE, OTHER):
            cursor.execute("SELECT pg_advisory_lock(%s)", [lock])
    other.inc_thread_sharing()  # a test releases a lock from another thread
    yield other
    other.close()


def lock_timeout() -> int:
    """Return how long the next statement may wait for a lock, in milliseconds."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        (text,) = cursor.fetchone()
    number, unit = re.fullmatch(r"(\d+)(ms|s)", text).groups()
    return int(number) * (1000 if unit == "s" else 1)


def fails_to_lock(lock: int) -> bool:
    try:
        with transaction.atomic():
            advisory_lock(lock)
    except OperationalError as error:
        return "lock timeout" in str(error)
    return False


@only_postgresql
class TestPostgreSQL:
    def test_a_request_that_waited_its_second_does_not_wait_again(self, holder):
        assert lock_timeout() == 1000
        assert fails_to_lock(ONE)
        assert lock_timeout() == 1
        assert fails_to_lock(OTHER)
        with transaction.atomic():
            assert fails_to_lock(OTHER)  # its savepoint is rolled back, and with it a SET
            assert lock_timeout() == 1
        assert lock_timeout() == 1

    def test_what_the_first_wait_left_remains_for_the_second(self, holder):
        with ThreadPoolExecutor(1) as pool, transaction.atomic():
            waits = pool.submit(release_after_a_while, holder)
            advisory_lock(ONE)
            waits.result()
            assert 0 < lock_timeout() < 1000
            assert lock_timeout() == int(lock_waits.remaining * 1000)

    def test_the_next_request_may_wait_again(self, holder):
        assert fails_to_lock(ONE)
        connection.close_if_unusable_or_obsolete()  # as Django does after each request
        assert lock_timeout() == 1000

    def test_a_request_that_does_not_wait_costs_nothing_more(self, holder):
        lock_timeout()  # connects
        before = connection.connection.get_backend_pid()
        with counted_round_trips() as counted, transaction.atomic():
            advisory_lock(71_003)
        assert [statement.split()[0] for statement in counted.sql] == ["BEGIN", "SELECT", "COMMIT"]
        connection.close_if_unusable_or_obsolete()
        lock_timeout()
        assert connection.connection.get_backend_pid() == before


def release_after_a_while(holder) -> None:
    """Release the lock ONE once somebody has waited for it so long that it counts."""

    def waits() -> bool:
        with holder.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE clock_timestamp() - waitstart > make_interval(secs => %s)",
                [2 * SHORTEST_SECONDS],
            )
            return cursor.fetchone()[0] > 0

    wait_until(waits, every=0.01)
    with holder.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [ONE])
