"""Measure how long other requests take while a hundred people sign in at once.

    python benchmarks/sign_ins.py [--rounds 3] [--seconds 10]

This needs Docker. The program generates a portal with the default answers, builds it, starts it on free ports of the
loopback address, and removes it at the end. Each of the hundred has an IP address of its own, and half of them have
passwords that are hashed with Django's own parameters. A person who has signed in asks for `/api/portal/` at a steady
rate, first while nobody else does anything, then while the hundred sign in. A process of its own sends the sign-ins.
The program prints a Markdown table, and fails when a promise is missed.
"""

import argparse
import multiprocessing
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median, quantiles

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path[0] = str(REPOSITORY)  # in place of this folder, whose requests.py has the name of a library

from benchmarks.stack import running_stack  # noqa: E402
from tests.support.compose import Stack  # noqa: E402
from tests.support.sign_ins import (  # noqa: E402
    NAMES,
    PASSWORD,
    create_people,
    memory_of,
    processes_of,
    sign_in_at_once,
)
from tests.support.tls import context_of  # noqa: E402
from tests.support.visitor import Visitor  # noqa: E402
from tests.support.waiting import wait_until  # noqa: E402

SITE, SERVICE = "internet", "internet-server"
REQUESTS_PER_SECOND = 20
MOST_TIMES_IDLE = 3

# The engine gives this machine's requests one IP address. Here, each names its own.
FORWARDED = "set_real_ip_from 0.0.0.0/0; real_ip_header X-Forwarded-For;"


class Requests:
    """Sends requests at a steady rate, each on time, however long the others take."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.seconds: list[float] = []
        self.failures: list[str] = []

    def send(self) -> None:
        started = time.perf_counter()
        try:
            status = self.visitor.get("/api/portal/").status
        except Exception as error:
            self.failures.append(type(error).__name__)
            return
        self.seconds.append(time.perf_counter() - started)
        if status != 200:
            self.failures.append(str(status))

    def send_until(self, is_over: threading.Event) -> None:
        with ThreadPoolExecutor(40) as executor:
            due = time.monotonic()
            while not is_over.wait(max(0.0, due - time.monotonic())):
                executor.submit(self.send)
                due += 1 / REQUESTS_PER_SECOND

    def percentile(self, percent: int) -> float:
        """Return a percentile in milliseconds."""
        return 1000 * quantiles(self.seconds, n=100)[percent - 1]


def attack(origin: str, port: int, authority: Path, answers: "multiprocessing.Queue[tuple[float, list[int]]]") -> None:
    """Sign in all people at once. Puts the seconds and the statuses into `answers`."""
    os.nice(19)  # in place of a hundred machines: this one's processors are the portal's
    tls = context_of(authority)
    visitors = [Visitor(origin, port, tls) for _ in NAMES]
    for visitor in visitors:
        visitor.cookies["__Host-internet_csrf"] = "x" * 32  # so that only sign-ins are sent
    started = time.monotonic()
    responses = sign_in_at_once(visitors, NAMES)
    answers.put((time.monotonic() - started, [response.status for response in responses]))


def measure(visitor: Visitor, *, during: object) -> Requests:
    requests, is_over = Requests(visitor), threading.Event()
    thread = threading.Thread(target=requests.send_until, args=(is_over,))
    thread.start()
    try:
        during()
    finally:
        is_over.set()
        thread.join()
    return requests


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rounds", type=int, default=3, help="number of times that the hundred sign in")
    arguments.add_argument("--seconds", type=float, default=10.0, help="length of a measurement of the idle portal")
    options = arguments.parse_args()
    with running_stack() as stack, tempfile.TemporaryDirectory() as folder:
        stack.up()
        authority = Path(folder) / "authority.crt"
        stack.compose("cp", "reverse-proxy:/var/lib/portal/certificates/authority.crt", str(authority))
        trust_forwarded_addresses(stack)
        create_people(stack)
        visitor = Visitor(stack.origin(SITE), stack.https_port, context_of(authority))
        assert visitor.sign_in(NAMES[1], PASSWORD).status == 200
        processes = processes_of(stack, SERVICE)
        idle, busy, statuses, durations = [], [], Counter(), []
        for _ in range(options.rounds):
            create_people(stack)  # with old hashes again
            idle.append(measure(visitor, during=lambda: time.sleep(options.seconds)))

            def sign_in() -> None:
                answers: multiprocessing.Queue = multiprocessing.Queue()
                more = (stack.origin(SITE), stack.https_port, authority, answers)
                process = multiprocessing.Process(target=attack, args=more)
                process.start()
                seconds, found = answers.get(timeout=300)
                process.join()
                durations.append(seconds)
                statuses.update(found)

            busy.append(measure(visitor, during=sign_in))
        memory, survived = memory_of(stack, SERVICE), processes == processes_of(stack, SERVICE)
    report(idle, busy, statuses, durations, memory, survived)


def trust_forwarded_addresses(stack: Stack) -> None:
    file = "/var/lib/portal/sites/client-addresses.conf"
    command = f"sed -i '1i {FORWARDED}' {file}"
    stack.compose("run", "--rm", "--no-deps", "--no-TTY", "configuration", "sh", "-c", command)
    stack.compose("restart", "--no-deps", "reverse-proxy")
    wait_until(lambda: stack.is_healthy("reverse-proxy"), seconds=30)


def report(idle, busy, statuses, durations, memory, survived) -> None:
    ratios = [one.percentile(95) / other.percentile(95) for one, other in zip(busy, idle, strict=True)]

    def row(what: str, requests: list[Requests]) -> str:
        figures = (f"{median(one.percentile(percent) for one in requests):.0f} ms" for percent in (50, 95))
        failures = sum(len(one.failures) for one in requests)
        return f"| {what} | {' | '.join(figures)} | {failures} of {sum(len(one.seconds) for one in requests)} |"

    print("| requests of others | median | p95 | failed |\n|---|---|---|---|")
    print(row("idle", idle))
    print(row("while a hundred sign in", busy))
    outcomes = ", ".join(f"{number} × {status}" for status, number in sorted(statuses.items()))
    print(f"\nSign-ins: {outcomes}; {median(durations):.1f} s for a hundred.")
    print(f"p95 in times idle: {', '.join(f'{ratio:.2f}' for ratio in ratios)}; promised: at most {MOST_TIMES_IDLE}.")
    print(f"Memory of {SERVICE}: at most {memory.peak >> 20} of {memory.limit >> 20} MiB, {memory.kills} killed.")
    if median(ratios) > MOST_TIMES_IDLE or memory.kills or not survived:
        sys.exit("Missed.")


if __name__ == "__main__":
    main()
