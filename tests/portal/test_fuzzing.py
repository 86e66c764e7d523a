"""Every API is fuzzed: those of services and apps from their own schema, the sign-in API with hostile bodies.

Schemathesis reads the schema that the portal serves, so a new app is fuzzed too. It sends requests that the schema
allows and requests that it does not allow, with values at the limits and random ones. Each response must be one that
the schema describes, and none may be a 500. With CI=true the requests are the same each time. Otherwise they are new
each time, and a failure shows how to send them again. `make test` sends a few of them, `make test-all` all.
"""

import json
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, seed, settings
from hypothesis import strategies as some

from tests.support.installation import Installation, PortalServer, copy_portal
from tests.support.network import HOST, free_port, is_listening
from tests.support.servers import RealServers
from tests.support.visitor import JSON, PROBLEM, Response, Visitor

SEED = 4 if os.environ.get("CI") == "true" else random.randrange(2**32)
ALL_PHASES = "examples,coverage,fuzzing"  # "coverage" is the values at the limits, "fuzzing" the random ones
RANDOM_EXAMPLES = 25  # for each operation
BODIES_FOR_EACH_PATH = 10  # and method of the sign-in API

# Schemathesis can also check that every request is refused that the schema does not allow. That check is left out: the
# API takes a number for a text, and "1" for 1.
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "unsupported_method",
    "allow_header_conformance",
)

Served = tuple[Installation, PortalServer]
Report = Callable[[str], None]

ANONYMOUS = "anonymous"

# With the rate limits, most responses would be refusals. A slow hash would take most of the time.
NO_LIMITS = dict.fromkeys(("LIMIT_WRITES", "LIMIT_SEARCHES", "LIMIT_UPLOADS"), "100000")
FASTER = """
ACCOUNT_RATE_LIMITS = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
"""

LIST_SIGN_IN_PATHS = """
import json
from django.urls import URLResolver, get_resolver

def paths(patterns, prefix=""):
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from paths(pattern.url_patterns, path)
        else:
            yield path

print(json.dumps(sorted({path for path in paths(get_resolver().url_patterns) if path.startswith("_allauth/")})))
"""


@contextmanager
def served(portal: Path, folder: Path, **variables: str) -> Iterator[Served]:
    """Serve a portal with the demo content by Gunicorn, in one process: the embedded backends are in its memory."""
    installation = copy_portal(portal, folder, variables={"DEBUG": "false", **NO_LIMITS, **variables})
    (installation.folder / "var").mkdir(exist_ok=True)
    with (installation.folder / "config" / "settings" / "__init__.py").open("a") as file:
        file.write(FASTER)
    installation.manage("seed", "--migrate")
    port = free_port()
    options = f"--bind={HOST}:{port} --worker-class=gthread --workers=1 --threads=8 --no-control-socket"
    options += " --limit-request-line=0"  # the reverse proxy limits it in production
    with installation.running("gunicorn", "config.wsgi", *options.split()) as process:
        process.wait_until(lambda: is_listening(port), "listened")
        yield installation, PortalServer(process, port)


