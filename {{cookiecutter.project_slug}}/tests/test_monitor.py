"""The overview's state of the stack: shared between everyone who looks, and never held up by one part."""

import threading
import time
from dataclasses import asdict
from unittest.mock import patch

import pytest
from django.core.cache import caches

from core.health import monitor as module
from core.health.advice import ADVICE
from core.health.checks import Degraded, HealthCheck, Result
from core.health.monitor import ASKING, INTERVAL_SECONDS, KEY, Monitor, StackState
from core.health.stack import CONFIGURED_CHECKS, CONTAINER_CHECKS, HEALTH_CHECKS, health_checks


class Part(HealthCheck):
    """A part that counts how often it is asked, and fails while `error` is set."""

    service = "part"
    technology = "none"

    def __init__(self, service="part"):
        self.service = service
        self.pings = self.examinations = 0
        self.error = None

    def ping(self):
        self.pings += 1
        return self.answer()

    def round_trip(self):
        self.examinations += 1
        return self.answer()

    def answer(self):
        if self.error:
            raise self.error
        return "answers"

    def version(self):
        return "1.2"


def at_once(call):
    call()


def answers(cache):
    cache.set("core:monitor:test", 1)
    return cache.get("core:monitor:test") == 1


@pytest.fixture(autouse=True)
def empty_cache():
    """Empty the cache once it answers: after it was late once, the portal goes without it for five seconds."""
    deadline = time.monotonic() + 30
    while not answers(caches["cache"]):
        assert time.monotonic() < deadline, "the cache does not answer"
        time.sleep(0.1)
    caches["cache"].delete_many([KEY, ASKING])
    yield
    caches["cache"].delete_many([KEY, ASKING])


@pytest.fixture
def clock(monkeypatch):
    """Return a clock that moves only when it is told: `clock[0] += 5`."""
    now = [time.time()]
    monkeypatch.setattr(module.time, "time", lambda: now[0])
    return now


@pytest.fixture
def part():
    return Part()


def watch(part, **options):
    return Monitor(lambda: [part], **{"start": at_once, **options})


def test_a_part_is_asked_once_in_an_interval_however_many_look(part, clock):
    monitors = [watch(part) for _ in range(3)]  # as in three processes
    for _ in range(50):
        for monitor in monitors:
            assert monitor.state().parts["part"].result.status == "ok"
    assert (part.examinations, part.pings) == (1, 0)
    clock[0] += INTERVAL_SECONDS
    for monitor in monitors:
        monitor.state()
    assert (part.examinations, part.pings) == (1, 1)


def test_a_part_that_is_ok_gets_a_round_trip_seldom_and_one_that_failed_each_time(part, clock):
    monitor = watch(part)
    monitor.state()
    clock[0] += part.watch_seconds
    monitor.state()
    assert part.examinations == 2
    part.error = OSError("away")
    for _ in range(3):
        clock[0] += INTERVAL_SECONDS
        assert monitor.state().parts["part"].result.down
    assert (part.examinations, part.pings) == (4, 1)
    part.error = None
    clock[0] += INTERVAL_SECONDS
    assert monitor.state().parts["part"].result.status == "ok"


def test_it_knows_since_when_a_part_fails(part, clock):
    monitor = watch(part)
    assert monitor.state().parts["part"].failed_since is None
    part.error, began = Degraded("slow"), clock[0] + INTERVAL_SECONDS
    for _ in range(3):
        clock[0] += INTERVAL_SECONDS
        assert monitor.state().parts["part"].failed_since == began
    part.error = None
    clock[0] += INTERVAL_SECONDS
    assert monitor.state().parts["part"].failed_since is None


def test_check_now_gives_every_part_a_round_trip(part, clock):
    monitor = watch(part)
    monitor.state()
    monitor.state(now=True)
    assert part.examinations == 2


def test_a_part_that_hangs_holds_up_nobody_and_is_asked_once(part, monkeypatch):
    monkeypatch.setattr(module, "ANSWER_SECONDS", 0.2)
    monkeypatch.setattr(module, "INTERVAL_SECONDS", 0.0)
    end, fine = threading.Event(), Part("fine")
    monitor = Monitor(lambda: [part, fine])
    with patch.object(part, "answer", lambda: str(end.wait())):
        for _ in range(3):
            began = time.monotonic()
            state = monitor.state()
            assert time.monotonic() - began < 2
            assert state.parts["fine"].result.status == "ok"
            assert state.parts["part"].result.down
        assert state.parts["part"].result.detail.startswith("no answer for")
        assert part.examinations == 1
        end.set()


def test_while_the_cache_is_down_each_process_asks_for_itself(part, clock):
    monitor = watch(part)
    with (
        patch.object(caches["cache"], "get", return_value=None),
        patch.object(caches["cache"], "add", return_value=False),
        patch.object(caches["cache"], "set"),
    ):
        for _ in range(3):
            clock[0] += INTERVAL_SECONDS
            assert monitor.state().checked_at == clock[0]


def test_while_another_process_asks_the_last_results_are_shown(part, clock):
    monitor = watch(part)
    before = monitor.state()
    clock[0] += INTERVAL_SECONDS
    caches["cache"].add(ASKING, 1)
    assert monitor.state() == before
    clock[0] += module.LOST_SECONDS
    assert monitor.state().checked_at == clock[0]


def test_the_state_survives_the_cache(part):
    state = watch(part).state()
    assert StackState.from_json(state.as_json()) == state
    assert state.parts["part"].version == "1.2"


def test_every_part_has_a_title_and_advice():
    for check in {*HEALTH_CHECKS, *CONTAINER_CHECKS, *CONFIGURED_CHECKS, *health_checks()}:
        assert str(check.title)
        advice = ADVICE[check.service]
        assert all(map(str, [advice.title, advice.meaning, *advice.steps]))
    services = {check.service for check in (*HEALTH_CHECKS, *CONTAINER_CHECKS)}
    assert {need for check in HEALTH_CHECKS for need in check.needs} <= services


def test_a_result_names_its_advice(part):
    part.error = Degraded("slow", advice="certificate")
    result = part.run(part.ping)
    assert (result.advice, result.down, result.what_to_do) == ("certificate", False, ADVICE["certificate"])
    assert Result(**asdict(result)) == result
