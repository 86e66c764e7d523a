"""One-time codes, counters of limits, locks and presence: each has a lifetime, a namespace and a limit."""

import threading
from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.cache import caches

from core.stores.application_store import application_store
from core.stores.codes import LENGTH, codes
from core.stores.counters import limit
from core.stores.locks import LockTaken, lock
from core.stores.presence import LIFETIME, MOST_PEOPLE, Presence
from core.testing.counting import exact_round_trips
from core.testing.threads import at_the_same_time
from core.testing.waiting import wait_until

MOMENT, MINUTE, HOUR, DAY = timedelta(milliseconds=50), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class TestCodes:
    @pytest.fixture
    def approvals(self):
        return codes("library", "approval", lifetime=HOUR)

    def test_a_code_works_once(self, approvals):
        code = approvals.create(1)
        assert approvals.redeem(1, code)
        assert not approvals.redeem(1, code)

    def test_a_code_is_read_as_people_type_it(self, approvals):
        code = approvals.create(1)
        assert len(code.replace("-", "")) == LENGTH
        assert approvals.redeem(1, f"  {code.lower().replace('-', ' ')} ")

    def test_a_code_is_for_one_person_one_purpose_and_one_app(self, approvals):
        code = approvals.create(1)
        approvals.create(2)
        others = codes("library", "other", lifetime=HOUR), codes("polls", "approval", lifetime=HOUR)
        assert not approvals.redeem(2, code)
        for other in others:
            assert not other.redeem(1, code)
            other.create(1)
            assert not other.redeem(1, code)
        assert approvals.redeem(1, code)

    def test_only_so_many_wrong_tries_are_allowed(self):
        approvals = codes("library", "approval", lifetime=HOUR, tries=3)
        code = approvals.create(1)
        assert [approvals.redeem(1, "wrong") for _ in range(2)] == [False, False]
        assert approvals.redeem(1, code)
        code = approvals.create(1)
        assert [approvals.redeem(1, "wrong") for _ in range(3)] == [False] * 3
        assert not approvals.redeem(1, code)

    def test_a_new_code_replaces_the_one_before_and_its_tries(self, approvals):
        old = approvals.create(1)
        for _ in range(4):
            approvals.redeem(1, "wrong")
        new = approvals.create(1)
        assert not approvals.redeem(1, old)
        assert approvals.redeem(1, new)

    def test_a_code_expires_and_can_be_revoked(self, approvals):
        short = codes("library", "short", lifetime=MOMENT)
        code = short.create(1)
        wait_until(lambda: short.store.remaining("one-time-code:short:1") is None)
        assert not short.redeem(1, code)
        code = approvals.create(1)
        assert (approvals.revoke(1), approvals.revoke(1)) == (True, False)
        assert not approvals.redeem(1, code)

    @pytest.mark.parametrize("typed", ["", "-", "x" * 100_000, "दून", "\x00"])
    def test_a_text_that_is_no_code_is_wrong(self, approvals, typed):
        assert not approvals.redeem(1, typed)
        approvals.create(1)
        assert not approvals.redeem(1, typed)

    def test_of_many_uses_at_the_same_time_one_succeeds(self, approvals):
        approvals = codes("library", "approval", lifetime=HOUR, tries=100)
        code = approvals.create(1)
        assert sorted(at_the_same_time(*[lambda: approvals.redeem(1, code)] * 8)) == [False] * 7 + [True]

    def test_the_store_contains_neither_the_code_nor_who_it_is_for(self, approvals):
        client = caches["default"].client.get_client(write=True)
        before = set(client.scan_iter("*"))  # a real server has other keys
        code = approvals.create(1)
        (name,) = set(client.scan_iter("*")) - before
        content = name + b"".join(b"".join(pair) for pair in client.hgetall(name).items())
        assert code.encode() not in content
        assert code.replace("-", "").encode() not in content
        assert b"approval" not in content

    @pytest.mark.parametrize(
        "options",
        [{"lifetime": timedelta(days=8)}, {"lifetime": HOUR, "tries": 0}, {"purpose": "A b", "lifetime": HOUR}],
    )
    def test_lifetime_tries_and_purpose_have_limits(self, options):
        with pytest.raises(ValueError, match=r"7 days|one try|lower-case"):
            codes("library", **{"purpose": "approval", **options})


