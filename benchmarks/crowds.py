"""Measure whether anybody notices a crowd that holds connections, or one that asks for readiness while a store hangs.

    python benchmarks/crowds.py [--seconds 60]

This needs Docker. The program generates a portal with the default answers, builds it, starts it on free ports of the
loopback address, and removes it at the end. It prints a Markdown table, and fails when a promise is missed.
"""

import argparse
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from statistics import quantiles

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from tests.support.compose import Stack, docker, prepare_environment  # noqa: E402
from tests.support.crowd import Client, crowd, slow, steady  # noqa: E402
from tests.support.tls import context_of  # noqa: E402
from tests.support.visitor import Visitor  # noqa: E402
from tools.generate import main as generate  # noqa: E402

PROJECT = "portal-benchmark-crowds"
ADDRESSES, CONNECTIONS = (
    3,
    500,
)  # a fifth of these is silent, sends half a header, half a body, reads slowly, is a socket
READINESS, RATE, RATE_ADDRESSES = "/health/ready/", 200, 5
STORES = ("session-store", "notification-store", "application-store", "channel-layer")
MOST_SECONDS = 2.0
PACE_SECONDS = 0.05  # between two requests of the other visitor, who would meet the rate limit otherwise
PAGES = ("/", "/api/portal/", "/_allauth/browser/v1/config")  # an anonymous visitor's, which need no store


class Times:
    """How long the responses to another visitor take, and their statuses."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.statuses: Counter[object] = Counter()

    def request_for(self, visitor: Visitor, seconds: float) -> "Times":
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for path in PAGES:
                started = time.monotonic()
                try:
                    self.statuses[visitor.get(path).status] += 1
                except OSError as error:
                    self.statuses[type(error).__name__] += 1
                self.seconds.append(time.monotonic() - started)
                time.sleep(max(0.0, PACE_SECONDS - self.seconds[-1]))
        return self

    @property
    def p95(self) -> float:
        return quantiles(self.seconds, n=20)[-1]

    def __str__(self) -> str:
        counts = ", ".join(f"{count} × {status}" for status, count in self.statuses.items())
        return f"p95 {self.p95 * 1000:.0f} ms, slowest {max(self.seconds) * 1000:.0f} ms; {counts}"


def measure_crowd(visitor: Visitor, seconds: float, clients: list[Client]) -> tuple[Times, list[dict]]:
    with crowd(clients) as counted:
        times = Times().request_for(visitor, seconds)
    return times, counted


def memory(stack: Stack) -> str:
    return docker("stats", "--no-stream", "--format={{.MemUsage}}", stack.container("reverse-proxy")["Id"]).strip()


def measure(stack: Stack, seconds: float) -> dict[str, Times]:
    certificate = stack.portal / "authority.crt"
    stack.compose("cp", "reverse-proxy:/var/lib/portal/certificates/authority.crt", str(certificate))
    visitor = Visitor(stack.origin("internet"), stack.https_port, context_of(certificate))
    found = {"idle": Times().request_for(visitor, 10)}
    print(f"| idle | {found['idle']} |", flush=True)

    bundle = max(re.findall(r'src="?(/static/frontend/[^"\s>]+\.js)', visitor.get("/").text), key=len)
    options = ("--connections", str(CONNECTIONS), "--page", bundle)
    title = f"{CONNECTIONS} slow connections from each of {ADDRESSES} addresses"
    found[title], counted = measure_crowd(visitor, seconds, slow(stack, *options, addresses=ADDRESSES))
    print(f"| {title} | {found[title]}; the reverse proxy has {memory(stack)}; {counted[0]['opened']} |", flush=True)

    for store in STORES:
        title = f"{READINESS} {RATE} times a second, {store} paused"
        clients = steady(stack, READINESS, rate=RATE, addresses=RATE_ADDRESSES)
        stack.compose("pause", store)
        try:
            found[title], counted = measure_crowd(visitor, seconds / 3, clients)
        finally:
            stack.compose("unpause", store)
        asked = sum((Counter(client["statuses"]) for client in counted), Counter())
        print(f"| {title} | {found[title]}; readiness answered {dict(asked)} |", flush=True)
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    seconds = parser.parse_args().seconds
    folder = Path(tempfile.mkdtemp(prefix="crowds-"))
    portal = generate(folder, [])
    prepare_environment(portal, PROJECT)
    stack = Stack(portal)
    stack.down()
    try:
        stack.compose("build", "--quiet", seconds=900)
        stack.up()
        print("| crowd | what another visitor sees |\n|---|---|")
        found = measure(stack, seconds)
    finally:
        stack.down()
        shutil.rmtree(folder)
    missed = [title for title, times in found.items() if times.p95 > MOST_SECONDS or set(times.statuses) != {200}]
    if missed:
        sys.exit(f"Missed: p95 at most {MOST_SECONDS:g} s, and every response a 200: {'; '.join(missed)}")


if __name__ == "__main__":
    main()