@pytest.fixture(scope="module")
def embedded(portal: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(portal, tmp_path_factory.mktemp("embedded")) as found:
        yield found


@pytest.fixture(scope="module")
def on_real_servers(
    portal: Path, real_servers: RealServers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    variables = {**real_servers.environment, "DATABASE_URL": real_servers["database"].create("fuzzed")}
    with served(portal, tmp_path_factory.mktemp("real"), **variables) as found:
        yield found


def visitor(server: PortalServer, account: str) -> Visitor:
    """Return a visitor who has signed in with an account of the demo content, or an anonymous one."""
    visitor = Visitor.local(server.port)
    return visitor if account == ANONYMOUS else visitor.sign_in_as(account)


def fuzz(server: PortalServer, account: str, report_file: Path, *, phases: str) -> dict[str, Any]:
    """Fuzz every operation of the schema as one account. Returns Schemathesis's report."""
    sender = visitor(server, account)
    headers = {"X-CSRFToken": sender.csrf_token, **sender.cookie_header()}
    done = subprocess.run(
        [
            Path(sys.executable).parent / "schemathesis",
            "--no-color",
            "run",
            f"{sender.origin}/api/schema/",
            *(f"--header={name}: {value}" for name, value in headers.items()),
            f"--checks={','.join(CHECKS)}",
            f"--phases={phases}",
            f"--max-examples={RANDOM_EXAMPLES}",
            f"--seed={SEED}",
            "--generation-database=none",
            "--generation-with-security-parameters=false",
            "--suppress-health-check=all",
            "--workers=2",
            "--request-timeout=30",
            "--report=json",
            f"--report-json-path={report_file}",
        ],
        cwd=report_file.parent,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
    found: dict[str, Any] = json.loads(report_file.read_text())
    assert found["complete"], found["stop_reason"]
    return found


def check_every_operation(
    served: Served, account: str, place: str, folder: Path, report: Report, *, phases: str = ALL_PHASES
) -> None:
    _, server = served
    found = fuzz(server, account, folder / "report.json", phases=phases)
    operations, cases = found["operations"], found["test_cases"]
    tested = f"{operations['tested']} of {operations['total']} operations, {cases['generated']} cases"
    report(f"Fuzzed as {account}, {place}: {tested}, {cases['unique_failures']} failures; seed {SEED}")
    assert operations["tested"] == operations["total"] > 0
    assert "Traceback" not in server.process.output()


def test_every_operation_answers_values_at_the_limits_as_its_schema_says(
    embedded: Served, tmp_path: Path, report: Report
) -> None:
    check_every_operation(embedded, "maintainer", "embedded", tmp_path, report, phases="coverage")


@pytest.mark.long
@pytest.mark.parametrize("account", [ANONYMOUS, "student", "maintainer"])
def test_every_operation_answers_as_its_schema_says(
    embedded: Served, account: str, tmp_path: Path, report: Report
) -> None:
    check_every_operation(embedded, account, "embedded", tmp_path, report)


@pytest.mark.long
def test_every_operation_answers_as_its_schema_says_on_real_servers(
    on_real_servers: Served, tmp_path: Path, report: Report
) -> None:
    check_every_operation(on_real_servers, "maintainer", "on real servers", tmp_path, report)


# The sign-in API has no schema. The bodies have the fields that its views read.

FIELDS = [
    *("username", "email", "login", "password", "current_password", "new_password", "code", "key", "id", "ids"),
    *("sessions", "token", "primary", "display_name", "client", "provider", "process", "callback_url"),
    *("reauthenticate", "recovery_codes", "credential", "name", "trust", "days", "scopes"),
]
NAMES = some.sampled_from(FIELDS)
TEXT = some.text(some.characters(exclude_characters="\x00"), max_size=20)
# The password of the account that sends them is left out: with it, the account would get another password.
LIKELY = some.sampled_from(["student", "student@example.edu", "welcome-guest", "123456", True, ["totp"]])
ODD = some.sampled_from(
    ["'\"<>;--", "a@b", "🙂" * 400, "٣٣٣٣٣٣", "x" * 100_000, "\r\nSet-Cookie: a=b", "%00%ff", "\x7f\x1b"]
)
VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.just(10**4000) | some.floats(allow_nan=False) | TEXT | ODD,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(NAMES, inner, max_size=4),
    max_leaves=8,
)
# With all fields, so that each view finds the ones that it needs.
FORMS = some.fixed_dictionaries(dict.fromkeys(FIELDS, LIKELY | ODD | TEXT | VALUES))
# With one field that no database stores or that UTF-8 cannot encode.
FORMS_WITH_BAD_TEXT = some.tuples(
    FORMS, NAMES, some.sampled_from(["\x00", "a\x00b", "\ud800", "\udfff@example.edu"])
).map(lambda drawn: drawn[0] | {drawn[1]: drawn[2]})
NO_FORMS = [b"", b"null", b"[]", b"{}", b"\xff", b'{"id":' + b"9" * 5000 + b"}", b"[" * 200_000, b'{"a":' * 50_000]
BODIES = (FORMS | FORMS | FORMS_WITH_BAD_TEXT | VALUES).map(lambda value: json.dumps(value).encode()) | some.binary(
    max_size=40
)
KEYS = some.text(some.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=60)


def check_sign_in_api(served: Served, account: str, place: str, report: Report, *, bodies: int) -> None:
    """Send hostile bodies to every path by every method. Report how many responses had which status."""
    installation, server = served
    listed = installation.manage("shell", "--no-imports", "--command", LIST_SIGN_IN_PATHS).stdout
    paths = [f"/{path.replace('<str:', '').replace('>', '')}" for path in json.loads(listed)]
    assert "/_allauth/browser/v1/auth/login" in paths
    sender = visitor(server, account)
    statuses: Counter[int] = Counter()
    wrong: dict[str, str] = {}  # method and path → the first wrong response

    def check(response: Response, where: str, what: str) -> None:
        statuses[response.status] += 1
        if response.status >= 500 or (response.body and response.content_type not in {JSON, PROBLEM}):
            wrong.setdefault(where, f"{response.status} {response.text[:200]}\n  to {what}")

    @seed(SEED)
    @settings(
        max_examples=bodies,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(body=BODIES, key=KEYS)
    def send_everywhere(body: bytes, key: str) -> None:
        nonlocal sender
        for path in paths:
            for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
                headers = sender.page_headers() | {"X-Email-Verification-Key": key, "X-Password-Reset-Key": key}
                sent = None if method == "GET" else body
                response = sender.request(method, path, body=sent, headers=headers)
                check(response, f"{method} {path}", f"{str(sent)[:200]}, key {key!r}")
                if response.status in {401, 410} and account != ANONYMOUS:
                    sender = visitor(server, account)  # it was signed out, or has to enter its password again

    if bodies == BODIES_FOR_EACH_PATH:
        for body in NO_FORMS:
            send_everywhere = example(body=body, key="")(send_everywhere)
    send_everywhere()
    assert not wrong, "\n".join(f"{where}: {what}" for where, what in wrong.items())
    counted = ", ".join(f"{number} × {status}" for status, number in sorted(statuses.items()))
    report(f"Sign-in API as {account}, {place}: {len(paths)} paths, {counted}; seed {SEED}")
    assert "Traceback" not in server.process.output()


def test_the_sign_in_api_answers_a_hostile_body_without_an_error(embedded: Served, report: Report) -> None:
    check_sign_in_api(embedded, "student", "embedded", report, bodies=1)


@pytest.mark.long
@pytest.mark.parametrize("account", [ANONYMOUS, "student"])
def test_the_sign_in_api_answers_all_hostile_bodies_without_an_error(
    embedded: Served, account: str, report: Report
) -> None:
    check_sign_in_api(embedded, account, "embedded", report, bodies=BODIES_FOR_EACH_PATH)


@pytest.mark.long
def test_the_sign_in_api_answers_all_hostile_bodies_without_an_error_on_real_servers(
    on_real_servers: Served, report: Report
) -> None:
    check_sign_in_api(on_real_servers, ANONYMOUS, "on real servers", report, bodies=BODIES_FOR_EACH_PATH)
