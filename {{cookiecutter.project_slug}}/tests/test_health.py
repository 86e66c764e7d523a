"""Health checks report the state of every part, with details only inside the servers' network."""

import io
import json
from unittest.mock import patch

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection

from core.health.checks import Degraded, HealthCheck, check_same, wait_until
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


@pytest.mark.parametrize("more", [{"HTTP_X_FORWARDED_FOR": "10.0.0.1"}, {"REMOTE_ADDR": "198.41.0.4"}])
def test_details_are_not_shown_to_clients(db, client, more):
    for service in client.get("/health/ready/", **more).json()["services"].values():
        assert set(service) == {"status", "milliseconds"}


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
    for alias in ("sessions", "notifications", "default"):
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


def test_a_check_that_reads_another_value_fails():
    with pytest.raises(RuntimeError):
        check_same(1, 2)


def test_waiting_has_a_deadline():
    with pytest.raises(TimeoutError):
        wait_until(lambda: False, seconds=0.05)
