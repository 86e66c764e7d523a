"""Measure what the whole stack costs: its start, memory, images, reverse proxy, and the restart of a server.

    python benchmarks/stack.py [--rounds 5] [--seconds 4]

This needs Docker. The program generates a portal with the default answers, builds it, starts it on free ports of the
loopback address, and removes it at the end. It prints a Markdown table, and fails when a promise is missed.
"""

import argparse
import json
import os
import re
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import yaml
from dotenv import set_key

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from tests.support.compose import Stack, docker, inspect, prepare_environment, run  # noqa: E402
from tests.support.tls import context_of  # noqa: E402
from tests.support.visitor import Visitor  # noqa: E402
from tests.support.waiting import wait_until  # noqa: E402
from tools.generate import main as generate  # noqa: E402

PROJECT = "portal-benchmark"
COMMAND = "python benchmarks/stack.py"

MOST_SECONDS_TO_START = 45
MOST_BACKEND_MEGABYTES = 300
AIMED_MEMORY_GIBIBYTES = 1.3
MOST_PROXY_COST = 0.15
REQUESTS_PER_SECOND = 20

CONNECTIONS = 32  # with fewer, chance decides how many each of Gunicorn's workers gets and keeps

# Requests one URL over kept connections, and counts the responses. It runs in the network of the server, so that the
# requests do not pass a published port.
CLIENT = r"""
import socket, ssl, sys, threading, time
host, port, seconds, connections = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
tls = sys.argv[5] == "tls"
request = f"GET /api/portal/ HTTP/1.1\r\nHost: {host}\r\nUser-Agent: benchmark\r\n\r\n".encode()
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
counts, failures = [0] * connections, []
def connect():
    one = socket.create_connection(("127.0.0.1", port), timeout=10)
    if tls:
        one = context.wrap_socket(one, server_hostname=host.split(":")[0])
    return one, one.makefile("rb")
def send_requests(number, until):
    one, answer = connect()
    while time.monotonic() < until:
        one.sendall(request)
        status, length, is_last = answer.readline(), 0, False
        while (line := answer.readline().lower()) not in (b"\r\n", b""):
            if line.startswith(b"content-length:"):
                length = int(line.split(b":")[1])
            is_last |= line.startswith(b"connection: close")
        answer.read(length)
        if b" 200 " in status:
            counts[number] += 1
        else:
            failures.append(status)
        if is_last:  # servers close a connection after a number of requests
            one, answer = connect()
started = time.monotonic()
threads = [threading.Thread(target=send_requests, args=(number, started + seconds)) for number in range(connections)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
if failures:
    sys.exit(f"{len(failures)} failed: {failures[0]}")
print(sum(counts) / (time.monotonic() - started))
"""


def can_use_wrk() -> bool:
    return bool(shutil.which("wrk") and shutil.which("nsenter")) and os.geteuid() == 0


def run_wrk(stack: Stack, service: str, *options: str, seconds: float) -> str:
    """Send requests from the network of a service's container, and return what wrk prints. Ends when one failed."""
    process = stack.container(service)["State"]["Pid"]
    load = (f"--connections={CONNECTIONS}", "--threads=1", f"--duration={seconds:.0f}s", *options)
    output = run("nsenter", f"--net=/proc/{process}/ns/net", "wrk", *load, seconds=seconds + 60).stdout
    if "Non-2xx" in output:
        sys.exit(f"some requests failed:\n{output}")
    return output


def rate_of(output: str) -> float:
    """Return the requests a second in what wrk printed."""
    return float(re.search(r"Requests/sec: +([0-9.]+)", output)[1])


def requests_per_second(stack: Stack, service: str, port: int, *, seconds: float, tls: bool = False) -> float:
    """Return the requests a second of the server on `port` in a service's container, sent from its own network.

    If wrk can be used, it sends the requests, because it needs little processor time. It cannot name a site in a
    handshake, so a client in Python sends those over TLS.
    """
    domain = stack.domains["intranet"]
    if can_use_wrk() and not tls:
        url = f"http://127.0.0.1:{port}/api/portal/"
        return rate_of(run_wrk(stack, service, f"--header=Host: {domain}", url, seconds=seconds))
    command = [
        "docker",
        "run",
        "--rm",
        "--interactive",
        f"--network=container:{stack.container(service)['Id']}",
        "--entrypoint=python",
    ]
    options = [domain, str(port), str(seconds), str(CONNECTIONS), "tls" if tls else "plain"]
    return float(run(*command, stack.image("backend"), "-", *options, input=CLIENT, seconds=seconds + 60).stdout)


