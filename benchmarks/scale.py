"""Measure how many people a site serves with more processes, and with more replicas of its server.

    python benchmarks/scale.py [--rounds 3] [--seconds 5]

This needs Docker and wrk, and root for the network of a container. The program generates a portal with the default
answers, builds it, starts it on free ports of the loopback address, and removes it at the end. wrk sends the requests
of the home page and of the list of polls through NGINX, without TLS, as people who have signed in. The program prints
a Markdown table. It promises nothing: the figures belong to the machine, and show where more processes stop to help.
"""

import argparse
import json
import os
import re
import ssl
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import NamedTuple

from dotenv import set_key

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path[0] = str(REPOSITORY)  # in place of this folder, whose requests.py has the name of a library

from benchmarks.stack import (  # noqa: E402
    CONNECTIONS,
    can_use_wrk,
    mebibytes,
    rate_of,
    run_wrk,
    running_stack,
    without_tls,
)
from tests.support.activity import open_polls  # noqa: E402
from tests.support.compose import Stack, docker  # noqa: E402
from tests.support.members import Member, announcers, create_members  # noqa: E402
from tests.support.tls import context_of  # noqa: E402

SITE = "intranet"
SERVICE = f"{SITE}-server"

# Processes of each replica, replicas.
SHAPES = ((1, 1), (2, 1), (4, 1), (8, 1), (1, 2), (1, 4), (2, 2))
MEGABYTES = {
    1: 490,
    2: 700,
    4: 1120,
    8: 1960,
}  # of a replica: 280, and 210 for each process (docs/operate/set-limits.md)

# What the home page requests, and then the list of polls.
PATHS = ("/api/portal/", "/api/portal/attention/", "/api/announcements/", "/api/notifications/", "/api/polls/")
SECONDS_BETWEEN_VISITS = 20  # somebody who opens the home page and the list of polls so often
PEOPLE = 200
POLLS = 12

# Each person sends the requests of PATHS, and then the next person does.
REQUESTS = """
local cookies, paths, host = %s, %s, %s
local number = 0
request = function()
  local path, person = paths[number %% #paths + 1], math.floor(number / #paths) %% #cookies + 1
  number = number + 1
  return wrk.format("GET", path, {Host = host, Cookie = cookies[person]})
end
"""


class Load(NamedTuple):
    requests: float  # a second
    slowest: float  # milliseconds; 99 % of the requests are at most as slow


def write_requests(file: Path, stack: Stack, people: list[Member]) -> None:
    """Write the program of wrk."""

    def table(values: object) -> str:
        return "{" + ", ".join(map(json.dumps, values)) + "}"

    cookies = ["; ".join(f"{name}={value}" for name, value in one.visitor.cookies.items()) for one in people]
    file.write_text(REQUESTS % (table(cookies), table(PATHS), json.dumps(stack.domains[SITE])))


def send_requests(stack: Stack, program: Path, seconds: float) -> Load:
    """Send as many requests as are answered, over kept connections, from the network of the reverse proxy."""
    options = ("--latency", f"--script={program}", "http://127.0.0.1:8080")
    output = run_wrk(stack, "reverse-proxy", *options, seconds=seconds)
    value, unit = re.search(r"99% +([0-9.]+)(us|ms|s)", output).groups()
    milliseconds = float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]
    return Load(rate_of(output), milliseconds)


def start(stack: Stack, processes: int, replicas: int) -> None:
    values = {
        "SERVER_PROCESSES": processes,
        "SERVER_REPLICAS": replicas,
        "SERVER_MEMORY_MEGABYTES": MEGABYTES[processes],
    }
    for name, value in values.items():
        set_key(stack.portal / ".env", name, str(value), quote_mode="never")
    stack.compose("up", "--detach", "--wait", "--no-deps", SERVICE, seconds=240)


def memory_of_servers(stack: Stack) -> float:
    """Return the MiB that all replicas use."""
    replicas = stack.compose("ps", "--quiet", SERVICE).stdout.split()
    return sum(map(mebibytes, docker("stats", "--no-stream", "--format", "{{.MemUsage}}", *replicas).splitlines()))


def create_people(stack: Stack, folder: Path) -> list[Member]:
    """Return people of the site who have signed in. There are polls, of which each of them has a notification."""
    authority = folder / "authority.crt"
    stack.compose("cp", "reverse-proxy:/var/lib/portal/certificates/authority.crt", str(authority))
    tls: ssl.SSLContext = context_of(authority)
    members = create_members(stack, tls, number=2 * PEOPLE, role="student")
    open_polls(announcers(members)[0], number=POLLS, seconds=3600)
    return [member for member in members if member.site == SITE]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rounds", type=int, default=3, help="number of measurements of each shape")
    arguments.add_argument("--seconds", type=float, default=5.0, help="length of a measurement")
    options = arguments.parse_args()
    if not can_use_wrk():
        sys.exit("This benchmark sends its requests with wrk and nsenter, as root. Install them, and run it as root.")
    per_person = len(PATHS) / SECONDS_BETWEEN_VISITS
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {CONNECTIONS} connections\n")
    print(
        "| processes of a replica | replicas | requests a second | 99 % within | people | memory |\n"
        "|---|---|---|---|---|---|"
    )
    with running_stack() as stack, tempfile.TemporaryDirectory() as folder:
        stack.up()
        write_requests(program := Path(folder) / "requests.lua", stack, create_people(stack, Path(folder)))
        with without_tls(stack):
            for processes, replicas in SHAPES:
                start(stack, processes, replicas)
                send_requests(stack, program, 3)  # warms up
                loads = [send_requests(stack, program, options.seconds) for _ in range(options.rounds)]
                requests = median(load.requests for load in loads)
                print(
                    f"| {processes} | {replicas} | {requests:.0f} | {median(load.slowest for load in loads):.0f} ms "
                    f"| {requests / per_person:,.0f} | {memory_of_servers(stack):.0f} MiB |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
