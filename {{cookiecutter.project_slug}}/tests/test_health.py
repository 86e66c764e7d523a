"""Health checks report the state of every part, with details only inside the servers' network."""

import io
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy, override

from core.health.checks import Degraded, HealthCheck, check_same, wait_until
from core.health.readiness import INTERVAL_SECONDS, STUCK_SECONDS, Readiness, readiness
from core.health.stack import HEALTH_CHECKS
from core.health.stores import NotificationStoreCheck, SessionStoreCheck

SERVICES = [
    "message-broker", "channel-layer", "session-store", "notification-store", "application-store", "database", "cache",
]  # fmt: skip


def doctor(*arguments):
    """Return what doctor prints, and its exit status."""
    output = io.StringIO()
    try:
        call_command("doctor", *arguments, stdout=output, stderr=io.StringIO())
    except SystemExit as end:
        return output.getvalue(), end.code
    return output.getvalue(), 0


def test_liveness_answers_while_the_process_is_up(client):
    response = client.get("/health/live/")
    assert response.status_code == 200
    assert response["Cache-Control"].startswith("max-age=0")


def test_readiness_checks_every_part_of_tier_1(db, client):
    response = client.get("/health/ready/")
    body = response.json()
    assert response.status_code == 200
    assert list(body["services"]) == SERVICES
    for service in body["services"].values():
        assert service["status"] == "ok"
        assert service["milliseconds"] >= 0
        assert service["detail"]


