"""`manage.py doctor` inside the stack."""

import json

from tests.support.compose import PARTS, Stack
from tests.support.waiting import wait_until


def doctor(stack: Stack) -> tuple[int, dict[str, dict]]:
    """Return the exit code, and what doctor reports of each part, by service."""
    done = stack.execute("intranet-server", "python", "manage.py", "doctor", "--json", check=False)
    return done.returncode, {part["service"]: part for part in json.loads(done.stdout)}


def test_every_part_works_inside_the_stack(stack: Stack) -> None:
    def healthy_parts() -> dict[str, dict] | None:
        exit_code, parts = doctor(stack)
        print(parts)
        return parts if exit_code == 0 and all(part["status"] == "ok" for part in parts.values()) else None

    # The scheduler's first heartbeat arrives within half a minute of its start. On a busy machine, a part may be late.
    parts = wait_until(healthy_parts, seconds=60)
    assert parts.keys() == {*PARTS, "mail", "single-sign-on"}
    assert not [name for name, part in parts.items() if part["embedded_backend"]]


def test_the_table_lists_every_part(stack: Stack) -> None:
    done = stack.execute("intranet-server", "python", "manage.py", "doctor")
    for service in PARTS:
        assert service in done.stdout
    for tier in ("│ I ", "│ II ", "│ III "):
        assert tier in done.stdout


def test_a_required_part_that_is_down_is_named_and_the_command_fails(stack: Stack) -> None:
    stack.compose("stop", "session-store")
    try:
        exit_code, parts = doctor(stack)
    finally:
        stack.compose("start", "session-store")
        wait_until(lambda: stack.is_healthy("session-store"), seconds=30)
    assert exit_code == 1
    assert parts["session-store"]["status"] == "failed"
    assert "session-store" in parts["session-store"]["detail"]
    assert parts["database"]["status"] == "ok"