class TestCounters:
    def test_a_limit_allows_so_many_calls_in_a_period(self):
        allowances = [limit("library", "loans:1", most=2, per=HOUR) for _ in range(4)]
        assert [one.is_allowed for one in allowances] == [True, True, False, False]
        assert [one.remaining for one in allowances] == [1, 0, 0, 0]
        assert allowances[0].retry_after == timedelta(0)
        assert all(timedelta(minutes=59) < one.retry_after <= HOUR for one in allowances[1:])

    def test_keys_and_namespaces_count_separately(self):
        for namespace, key in (("library", "loans:1"), ("library", "loans:2"), ("polls", "loans:1")):
            assert limit(namespace, key, most=1, per=HOUR).is_allowed

    def test_the_period_begins_with_the_first_call(self):
        assert limit("library", "loans:1", most=1, per=MOMENT).is_allowed
        wait_until(lambda: limit("library", "loans:1", most=1, per=MOMENT).is_allowed)

    def test_a_call_costs_one_round_trip_also_when_it_is_refused(self, db):
        limit("library", "loans:1", most=1, per=HOUR)
        with exact_round_trips(sql=0, stores=1):
            assert not limit("library", "loans:1", most=1, per=HOUR).is_allowed

    def test_calls_at_the_same_time_are_all_counted(self):
        allowances = at_the_same_time(*[lambda: limit("library", "loans:1", most=5, per=HOUR)] * 8)
        assert sum(one.is_allowed for one in allowances) == 5

    @pytest.mark.parametrize(("most", "per"), [(0, HOUR), (1, timedelta(0)), (1, timedelta(days=8))])
    def test_the_number_and_the_period_have_limits(self, most, per):
        with pytest.raises(ValueError, match=r"at least one call|7 days"):
            limit("library", "loans:1", most=most, per=per)


class TestLocks:
    def test_one_at_a_time_holds_a_lock(self):
        with lock("library", "import", lifetime=MINUTE):
            with pytest.raises(LockTaken, match="library:import"), lock("library", "import", lifetime=MINUTE):
                pytest.fail("two hold it")
            with lock("library", "export", lifetime=MINUTE), lock("polls", "import", lifetime=MINUTE):
                pass
        with lock("library", "import", lifetime=MINUTE):
            pass

    def test_an_error_in_the_block_releases_the_lock(self):
        with suppress(KeyError), lock("library", "import", lifetime=MINUTE):
            raise KeyError
        with lock("library", "import", lifetime=MINUTE):
            pass

    def test_a_lock_ends_with_its_lifetime_and_only_its_holder_releases_it(self):
        first = lock("library", "import", lifetime=MOMENT)
        first.__enter__()
        with lock("library", "import", lifetime=MINUTE, wait=timedelta(seconds=5)):
            first.__exit__(None, None, None)
            with pytest.raises(LockTaken), lock("library", "import", lifetime=MINUTE):
                pytest.fail("another process released it")

    def test_of_many_at_the_same_time_one_takes_it(self):
        taken = threading.Barrier(8)

        def take():
            try:
                with lock("library", "import", lifetime=MINUTE):
                    taken.wait(10)
                    return True
            except LockTaken:
                taken.wait(10)
                return False

        assert sorted(at_the_same_time(*[take] * 8)) == [False] * 7 + [True]

    def test_waiting_ends_when_told(self):
        with lock("library", "import", lifetime=MINUTE), pytest.raises(LockTaken):
            lock("library", "import", lifetime=MINUTE, wait=timedelta(milliseconds=200)).__enter__()

    @pytest.mark.parametrize(
        "options",
        [
            {"lifetime": timedelta(0)},
            {"lifetime": DAY},
            {"lifetime": MINUTE, "wait": MINUTE},
            {"lifetime": MINUTE, "wait": -MINUTE},
        ],
    )
    def test_lifetime_and_wait_have_limits(self, options):
        with pytest.raises(ValueError, match=r"lifetime|wait"):
            lock("library", "import", **options).__enter__()


class TestPresence:
    def test_a_person_counts_once_until_they_leave(self):
        shelf = Presence("library", "7")
        assert [shelf.touch(1), shelf.touch(2), shelf.touch(1), shelf.count()] == [1, 2, 2, 2]
        assert [shelf.leave(1), shelf.leave(1), shelf.count()] == [1, 1, 1]
        assert Presence("library", "8").count() == Presence("polls", "7").count() == 0

    def test_a_person_who_stops_calling_is_no_longer_counted(self, monkeypatch):
        shelf = Presence("library", "7")
        monkeypatch.setattr("core.stores.presence.LIFETIME", MOMENT)
        shelf.touch(1)
        monkeypatch.setattr("core.stores.presence.LIFETIME", LIFETIME)
        shelf.touch(2)
        wait_until(lambda: shelf.count() == 1)

    def test_it_is_forgotten_when_nobody_looks_any_more(self):
        Presence("library", "7").touch(1)
        assert application_store("library").remaining("presence:7") <= LIFETIME

    def test_only_so_many_people_are_counted_and_they_stay(self, monkeypatch):
        monkeypatch.setattr("core.stores.presence.MOST_PEOPLE", 3)
        shelf = Presence("library", "7")
        assert [shelf.touch(number) for number in range(5)] == [1, 2, 3, 3, 3]
        assert [shelf.leave(4), shelf.touch(0), shelf.leave(0)] == [3, 3, 2]
        assert MOST_PEOPLE == 1000

    def test_each_call_is_one_round_trip(self, db):
        shelf = Presence("library", "7")
        for call in (lambda: shelf.touch(1), shelf.count, lambda: shelf.leave(1)):
            with exact_round_trips(sql=0, stores=1):
                call()