OUTSIDE = [
    {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
    {"HTTP_X_PORTAL_SITE": settings.SITE},
    {"REMOTE_ADDR": "198.41.0.4"},
    {"REMOTE_ADDR": "10.0.0.1"},  # a neighbour of a portal without containers
    {"REMOTE_ADDR": ""},
]


@pytest.mark.parametrize("more", OUTSIDE)
def test_clients_learn_only_whether_the_portal_serves(db, client, more):
    response = client.get("/health/ready/", **more)
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    with patch.object(SessionStoreCheck, "ping", side_effect=OSError("down")):
        readiness.forget()
        response = client.get("/health/ready/", **more)
    assert (response.status_code, response.json()) == (503, {"status": "failed"})


def test_a_portal_with_less_is_ok_to_clients(db, client):
    with patch.object(NotificationStoreCheck, "ping", side_effect=OSError("down")):
        response = client.get("/health/ready/", HTTP_X_FORWARDED_FOR="203.0.113.7")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


class Part(HealthCheck):
    """A part that hangs while `continues` is not set. It counts how often it was asked."""

    service = "part"
    technology = "none"
    required = True

    def __init__(self):
        self.asked, self.continues = 0, threading.Event()
        self.continues.set()

    def round_trip(self):
        self.asked += 1
        self.continues.wait(30)
        return "answers"


@pytest.fixture
def part():
    part = Part()
    yield part
    part.continues.set()


def test_the_parts_are_asked_once_in_an_interval(part):
    shared = Readiness([part])
    for _ in range(50):
        assert [result.status for result in shared.results()] == ["ok"]
    assert part.asked == 1
    shared.answered_at -= INTERVAL_SECONDS
    shared.results()
    assert part.asked == 2


def test_one_thread_waits_for_a_part_that_hangs_and_all_others_get_its_last_answer(part):
    shared = Readiness([part])
    shared.results()
    shared.answered_at -= INTERVAL_SECONDS
    part.continues.clear()
    with ThreadPoolExecutor(8) as pool:
        waits = pool.submit(shared.results)
        wait_until(lambda: part.asked == 2, seconds=5)
        # The pool would be full of waiting threads if each of these asked the part.
        others = [pool.submit(shared.results) for _ in range(100)]
        assert {one.result(timeout=5)[0].status for one in others} == {"ok"}
        assert not waits.done()
        part.continues.set()
        waits.result(timeout=5)
    assert part.asked == 2


def test_a_part_that_hangs_for_long_counts_as_failed(part):
    shared = Readiness([part])
    shared.results()
    shared.current = (part, time.monotonic() - STUCK_SECONDS)
    (result,) = shared.results()
    assert (result.status, result.detail) == ("failed", "no answer for 10 seconds")


def test_a_process_that_was_not_asked_yet_is_not_ready(part, monkeypatch):
    monkeypatch.setattr("core.health.readiness.FIRST_ANSWER_SECONDS", 0.0)
    shared = Readiness([part])
    part.continues.clear()
    with ThreadPoolExecutor(2) as pool:
        pool.submit(shared.results)
        wait_until(lambda: part.asked == 1, seconds=5)
        assert [result.status for result in pool.submit(shared.results).result(timeout=5)] == ["failed"]
        part.continues.set()


def test_the_portal_is_not_ready_if_a_required_part_fails(db, client):
    with patch.object(SessionStoreCheck, "ping", side_effect=OSError("redis://portal:hunter2@session-store down")):
        response = client.get("/health/ready/")
    assert response.status_code == 503
    assert response.json()["status"] == "failed"
    assert response.json()["services"]["session-store"]["status"] == "failed"
    assert b"hunter2" not in response.content


def test_the_portal_is_degraded_if_another_part_fails(db, client):
    with patch.object(NotificationStoreCheck, "ping", side_effect=OSError("down")):
        response = client.get("/health/ready/")
    assert response.status_code == 200
    assert response.json()["status"] == "degraded"
    assert response.json()["services"]["notification-store"]["status"] == "degraded"


def test_readiness_is_cheap(db, client, round_trips):
    with round_trips(sql=1, stores=5):  # one for each Redis, and the cache
        client.get("/health/ready/")


@pytest.mark.django_db(transaction=True)
def test_every_part_makes_a_round_trip():
    for check in HEALTH_CHECKS:
        result = check.run(check.round_trip)
        if check.service in {"frontend", "scheduler", "worker"}:
            continue  # a test run has no build, scheduler or worker
        assert result.status == "ok", result


@pytest.mark.django_db(transaction=True)
def test_a_round_trip_leaves_no_data():
    for check in HEALTH_CHECKS[:7]:
        assert check.run(check.round_trip).status == "ok"
    for alias in ("sessions", "notifications", "application", "default"):
        assert list(caches[alias].iter_keys("*")) == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM auth_group")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db(transaction=True)
def test_doctor_shows_the_first_tier():
    table, status = doctor("--tier", "1")
    assert status == 0
    positions = [table.index(service) for service in SERVICES]
    assert positions == sorted(positions)
    assert "worker" not in table


@pytest.mark.django_db(transaction=True)
def test_doctor_prints_json():
    output, status = doctor("--json", "--tier", "1")
    results = json.loads(output)
    assert status == 0
    assert [result["service"] for result in results] == SERVICES
    assert {result["status"] for result in results} == {"ok"}


@pytest.mark.django_db(transaction=True)
def test_doctor_fails_if_a_required_part_fails():
    with patch.object(SessionStoreCheck, "round_trip", side_effect=OSError("down")):
        output, status = doctor("--json")
    assert status == 1
    assert [result["service"] for result in json.loads(output) if result["status"] == "failed"] == ["session-store"]


@pytest.mark.django_db(transaction=True)
def test_doctor_warns_if_another_part_fails():
    with patch.object(NotificationStoreCheck, "round_trip", side_effect=OSError("down")):
        output, status = doctor("--tier", "1")
    assert status == 0
    assert "degraded" in output
    assert "OSError: down" in output


class Sample(HealthCheck):
    service = "sample"
    technology = "none"

    def ping(self):
        return "answers"

    def round_trip(self):
        raise Degraded("slow")


def test_the_result_of_a_check_has_its_status():
    check = Sample()
    assert check.run(check.ping).status == "ok"
    assert check.run(check.round_trip).status == "degraded"


def test_what_a_check_saw_is_in_english_for_doctor_and_in_the_readers_language_elsewhere(settings):
    settings.LANGUAGES = [("en", "English"), ("hi", "Hindi")]
    check = Sample()
    message = format_lazy(gettext_lazy("the first page refers to missing files: {files}"), files="a.js")
    with override("hi"), patch.object(check, "round_trip", side_effect=Degraded(message)):
        result = check.run(check.round_trip)
    assert result.detail == "the first page refers to missing files: a.js"
    assert result.as_dict()["detail"] == result.detail
    assert result.detail_in("hi").endswith("a.js")
    assert result.detail_in("hi") != result.detail
    assert result.detail_in("fr") == result.detail


def test_a_check_that_reads_another_value_fails():
    with pytest.raises(RuntimeError):
        check_same(1, 2)


def test_waiting_has_a_deadline():
    with pytest.raises(TimeoutError):
        wait_until(lambda: False, seconds=0.05)
