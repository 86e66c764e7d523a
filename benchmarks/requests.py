"""Measure what the portal adds to a request: an empty view in the portal, against the same view in a bare project.

    python benchmarks/requests.py [--rounds 15] [--seconds 1] [--connections 32]

The portal runs with production's settings and its own configuration of Gunicorn, and logs each request. The bare
project is what `django-admin startproject` makes, with its middleware, DEBUG off, sessions in Redis by Django's cache
backend, and `login_required`. It writes no access log, which is Gunicorn's default. Both have the same Python and
packages, the same number of Gunicorn's processes and threads, PostgreSQL and Redis, and they keep their connections.
The requests carry the session cookie of a person. The two alternate, so that other work on the machine slows both. The
processor time of a request is comparable even on a busy machine.

The servers of tier I must be installed: `python -m tests.support.servers` names what is missing. If wrk is installed,
it sends the requests, because it needs little processor time. Otherwise, a client in Python does.
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from statistics import median, quantiles

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path[0] = str(REPOSITORY)  # in place of this folder, whose requests.py has the name of a library

import yaml  # noqa: E402

from tests.support.installation import Installation, PortalServer, copy_portal  # noqa: E402
from tests.support.network import HOST, free_port, is_listening  # noqa: E402
from tests.support.servers import RealServers, ServerMissingError  # noqa: E402
from tools.generate import main as generate  # noqa: E402

LEAST_RATIO = 0.75  # the promise: the portal answers at least this part of a bare project's requests a second

WORKERS, THREADS = 2, 4
GUNICORN = [
    f"--workers={WORKERS}",
    f"--threads={THREADS}",
    "--worker-class=gthread",
    "--keep-alive=75",
    "--max-requests=0",  # otherwise, restarts of workers would be measured too
    "--no-control-socket",
]

EMPTY_VIEW = """
from django.http import HttpResponse

def empty(request):
    return HttpResponse("", content_type="text/plain")
"""

EMPTY_API = """
from rest_framework.response import Response
from rest_framework.views import APIView

class Empty(APIView):
    def get(self, request):
        return Response({})
"""

# The same view as an app of the portal and in a bare project. Each checks access in its own way.
PORTAL_URLS = """
from django.urls import path
from .views import empty
from .api import Empty
urlpatterns = [path("", empty), path("api/", Empty.as_view())]
"""

BARE_URLS = """
from django.contrib.auth.decorators import login_required
from django.urls import path
from rest_framework.permissions import IsAuthenticated
from .views import empty
from .api import Empty
urlpatterns = [
    path("empty/", login_required(empty)),
    path("empty/api/", Empty.as_view(permission_classes=[IsAuthenticated])),
]
"""

BARE_SETTINGS = """
import json
import os
DEBUG = False
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "bare.urls"
DATABASES = {"default": json.loads(os.environ["DATABASE"])}
CACHES = {"default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": os.environ["SESSION_STORE_URL"]}}
SESSION_ENGINE = "django.contrib.sessions.backends.cache"
REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
}
"""

BARE_SESSION = """
import json
from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.sessions.backends.cache import SessionStore
from django.http import HttpRequest
request = HttpRequest()
request.session = SessionStore()
login(request, get_user_model().objects.create_user("reader"))
request.session.save()
print(json.dumps({"name": settings.SESSION_COOKIE_NAME, "value": request.session.session_key}))
"""

PORTAL_PERSON = """
from datetime import date
from core.people.actions import role_grant
from core.people.models import Person
role_grant(person=Person.objects.create_user("reader"), name="student", start=date(2020, 1, 1), by=None)
"""


@dataclass(frozen=True)
class Target:
    """The requests to a server: the path, and the headers with a session."""

    server: PortalServer
    path: str
    headers: dict[str, str]

    @property
    def port(self) -> int:
        return self.server.port


@dataclass(frozen=True)
class Measurement:
    """Requests a second, and Gunicorn's processor time for each of them, in microseconds."""

    rate: float
    microseconds: float


@dataclass
class Pair:
    """The same view in the portal and in the bare project, and the measurements of each round."""

    what: str
    portal: Target
    bare: Target
    ours: list[Measurement] = field(default_factory=list)
    theirs: list[Measurement] = field(default_factory=list)

    def rates(self) -> list[float]:
        """Return, for each round, the portal's requests a second divided by the bare project's."""
        return [our.rate / their.rate for our, their in zip(self.ours, self.theirs, strict=True)]

    def times(self) -> list[float]:
        """Return, for each round, the same ratio by processor time, which other programs hardly change."""
        pairs = zip(self.ours, self.theirs, strict=True)
        return [their.microseconds / our.microseconds for our, their in pairs if our.microseconds]


