"""Watches a new release while people use it: the health of its containers, and how many requests fail."""

import json
import time
from datetime import UTC, datetime

from .commands import RollError, output
from .portal import containers

SECONDS = 60
BETWEEN_SECONDS = 5
MOST_FAILED = 0.01  # of the requests
FEWEST_FAILED = 5  # one error of one visitor is no trend


def watch(seconds: float = SECONDS) -> str:
    """Watch the portal, and return a line about it. Raises RollError when it is not well."""
    started, deadline = datetime.now(UTC), time.monotonic() + seconds
    while True:
        ill = [one for one in containers() if not one.is_well and one.health != "starting"]
        if ill:
            raise RollError(f"{ill[0].service} is {ill[0].health or ill[0].state}")
        failed, total = count_failures(started)
        if failed >= FEWEST_FAILED and failed > MOST_FAILED * total:
            raise RollError(f"{failed} of {total} requests were answered with an error of the server")
        if time.monotonic() > deadline:
            return f"{total} requests in {seconds:.0f} seconds, {failed} of them with an error of the server"
        time.sleep(BETWEEN_SECONDS)


def count_failures(since: datetime) -> tuple[int, int]:
    """Return how many requests the reverse proxy answered with 500 or more since a time, and how many in all."""
    log = output(
        "docker", "compose", "logs", "--no-log-prefix", "--no-color", f"--since={since.isoformat()}", "reverse-proxy"
    )
    statuses = [status for line in log.splitlines() if (status := status_of(line))]
    return sum(status >= 500 for status in statuses), len(statuses)


def status_of(line: str) -> int:
    """Return the status in a line of NGINX's log, 0 in one that is not of a request."""
    try:
        return int(json.loads(line[line.index("{") :]).get("status", 0))
    except (ValueError, TypeError):
        return 0
