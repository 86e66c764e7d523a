"""Every API is fuzzed: those of services and apps from their own schema, the sign-in API with hostile bodies.

Schemathesis reads the schema that the portal serves, so an app is fuzzed from its first day. It sends what the schema
allows and what it does not, at the limits and at random; each answer must be one that the schema knows, and none a 500.
Where CI=true the same is sent each time; elsewhere it is new each time, and what failed tells how to send it again.
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
from tests.support.visitor import Response, Visitor

pytestmark = pytest.mark.long

SEED = 4 if os.environ.get("CI") == "true" else random.randrange(2**32)
EXAMPLES = 25  # of random input for each operation, beside what lies at its schema's limits
EACH_ADDRESS = 10  # bodies for each address and method of the sign-in API

# Not among them: that all is refused which the schema does not have. A number is taken for a text, and `"1"` for 1.
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

KINDS = {"application/json", "application/problem+json"}

# The limits on signing in would soon be all that is met, and a good hash takes its time.
EASIER = """
ACCOUNT_RATE_LIMITS = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
"""

SIGN_IN_ADDRESSES = """
import json
from django.urls import URLResolver, get_resolver

def addresses(patterns, above=""):
    for pattern in patterns:
        address = above + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, address)
        else:
            yield address

print(json.dumps(sorted({one for one in addresses(get_resolver().url_patterns) if one.startswith("_allauth/")})))
"""


@contextmanager
def served(portal: Path, folder: Path, **variables: str) -> Iterator[Served]:
    """A portal with the people and the content of its seed, by Gunicorn: in one process, for stand-ins live in it."""
    installation = copy_portal(portal, folder, variables={"DEBUG": "false", **variables})
    (installation.folder / "var").mkdir(exist_ok=True)
    with (installation.folder / "config" / "settings" / "__init__.py").open("a") as file:
        file.write(EASIER)
    installation.manage("migrate", "--no-input")
    installation.manage("seed")
    port = free_port()
    options = f"--bind={HOST}:{port} --worker-class=gthread --workers=1 --threads=8 --no-control-socket"
    options += " --limit-request-line=0"  # which is the reverse proxy's to answer
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


def visitor(server: PortalServer, who: str) -> Visitor:
    """One of the accounts of the seed, signed in; `nobody` has not."""
    visitor = Visitor.local(server.port)
    return visitor if who == "nobody" else visitor.sign_in_as(who)


def fuzz(server: PortalServer, who: str, report_file: Path) -> dict[str, Any]:
    """Fuzz every operation of the schema as one account; Schemathesis's report. A failure shows what it said."""
    somebody = visitor(server, who)
    headers = {"X-CSRFToken": somebody.csrf_token, **somebody.cookie_header()}
    done = subprocess.run(
        [
            Path(sys.executable).parent / "schemathesis",
            "--no-color",
            "run",
            f"{somebody.origin}/api/schema/",
            *(f"--header={name}: {value}" for name, value in headers.items()),
            f"--checks={','.join(CHECKS)}",
            "--phases=examples,coverage,fuzzing",
            f"--max-examples={EXAMPLES}",
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
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-2_000:]
    told: dict[str, Any] = json.loads(report_file.read_text())
    assert told["complete"], told["stop_reason"]
    return told


def check_every_operation(served: Served, who: str, where: str, folder: Path, report: Report) -> None:
    _, server = served
    told = fuzz(server, who, folder / "report.json")
    operations, cases = told["operations"], told["test_cases"]
    tested = f"{operations['tested']} of {operations['total']} operations, {cases['generated']} cases"
    report(f"Fuzzed as {who}, {where}: {tested}, {cases['unique_failures']} failures; seed {SEED}")
    assert operations["tested"] == operations["total"] > 0
    assert "Traceback" not in server.process.output()


@pytest.mark.parametrize("who", ["nobody", "student", "maintainer"])
def test_every_operation_of_the_schema_answers_as_it_says(
    embedded: Served, who: str, tmp_path: Path, report: Report
) -> None:
    check_every_operation(embedded, who, "embedded", tmp_path, report)


def test_every_operation_of_the_schema_answers_as_it_says_on_real_servers(
    on_real_servers: Served, tmp_path: Path, report: Report
) -> None:
    check_every_operation(on_real_servers, "maintainer", "on real servers", tmp_path, report)


# The sign-in API has no schema here. What its addresses look for in a body is named, so that it is found.

FIELDS = (
    "username, email, login, password, current_password, new_password, code, key, id, ids, sessions, token, primary, "
    "display_name, client, provider, process, callback_url, reauthenticate, recovery_codes, credential, name, trust"
)
NAMES = some.sampled_from(FIELDS.split(", "))
TEXT = some.text(some.characters(exclude_characters="\x00"), max_size=20)
# Not the password of whoever is signed in, which would be another after it.
LIKELY = some.sampled_from(["student", "student@example.edu", "welcome-guest", "123456", True, ["totp"]])
NASTY = some.sampled_from(
    ["'\"<>;--", "a@b", "🙂" * 400, "٣٣٣٣٣٣", "x" * 100_000, "\r\nSet-Cookie: a=b", "%00%ff", "\x7f\x1b"]
)
VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.just(10**4000) | some.floats(allow_nan=False) | TEXT | NASTY,
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(NAMES, inner, max_size=4),
    max_leaves=8,
)
# All that any address looks for, so that each finds what it needs, and something wrong with it.
FORMS = some.fixed_dictionaries(dict.fromkeys(FIELDS.split(", "), LIKELY | NASTY | TEXT | VALUES))
# Text that has no bytes, or that no database keeps: with one such field, all is refused.
SPOILED = some.tuples(FORMS, NAMES, some.sampled_from(["\x00", "a\x00b", "\ud800", "\udfff@example.edu"])).map(
    lambda drawn: drawn[0] | {drawn[1]: drawn[2]}
)
NO_FORMS = [b"", b"null", b"[]", b"{}", b"\xff", b'{"id":' + b"9" * 5000 + b"}", b"[" * 200_000, b'{"a":' * 50_000]
BODIES = (FORMS | FORMS | SPOILED | VALUES).map(lambda value: json.dumps(value).encode()) | some.binary(max_size=40)
KEYS = some.text(some.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=60)