def get(target: Target) -> int:
    connection = HTTPConnection(HOST, target.port, timeout=10)
    connection.request("GET", target.path, headers=target.headers)
    status = connection.getresponse().status
    connection.close()
    return status


def requests_per_second(target: Target, *, seconds: float, connections: int) -> float:
    """Return the server's requests a second over kept connections. Exit when a response is not 200."""
    if not shutil.which("wrk"):
        return requests_per_second_by_python(target, seconds=seconds, connections=connections)
    headers = [f"--header={name}: {value}" for name, value in target.headers.items()]
    load = [f"--connections={connections}", "--threads=1", f"--duration={seconds:g}s"]
    command = ["wrk", *load, *headers, f"http://{HOST}:{target.port}{target.path}"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in output or "Socket errors" in output:
        sys.exit(f"some requests failed:\n{output}")
    return float(re.search(r"Requests/sec: +([0-9.]+)", output)[1])


def requests_per_second_by_python(target: Target, *, seconds: float, connections: int) -> float:
    until = time.monotonic() + seconds

    def send_requests() -> int:
        connection, number = HTTPConnection(HOST, target.port, timeout=10), 0
        while time.monotonic() < until:
            connection.request("GET", target.path, headers=target.headers)
            with connection.getresponse() as response:
                response.read()
            if response.status != 200:
                sys.exit(f"a request failed: {response.status}")
            number += 1
        connection.close()
        return number

    with ThreadPoolExecutor(connections) as pool:
        return sum(future.result() for future in [pool.submit(send_requests) for _ in range(connections)]) / seconds


def processor_seconds(server: PortalServer) -> float:
    """Return the processor time of all of a server's processes so far."""
    ticks = 0
    for process_id in server.process.alive():
        after_name = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
        ticks += int(after_name[11]) + int(after_name[12])  # in user mode and in the kernel
    return ticks / os.sysconf("SC_CLK_TCK")


def measure_once(target: Target, *, seconds: int, connections: int) -> Measurement:
    before = processor_seconds(target.server)
    rate = requests_per_second(target, seconds=seconds, connections=connections)
    return Measurement(rate, (processor_seconds(target.server) - before) * 1e6 / (rate * seconds))


@contextmanager
def running(installation: Installation, *arguments: str) -> Iterator[PortalServer]:
    """Run Gunicorn with an application on a free port."""
    port = free_port()
    with installation.running("gunicorn", *arguments, f"--bind={HOST}:{port}", *GUNICORN) as process:
        process.wait_until(lambda: is_listening(port), "listened")
        yield PortalServer(process, port)


@contextmanager
def portal(generated: Path, servers: RealServers, folder: Path) -> Iterator[dict[str, Target]]:
    """Run the portal with two apps of the same views: one for everyone who has signed in, and one for a role."""
    installation = copy_portal(
        generated,
        folder / "ours",
        variables={
            **servers.production_environment(f"smtp://{HOST}:9?security=none"),
            "SITE": "intranet",
        },
    )
    copy = installation.folder
    audiences = {"signed_in": {"sign_in": "required"}, "students": {"roles": ["student"]}}
    for name, audience in audiences.items():
        app = copy / "apps" / name
        app.mkdir()
        (app / "__init__.py").touch()
        (app / "views.py").write_text(EMPTY_VIEW)
        (app / "api.py").write_text(EMPTY_API)
        (app / "urls.py").write_text(PORTAL_URLS)
        manifest = {"title": name, "description": name, "icon": "star", "audience": audience}
        (app / "manifest.yaml").write_text(yaml.safe_dump(manifest))
    installation.manage("migrate", "--no-input")
    installation.manage("shell", "--no-imports", "--command", PORTAL_PERSON)
    cookie = json.loads(installation.manage("makesession", "reader").stdout)
    domain = yaml.safe_load((copy / "portal.yaml").read_text())["sites"]["intranet"]["domain"]
    headers = {
        "Host": domain,
        "Cookie": f"{cookie['name']}={cookie['value']}",
        # as the reverse proxy sends them
        "X-Forwarded-For": HOST,
        "X-Forwarded-Proto": "https",
        "X-Portal-Site": "intranet",
        "X-Request-ID": "0123456789abcdef0123456789abcdef",
    }
    with running(installation, "--config=python:config.gunicorn", "config.wsgi") as server:
        paths = [f"{name}/{suffix}" for name in audiences for suffix in ("", "api/")]
        yield {path: Target(server, f"/api/{path}", headers) for path in paths}


@contextmanager
def bare(generated: Path, servers: RealServers, folder: Path) -> Iterator[dict[str, Target]]:
    """Run what `django-admin startproject` makes, with the same views and sessions in Redis."""
    database = servers["database"]
    database.create("bare")
    connection = {"NAME": "bare", "USER": "portal", "PASSWORD": database.password, "HOST": HOST, "PORT": database.port}
    settings = {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": 600, **connection}
    project = folder / "bare"
    project.mkdir()
    installation = Installation(
        project,
        environment_folder=generated / ".venv",
        logs=folder / "bare-logs",
        variables={"DATABASE": json.dumps(settings), "SESSION_STORE_URL": servers["session-store"].url()},
    )
    installation.run("django-admin", "startproject", "bare", ".")
    with (project / "bare" / "settings.py").open("a") as file:
        file.write(BARE_SETTINGS)
    (project / "bare" / "views.py").write_text(EMPTY_VIEW)
    (project / "bare" / "api.py").write_text(EMPTY_API)
    (project / "bare" / "urls.py").write_text(BARE_URLS)
    installation.manage("migrate", "--no-input")
    cookie = json.loads(installation.manage("shell", "--no-imports", "--command", BARE_SESSION).stdout)
    headers = {"Host": HOST, "Cookie": f"{cookie['name']}={cookie['value']}"}
    with running(installation, "bare.wsgi") as server:
        yield {suffix: Target(server, f"/empty/{suffix}", headers) for suffix in ("", "api/")}


def measure(pairs: list[Pair], rounds: int, load: dict[str, int]) -> None:
    """Measure both sides of each pair in each round, in alternating order. The first round warms up."""
    for round_number in range(rounds + 1):
        for pair in pairs:
            sides = [(pair.portal, pair.ours), (pair.bare, pair.theirs)]
            for target, found in sides if round_number % 2 else reversed(sides):
                one = measure_once(target, **load)
                if round_number:
                    found.append(one)
            if sys.stderr.isatty():
                print(f"\rround {round_number} of {rounds}: {pair.what}\x1b[K", end="", file=sys.stderr)
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rounds", type=int, default=15, help="number of measurements of each")
    arguments.add_argument("--seconds", type=int, default=1, help="length of a measurement")
    arguments.add_argument("--connections", type=int, default=32)
    options = arguments.parse_args()
    generated = generate(REPOSITORY / "var" / "test", [])
    subprocess.run(["make", "--no-print-directory", "--silent", ".venv"], cwd=generated, check=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="requests-")))
        try:
            servers = stack.enter_context(RealServers())
        except ServerMissingError as missing:
            print(f"Nothing was measured: {missing}")
            return
        ours = stack.enter_context(portal(generated, servers, folder))
        theirs = stack.enter_context(bare(generated, servers, folder))
        pairs = [
            Pair("an empty view for a role", ours["students/"], theirs[""]),
            Pair("an empty view after sign-in", ours["signed_in/"], theirs[""]),
            Pair("an empty view of Django REST framework, for a role", ours["students/api/"], theirs["api/"]),
        ]
        for target in (side for pair in pairs for side in (pair.portal, pair.bare)):
            if (status := get(target)) != 200:
                sys.exit(f"{target.path} returned {status}")
        measure(pairs, options.rounds, {"seconds": options.seconds, "connections": options.connections})
    print("| what | portal | bare | ratio | ratio by processor time | promised |\n|---|---|---|---|---|---|")
    for pair in pairs:
        promised = f"at least {LEAST_RATIO}" if pair is pairs[0] else ""
        sides = " | ".join(format_measurements(side) for side in (pair.ours, pair.theirs))
        print(f"| {pair.what} | {sides} | {format_ratios(pair.rates())} | {format_ratios(pair.times())} | {promised} |")
    average = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"\n{WORKERS} workers, {THREADS} threads, {options.connections} connections; load {average}")
    if (ratio := median(pairs[0].rates())) < LEAST_RATIO:
        sys.exit(f"slower than promised: {ratio:.2f} of a bare project's requests a second")


def format_measurements(found: list[Measurement]) -> str:
    rate, microseconds = median(one.rate for one in found), median(one.microseconds for one in found)
    return f"{rate:.0f}/s, {microseconds:.0f} µs"


def format_ratios(ratios: list[float]) -> str:
    """Return the median and the quartiles, or nothing: only Linux counts the processor time."""
    if not ratios:
        return ""
    low, middle, high = quantiles(ratios, n=4)
    return f"**{middle:.2f}** ({low:.2f} to {high:.2f})"


if __name__ == "__main__":
    main()