def measure_start(stack: Stack) -> tuple[float, float]:
    """Return the seconds of `docker compose up --wait` from built images: with empty volumes, and with data."""
    times = []
    for more in (["--volumes"], []):
        stack.compose("down", "--timeout=30", *more, seconds=180)
        started = time.monotonic()
        stack.up()
        times.append(time.monotonic() - started)
    return times[0], times[1]


def memory(stack: Stack) -> dict[str, float]:
    """Return service → MiB in use, as `docker stats` counts them."""
    names = {
        one["Name"].removeprefix("/"): service for service, one in stack.containers().items() if one["State"]["Running"]
    }
    used = {}
    for line in docker("stats", "--no-stream", "--format", "{{json .}}", *names).splitlines():
        usage = json.loads(line)
        used[names[usage["Name"]]] = mebibytes(usage["MemUsage"])
    return used


def mebibytes(usage: str) -> float:
    """Return the MiB of `docker stats`, which prints `81.4MiB / 768MiB`."""
    number, unit = re.match(r"([0-9.]+)(B|KiB|MiB|GiB)", usage).groups()
    return float(number) * {"B": 1 / 1024 / 1024, "KiB": 1 / 1024, "MiB": 1, "GiB": 1024}[unit]


def megabytes(image: str) -> float:
    return inspect("image", image)[0]["Size"] / 1e6


@contextmanager
def without_tls(stack: Stack) -> Iterator[None]:
    """Configure the stack for a proxy that ends TLS, so that encryption is not measured.

    No proxy is there to report the IP address of the client, which would be in no ring, so the sites have none.
    """
    file = stack.portal / "portal.yaml"
    before = file.read_text()

    def configure(content: str) -> None:
        file.write_text(content)
        stack.compose("run", "--rm", "--no-deps", "configuration")
        stack.compose("restart", "--no-deps", "reverse-proxy")
        wait_until(lambda: stack.is_healthy("reverse-proxy"), seconds=30)

    content = yaml.safe_load(before)
    sites = {name: {"domain": site["domain"]} for name, site in content["sites"].items()}
    configure(yaml.safe_dump({**content, "tls": "none", "rings": {}, "sites": sites}))
    yield
    configure(before)


def measure_proxy(stack: Stack, rounds: int, seconds: float) -> tuple[float, float]:
    """Return the requests a second through the reverse proxy, and directly to Gunicorn, measured alternately."""
    found: tuple[list[float], list[float]] = ([], [])
    with without_tls(stack):
        for round_number in range(rounds + 1):
            proxied = requests_per_second(stack, "reverse-proxy", 8080, seconds=seconds)
            direct = requests_per_second(stack, "intranet-server", 8000, seconds=seconds)
            if round_number > 0:  # the first one warms up
                found[0].append(proxied)
                found[1].append(direct)
    return median(found[0]), median(found[1])


def measure_restart(stack: Stack) -> tuple[Counter, float]:
    """Restart the intranet's server under load. Return the outcomes of requests, and the seconds of failures."""
    folder = Path(tempfile.mkdtemp(prefix="authority-"))
    stack.compose("cp", "reverse-proxy:/var/lib/portal/certificates/authority.crt", str(folder / "authority.crt"))
    visitor = Visitor(stack.origin("intranet"), stack.https_port, context_of(folder / "authority.crt"))
    responses: list[tuple[float, int | str]] = []

    def send_request() -> None:
        started = time.monotonic()
        try:
            responses.append((started, visitor.get("/api/portal/").status))
        except Exception as error:
            responses.append((started, type(error).__name__))

    ended = threading.Event()

    def send_requests() -> None:
        with ThreadPoolExecutor(40) as pool:
            while not ended.wait(1 / REQUESTS_PER_SECOND):
                pool.submit(send_request)

    def succeeds(since: float) -> bool:
        newest = [status for at, status in responses if at > since][-2 * REQUESTS_PER_SECOND :]
        return len(newest) == 2 * REQUESTS_PER_SECOND and set(newest) == {200}

    thread = threading.Thread(target=send_requests)
    thread.start()
    try:
        wait_until(lambda: succeeds(0), seconds=30)
        stack.compose("restart", "--no-deps", "intranet-server")
        restarted = time.monotonic()
        wait_until(lambda: succeeds(restarted), seconds=60)
    finally:
        ended.set()
        thread.join()
    others = [at for at, status in responses if status != 200]
    return Counter(status for _, status in responses), (max(others) - min(others)) if others else 0.0


