"""What the portal adds to a request: an empty view behind its doors, against the same view in a bare Django project.

    python benchmarks/requests.py [--rounds 15] [--seconds 1] [--connections 32]

The portal runs under production's settings, with its own configuration of Gunicorn and a line in its log for each
request. The bare project is what `django-admin startproject` makes, with its middleware, DEBUG off, sessions in Redis
by Django's cache backend, and `login_required` as its door; it writes no access log, as is Gunicorn's default. Both
have the same Python and packages, Gunicorn with as many processes and threads, PostgreSQL and Redis, and keep their
connections; each is asked by the cookie of somebody who signed in. They take turns, so that whatever else the machine
does meets both, and the processor's time for a request tells what a busy machine hides.

The servers of the first tier must be installed: `python -m tests.support.servers` says what is missing. Where wrk is
installed it asks, for it costs next to nothing; elsewhere a client in Python does.
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
sys.path[0] = str(REPOSITORY)  # this folder is on it no more: this file's name is a library's as well

import yaml  # noqa: E402

from tests.support.installation import Installation, PortalServer, copy_portal  # noqa: E402
from tests.support.network import HOST, free_port, is_listening  # noqa: E402
from tests.support.servers import RealServers, ServerMissingError  # noqa: E402
from tools.generate import main as generate  # noqa: E402

LEAST_RATIO = 0.75  # the promise: so many of a bare project's requests a second

WORKERS, THREADS = 2, 4
GUNICORN = [
    f"--workers={WORKERS}",
    f"--threads={THREADS}",
    "--worker-class=gthread",
    "--keep-alive=75",
    "--max-requests=0",  # a worker that is made anew while it is measured would be measured too
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

# What an app is here, and what stands in its place in a bare project: the same view, the door of each house's own kind.
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
class Asked:
    """What is asked of a server, and as whom."""

    server: PortalServer
    path: str
    headers: dict[str, str]

    @property
    def port(self) -> int:
        return self.server.port


@dataclass(frozen=True)
class Found:
    """Requests a second, and the processor's time that Gunicorn took for each, in microseconds."""

    rate: float
    microseconds: float


@dataclass
class Pair:
    """The same view here and there, and what was measured of it, round by round."""

    what: str
    portal: Asked
    bare: Asked
    ours: list[Found] = field(default_factory=list)
    theirs: list[Found] = field(default_factory=list)

    def rates(self) -> list[float]:
        """Of a bare project's requests a second so many are the portal's, in each round."""
        return [our.rate / their.rate for our, their in zip(self.ours, self.theirs, strict=True)]

    def times(self) -> list[float]:
        """The same by the processor's time: what a quiet machine would find, and a busy one finds too."""
        pairs = zip(self.ours, self.theirs, strict=True)
        return [their.microseconds / our.microseconds for our, their in pairs if our.microseconds]


def get(asked: Asked) -> int:
    connection = HTTPConnection(HOST, asked.port, timeout=10)
    connection.request("GET", asked.path, headers=asked.headers)
    status = connection.getresponse().status
    connection.close()
    return status


