"""`manage.py doctor` inside the stack."""

import json

from tests.support.compose import RUNNING, Stack
from tests.support.waiting import wait_until


def doctor(stack: Stack) -> tuple[int, dict[str, dict]]:
    done = stack.execute("intranet-server", "python", "manage.py", "doctor", "--json", check=False)
    return done.returncode, {row["service"]: row for row in json.loads(done.stdout)}


def test_every_row_is_green_inside(stack: Stack) -> None:
    # The scheduler's first sign of life comes within half a minute of its start.
    status, rows = wait_until(lambda: (found := doctor(stack))[1]["scheduler"]["status"] == "ok" and found, seconds=60)
    assert {name: row["status"] for name, row in rows.items()} == {**dict.fromkeys(RUNNING, "ok"), "mail": "degraded"}
    assert "MAIL_URL" in rows["mail"]["detail"]
    assert {name: row["embedded_backend"] for name, row in rows.items() if row["embedded_backend"]} == {
        "mail": "nothing"
    }
    assert status == 0


def test_its_table_shows_every_row(stack: Stack) -> None:
    done = stack.execute("intranet-server", "python", "manage.py", "doctor")
    for service in RUNNING:
        assert service in done.stdout
    for tier in ("│ I ", "│ II ", "│ III "):
        assert tier in done.stdout


def test_it_names_a_required_row_that_is_gone_and_ends_with_an_error(stack: Stack) -> None:
    stack.compose("stop", "session-store")
    try:
        status, rows = doctor(stack)
    finally:
        stack.compose("start", "session-store")
        wait_until(lambda: stack.is_healthy("session-store"), seconds=30)
    assert status == 1
    assert rows["session-store"]["status"] == "failed"
    assert "session-store" in rows["session-store"]["detail"]
    assert rows["database"]["status"] == "ok"