@contextmanager
def running_stack(variables: dict[str, str] | None = None) -> Iterator[Stack]:
    """Build a portal with the default answers, and remove it at the end. `variables` are further lines of its .env."""
    with tempfile.TemporaryDirectory(prefix="stack-") as folder:
        portal = generate(Path(folder), [])
        prepare_environment(portal, PROJECT)
        limits = {"LIMIT_REQUESTS": "100000", "LIMIT_BURST": "100000"}  # otherwise, the limits would be measured
        for name, value in (limits | (variables or {})).items():
            set_key(portal / ".env", name, value, quote_mode="never")
        stack = Stack(portal)
        stack.down()
        try:
            stack.compose("build", "--quiet", seconds=1200)
            yield stack
        finally:
            stack.down()


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rounds", type=int, default=5, help="number of measurements of each server")
    arguments.add_argument("--seconds", type=float, default=4.0, help="length of a measurement")
    options = arguments.parse_args()
    rows: list[tuple[str, str, str]] = []
    missed: list[str] = []

    def add_row(what: str, found: str, promised: str, kept: bool = True) -> None:
        rows.append((what, found, promised))
        if not kept:
            missed.append(f"{what}: {found}, promised: {promised}")

    with running_stack() as stack:
        fresh, again = measure_start(stack)
        add_row(
            "`docker compose up --wait`, empty volumes", f"{fresh:.1f} s", "under 45 s", fresh < MOST_SECONDS_TO_START
        )
        add_row("`docker compose up --wait`, with data", f"{again:.1f} s", "under 45 s", again < MOST_SECONDS_TO_START)
        used = memory(stack)
        total = sum(used.values()) / 1024
        add_row("memory of the idle stack", f"{total:.2f} GiB", f"aim: below {AIMED_MEMORY_GIBIBYTES} GiB")
        for service, amount in sorted(used.items(), key=lambda one: -one[1]):
            add_row(f"— {service}", f"{amount:.0f} MiB", "")
        base = megabytes(stack.settings.get("PYTHON_IMAGE") or "python:3-slim")
        backend, proxy = (megabytes(f"{stack.project}-{target}") for target in ("backend", "reverse-proxy"))
        kept = backend - base < MOST_BACKEND_MEGABYTES
        add_row(
            "image `backend`",
            f"{backend:.0f} MB, {backend - base:.0f} of them its own",
            "below 300 MB of its own",
            kept,
        )
        add_row("image `reverse-proxy`", f"{proxy:.0f} MB", "")
        proxied, direct = measure_proxy(stack, options.rounds, options.seconds)
        cost = 1 - proxied / direct
        difference = f"{abs(cost):.1%} {'less' if cost > 0 else 'more'}"
        rates = f"{proxied:.0f} and {direct:.0f} requests/s: {difference}"
        add_row("`/api/portal/` through NGINX and to Gunicorn", rates, "at most 15 % less", cost <= MOST_PROXY_COST)
        over_tls = requests_per_second(stack, "reverse-proxy", 8443, seconds=options.seconds, tls=True)
        add_row("`/api/portal/` through NGINX over TLS, from a client in Python", f"{over_tls:.0f} requests/s", "")
        statuses, seconds = measure_restart(stack)
        failed = sum(number for status, number in statuses.items() if status not in {200, 502, 503})
        outcomes = ", ".join(f"{number} × {status}" for status, number in sorted(statuses.items(), key=str))
        add_row(
            f"restart of intranet-server at {REQUESTS_PER_SECOND} requests/s",
            f"{outcomes}; {failed} failed otherwise; {seconds:.1f} s",
            "only NGINX's own 502 and 503",
            failed == 0,
        )
    print("| what | found | promised |\n|---|---|---|")
    print("\n".join(f"| {what} | {found} | {promised} |" for what, found, promised in rows))
    print(f"\nAgain: `{COMMAND} --rounds {options.rounds} --seconds {options.seconds:g}`")
    if missed:
        sys.exit("Missed: " + "; ".join(missed))


if __name__ == "__main__":
    main()