@pytest.mark.parametrize("who", ["nobody", "student"])
def test_the_sign_in_api_answers_whatever_is_sent(embedded: Served, who: str, report: Report) -> None:
    check_sign_in_api(embedded, who, "embedded", report)


def test_the_sign_in_api_answers_whatever_is_sent_on_real_servers(on_real_servers: Served, report: Report) -> None:
    check_sign_in_api(on_real_servers, "nobody", "on real servers", report)


def check_sign_in_api(served: Served, who: str, place: str, report: Report) -> None:
    """Send hostile bodies to every address, by every method; report in one line how they were answered."""
    installation, server = served
    listed = installation.manage("shell", "--no-imports", "--command", SIGN_IN_ADDRESSES).stdout
    addresses = [f"/{one.replace('<str:', '').replace('>', '')}" for one in json.loads(listed)]
    assert "/_allauth/browser/v1/auth/login" in addresses
    somebody = visitor(server, who)
    answered: Counter[int] = Counter()

    wrong: dict[str, str] = {}  # the first of each method and address

    def check(answer: Response, where: str, what: str) -> None:
        answered[answer.status] += 1
        if answer.status >= 500 or (answer.text and answer.headers["content-type"] not in KINDS):
            wrong.setdefault(where, f"{answer.status} {answer.text[:200]}\n  to {what}")

    @seed(SEED)
    @settings(
        max_examples=EACH_ADDRESS,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(body=BODIES, key=KEYS)
    def send_everywhere(body: bytes, key: str) -> None:
        nonlocal somebody
        for address in addresses:
            for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
                headers = somebody.page_headers() | {"X-Email-Verification-Key": key, "X-Password-Reset-Key": key}
                sent = None if method == "GET" else body
                answer = somebody.request(method, address, body=sent, headers=headers)
                check(answer, f"{method} {address}", f"{str(sent)[:200]}, key {key!r}")
                if answer.status in {401, 410} and who != "nobody":
                    somebody = visitor(server, who)  # signed out, or asked for the password once more

    for body in NO_FORMS:
        send_everywhere = example(body=body, key="")(send_everywhere)
    send_everywhere()
    assert not wrong, "\n".join(f"{where}: {what}" for where, what in wrong.items())
    statuses = ", ".join(f"{number} × {status}" for status, number in sorted(answered.items()))
    report(f"Sign-in API as {who}, {place}: {len(addresses)} addresses, {statuses}; seed {SEED}")
    assert "Traceback" not in server.process.output()
