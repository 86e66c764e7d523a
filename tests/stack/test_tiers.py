"""No service starts before the services that it needs."""

from pathlib import Path

import pytest

from tests.support.compose import BACKUP, ONE_SHOTS, PARTS, TIER_I, TIER_II, TIER_III, Event, Stack

HEALTHY = "health_status: healthy"


def time_of(events: list[Event], service: str, action: str) -> int:
    """Return when this first happened to the service's container, in nanoseconds."""
    times = [event.at for event in events if event.service == service and event.action == action]
    assert times, f"no event {action!r} of {service}: {[event for event in events if event.service == service]}"
    return times[0]


@pytest.mark.parametrize("service", [*TIER_II, "migrations"])
def test_a_service_starts_when_all_of_tier_i_is_healthy(events_of_start: list[Event], service: str) -> None:
    started = time_of(events_of_start, service, "start")
    delays = {one: time_of(events_of_start, one, HEALTHY) - started for one in TIER_I}
    assert len(delays) == 7
    assert not {one: f"{nanoseconds / 1e9:.3f} s later" for one, nanoseconds in delays.items() if nanoseconds > 0}


@pytest.mark.parametrize("service", TIER_II)
def test_a_service_starts_when_the_database_is_migrated(
    events_of_start: list[Event], stack: Stack, service: str
) -> None:
    assert time_of(events_of_start, "migrations", "die") <= time_of(events_of_start, service, "start")
    assert stack.container("migrations")["State"]["ExitCode"] == 0


@pytest.mark.parametrize("service", TIER_III)
def test_the_reverse_proxy_starts_when_all_of_tier_ii_is_healthy(events_of_start: list[Event], service: str) -> None:
    started = time_of(events_of_start, service, "start")
    assert all(time_of(events_of_start, one, HEALTHY) <= started for one in TIER_II)
    assert all(time_of(events_of_start, one, "die") <= started for one in ONE_SHOTS)


def test_every_container_started_once(events_of_start: list[Event]) -> None:
    starts = sorted(event.service for event in events_of_start if event.action == "start")
    assert starts == sorted([*PARTS, *ONE_SHOTS, BACKUP])


def test_without_the_database_tier_ii_does_not_start_and_compose_names_the_reason(stack: Stack, tmp_path: Path) -> None:
    unhealthy = tmp_path / "unhealthy.yaml"
    unhealthy.write_text(
        "services: {database: {healthcheck: {test: [CMD, 'false'], start_period: 0s, interval: 1s, retries: 3}}}\n"
    )
    with stack.another_project("held-back", unhealthy) as other:
        done = other.compose("up", "--detach", check=False, seconds=120)
        containers = other.containers()
    assert done.returncode != 0
    assert "database" in done.stderr
    assert "unhealthy" in done.stderr
    never = "0001-01-01T00:00:00Z"
    waiting = [*TIER_II, *TIER_III, "migrations"]
    assert {name: containers[name]["State"]["StartedAt"] for name in waiting} == dict.fromkeys(waiting, never)
    assert containers["database"]["State"]["Running"]