def requests_per_second(asked: Asked, *, seconds: float, connections: int) -> float:
    """What the server answers over kept connections, every one of them with 200."""
    if not shutil.which("wrk"):
        return by_python(asked, seconds=seconds, connections=connections)
    headers = [f"--header={name}: {value}" for name, value in asked.headers.items()]
    load = [f"--connections={connections}", "--threads=1", f"--duration={seconds:g}s"]
    command = ["wrk", *load, *headers, f"http://{HOST}:{asked.port}{asked.path}"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        sys.exit(f"some requests failed:\n{said}")
    return float(re.search(r"Requests/sec: +([0-9.]+)", said)[1])


def by_python(asked: Asked, *, seconds: float, connections: int) -> float:
    until = time.monotonic() + seconds

    def ask() -> int:
        connection, number = HTTPConnection(HOST, asked.port, timeout=10), 0
        while time.monotonic() < until:
            connection.request("GET", asked.path, headers=asked.headers)
            with connection.getresponse() as response:
                response.read()
            if response.status != 200:
                sys.exit(f"a request failed: {response.status}")
            number += 1
        connection.close()
        return number

    with ThreadPoolExecutor(connections) as pool:
        return sum(future.result() for future in [pool.submit(ask) for _ in range(connections)]) / seconds


def processor_seconds(server: PortalServer) -> float:
    """What all of a server's processes have taken so far."""
    ticks = 0
    for process_id in server.process.alive():
        after_name = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
        ticks += int(after_name[11]) + int(after_name[12])  # in user mode and in the kernel
    return ticks / os.sysconf("SC_CLK_TCK")


def find(asked: Asked, *, seconds: int, connections: int) -> Found:
    before = processor_seconds(asked.server)
    rate = requests_per_second(asked, seconds=seconds, connections=connections)
    return Found(rate, (processor_seconds(asked.server) - before) * 1e6 / (rate * seconds))


@contextmanager
def running(installation: Installation, *arguments: str) -> Iterator[PortalServer]:
    """Gunicorn with an application, on a free port."""
    port = free_port()
    with installation.running("gunicorn", *arguments, f"--bind={HOST}:{port}", *GUNICORN) as process:
        process.wait_until(lambda: is_listening(port), "listened")
        yield PortalServer(process, port)


@contextmanager
def portal(generated: Path, servers: RealServers, folder: Path) -> Iterator[dict[str, Asked]]:
    """The portal with two apps of the same views: for whoever signed in, and for a role."""
    installation = copy_portal(
        generated,
        folder / "ours",
        variables={
            **servers.environment,
            "DATABASE_URL": servers["database"].create("portal"),
            "MAIL_URL": f"smtp://{HOST}:9",
            "PORTAL_ENVIRONMENT": "production",
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
        # As the reverse proxy asks.
        "X-Forwarded-For": HOST,
        "X-Forwarded-Proto": "https",
        "X-Portal-Site": "intranet",
        "X-Request-ID": "0123456789abcdef0123456789abcdef",
    }
    with running(installation, "--config=python:config.gunicorn", "config.wsgi") as server:
        paths = [f"{name}/{more}" for name in audiences for more in ("", "api/")]
        yield {path: Asked(server, f"/api/{path}", headers) for path in paths}


@contextmanager
def bare(generated: Path, servers: RealServers, folder: Path) -> Iterator[dict[str, Asked]]:
    """What `django-admin startproject` makes, with the same view and sessions in Redis."""
    database = servers["database"]
    database.create("bare")
    address = {"NAME": "bare", "USER": "portal", "PASSWORD": database.password, "HOST": HOST, "PORT": database.port}
    settings = {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": 600, **address}
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
        yield {more: Asked(server, f"/empty/{more}", headers) for more in ("", "api/")}


def measure(pairs: list[Pair], rounds: int, load: dict[str, int]) -> None:
    """Measure each pair's two sides one after the other, each first in every other round; the first round warms up."""
    for turn in range(rounds + 1):
        for pair in pairs:
            sides = [(pair.portal, pair.ours), (pair.bare, pair.theirs)]
            for asked, found in sides if turn % 2 else reversed(sides):
                one = find(asked, **load)
                if turn:
                    found.append(one)
            if sys.stderr.isatty():
                print(f"\rround {turn} of {rounds}: {pair.what}\x1b[K", end="", file=sys.stderr)
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rounds", type=int, default=15, help="how often each is measured")
    arguments.add_argument("--seconds", type=int, default=1, help="how long each time")
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
            Pair("an empty view for whoever signed in", ours["signed_in/"], theirs[""]),
            Pair("an empty view of Django REST framework, for a role", ours["students/api/"], theirs["api/"]),
        ]
        for asked in (side for pair in pairs for side in (pair.portal, pair.bare)):
            if (status := get(asked)) != 200:
                sys.exit(f"{asked.path} is answered with {status}")
        measure(pairs, options.rounds, {"seconds": options.seconds, "connections": options.connections})
    print("| what | portal | bare | ratio | ratio by processor time | promised |\n|---|---|---|---|---|---|")
    for pair in pairs:
        promised = f"at least {LEAST_RATIO}" if pair is pairs[0] else ""
        sides = " | ".join(told(side) for side in (pair.ours, pair.theirs))
        print(f"| {pair.what} | {sides} | {spread(pair.rates())} | {spread(pair.times())} | {promised} |")
    average = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    print(f"\n{WORKERS} workers, {THREADS} threads, {options.connections} connections; load {average}")
    if (ratio := median(pairs[0].rates())) < LEAST_RATIO:
        sys.exit(f"slower than promised: {ratio:.2f} of a bare project's requests a second")


def told(found: list[Found]) -> str:
    rate, microseconds = median(one.rate for one in found), median(one.microseconds for one in found)
    return f"{rate:.0f}/s, {microseconds:.0f} µs"


def spread(ratios: list[float]) -> str:
    """The median, and the middle half of all; nothing of nothing, for Linux alone tells the processor's time."""
    if not ratios:
        return ""
    low, middle, high = quantiles(ratios, n=4)
    return f"**{middle:.2f}** ({low:.2f} to {high:.2f})"


if __name__ == "__main__":
    main()
