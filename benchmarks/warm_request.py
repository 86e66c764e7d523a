"""Measure what two shortcuts of the portal save: a warm request with each of them, and without it.

    python benchmarks/warm_request.py [--rounds 40] [--requests 100]

The shortcuts are the SQL of `core.people.selectors.person_by_id`, which is compiled once, and the database backend of
`core.stores.postgresql`, which checks a kept connection without a query. Each makes the code longer, and stays only
while a warm request takes at least 5 % longer without it.

One process of the portal, with production's settings, handles the requests of a signed-in person, on a real PostgreSQL,
Redis and Memcached. The kinds alternate: some requests to the portal as it is, then the same number without each
shortcut. The quickest round of each kind is compared, because other programs on the machine disturbed it least.

The servers of tier I must be installed: `python -m tests.support.servers` names what is missing.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path[0] = str(REPOSITORY)  # in place of this folder, whose requests.py has the name of a library

import yaml  # noqa: E402

from tests.support.installation import copy_portal  # noqa: E402
from tests.support.network import HOST  # noqa: E402
from tests.support.servers import RealServers, ServerMissingError  # noqa: E402
from tools.generate import main as generate  # noqa: E402

LEAST_RATIO = 1.05  # the promise: a request takes this many times as long without a shortcut

URLS = """
from django.http import HttpResponse
from django.urls import path
urlpatterns = [path("", lambda request: HttpResponse())]
"""

PROGRAM = """
import json, sys, time
from unittest.mock import patch
from config.wsgi import application
from django.test import RequestFactory
from core.people.models import Person
from core.stores.postgresql.base import DatabaseWrapper
from services.accounts.sign_in import backend

rounds, requests, host, cookie = json.loads(sys.argv[1])
headers = {
    "HTTP_HOST": host,
    "HTTP_COOKIE": f"{cookie['name']}={cookie['value']}",
    "HTTP_X_FORWARDED_FOR": "127.0.0.1",
    "HTTP_X_FORWARDED_PROTO": "https",
    "HTTP_X_PORTAL_SITE": "intranet",
}

def handle():
    statuses = []
    environ = RequestFactory().get("/api/measured/", **headers).environ
    response = application(environ, lambda status, headers, error=None: statuses.append(status))
    b"".join(response)
    response.close()
    assert statuses == ["200 OK"], statuses

def person_by_id(key):
    return Person.objects.order_by().filter(pk=key).first()

def check_with_a_query(wrapper):
    super(DatabaseWrapper, wrapper).close_if_health_check_failed()

kinds = {
    "as it is": [],
    "without the compiled SQL": [patch.object(backend, "person_by_id", person_by_id)],
    "without the database backend": [patch.object(DatabaseWrapper, "close_if_health_check_failed", check_with_a_query)],
}
found = {kind: [] for kind in kinds}
names = list(kinds)
for number in range(rounds + 1):
    for kind in names[number % 3 :] + names[: number % 3]:
        for patcher in kinds[kind]:
            patcher.start()
        handle()
        wall, processor = time.perf_counter(), time.process_time()
        for _ in range(requests):
            handle()
        if number:  # the first round warms up
            figures = (time.perf_counter() - wall, time.process_time() - processor)
            found[kind].append([figure / requests * 1e6 for figure in figures])
        for patcher in kinds[kind]:
            patcher.stop()
print(json.dumps(found))
"""

PERSON = """
from core.people.models import Person
Person.objects.create_user("reader")
"""


def measure(generated: Path, servers: RealServers, folder: Path, *, rounds: int, requests: int) -> dict[str, list]:
    """Return kind -> [microseconds, microseconds of the processor] of a request, for each round."""
    installation = copy_portal(
        generated,
        folder / "portal",
        variables={
            **servers.production_environment(f"smtp://{HOST}:9?security=none"),
            "SITE": "intranet",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        },
    )
    copy = installation.folder
    app = copy / "apps" / "measured"
    app.mkdir()
    (app / "__init__.py").touch()
    (app / "urls.py").write_text(URLS)
    (app / "manifest.yaml").write_text("title: Measured\naudience: {sign_in: required}\n")
    (copy / "measure.py").write_text(PROGRAM)
    installation.manage("migrate", "--no-input")
    installation.manage("shell", "--no-imports", "--command", PERSON)
    cookie = json.loads(installation.manage("makesession", "reader").stdout)
    domain = yaml.safe_load((copy / "portal.yaml").read_text())["sites"]["intranet"]["domain"]
    arguments = json.dumps([rounds, requests, domain, cookie])
    return json.loads(installation.run("python", "measure.py", arguments, seconds=1800).stdout.splitlines()[-1])


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rounds", type=int, default=40, help="number of measurements of each kind")
    arguments.add_argument("--requests", type=int, default=100, help="requests of a measurement")
    options = arguments.parse_args()
    generated = generate(REPOSITORY / "var" / "test", [])
    subprocess.run(["make", "--no-print-directory", "--silent", ".venv"], cwd=generated, check=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="warm-request-")))
        try:
            servers = stack.enter_context(RealServers())
        except ServerMissingError as missing:
            print(f"Nothing was measured: {missing}")
            return
        found = measure(generated, servers, folder, rounds=options.rounds, requests=options.requests)
    quickest = {kind: [min(figures) for figures in zip(*rounds, strict=True)] for kind, rounds in found.items()}
    whole, processor = quickest["as it is"]
    print("| a warm request | the quickest round | processor time | times as long | promised |\n|---|---|---|---|---|")
    for kind, (time_taken, of_processor) in quickest.items():
        ratios = f"**{time_taken / whole:.2f}** ({of_processor / processor:.2f})"
        promised = f"at least {LEAST_RATIO}" if kind != "as it is" else ""
        print(f"| {kind} | {time_taken:.0f} µs | {of_processor:.0f} µs | {ratios} | {promised} |")
    average = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"\n{options.rounds} rounds of {options.requests} requests; load {average}")
    useless = [
        kind for kind, (time_taken, _) in quickest.items() if kind != "as it is" and time_taken < LEAST_RATIO * whole
    ]
    if useless:
        sys.exit(f"too quick to keep the shortcut: a request {', '.join(useless)}")


if __name__ == "__main__":
    main()
