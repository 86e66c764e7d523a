"""Sign-ins at once on a real server: refused early rather than out of memory, and old hashes are written anew."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.installation import Installation, PortalServer
from tests.support.visitor import SIGN_IN, Response, Visitor

NAMES = [f"sign-in-{number:02}" for number in range(20)]
OLD = NAMES[::2]

# Half of the people have hashes of Django's own parameters.
PEOPLE = """
import json, os
from django.contrib.auth.hashers import Argon2PasswordHasher
from core.people.models import Person
encoded = Argon2PasswordHasher().encode(os.environ["PASSWORD"], "a-salt-of-some-length")
for name in json.loads(os.environ["NAMES"]):
    person = Person.objects.create_user(name, password=os.environ["PASSWORD"])
    if name in json.loads(os.environ["OLD"]):
        Person.objects.filter(pk=person.pk).update(password=encoded)
"""
HASHES = """
import json
from core.people.models import Person
print(json.dumps(dict(Person.objects.filter(username__startswith="sign-in-").values_list("username", "password"))))
"""
PASSWORD = "a password of many people"


@pytest.fixture(scope="module")
def people(production: Installation) -> None:
    variables = {"PASSWORD": PASSWORD, "NAMES": json.dumps(NAMES), "OLD": json.dumps(OLD)}
    production.with_variables(**variables).manage("shell", "--no-imports", "--command", PEOPLE)


def hashes(production: Installation) -> dict[str, str]:
    output = production.manage("shell", "--no-imports", "--verbosity=0", "--command", HASHES).stdout
    return json.loads(output.strip().splitlines()[-1])


def sign_in(visit: Callable[..., Visitor], server: PortalServer, name: str, number: int) -> Response:
    visitor = visit(server)
    visitor.headers["X-Forwarded-For"] = f"198.51.100.{number}"  # each from an address of its own
    return visitor.sign_in(name, PASSWORD)


@pytest.mark.usefixtures("people")
def test_a_sign_in_writes_an_old_hash_anew(
    production: Installation, http_server: PortalServer, visit: Callable[..., Visitor]
) -> None:
    assert "m=102400" in hashes(production)[OLD[0]]
    assert sign_in(visit, http_server, OLD[0], 1).status == 200
    assert "m=19456,t=2,p=1" in hashes(production)[OLD[0]]
    assert sign_in(visit, http_server, OLD[0], 1).status == 200


@pytest.mark.usefixtures("people")
def test_sign_ins_at_once_succeed_or_are_refused_and_kill_no_process(
    http_server: PortalServer, visit: Callable[..., Visitor]
) -> None:
    names = (NAMES[2:] + [f"nobody-{number}" for number in range(6)]) * 2
    with ThreadPoolExecutor(len(names)) as executor:
        answers = list(
            executor.map(lambda numbered: sign_in(visit, http_server, numbered[1], numbered[0] + 2), enumerate(names))
        )
    refused = [answer for answer in answers if answer.status == 503]
    assert refused, "more requests hash at once than the process admits"
    for answer in refused:
        assert answer.problem()["detail"]
        assert int(answer.headers["Retry-After"]) > 0
    assert {answer.status for answer in answers} <= {200, 400, 503}
    assert [answer for answer in answers if answer.status == 200]
    log = http_server.process.output()
    assert "hashing_busy" in log
    assert "was sent SIGKILL" not in log
    assert "WORKER TIMEOUT" not in log
    # An attempt that was refused did not count against its name, and the next one succeeds.
    for number, (name, answer) in enumerate(zip(names, answers, strict=True)):
        if answer.status == 503 and name in NAMES:
            assert sign_in(visit, http_server, name, number + 2).status == 200


def test_a_refusal_looks_the_same_for_names_that_do_not_exist(
    http_server: PortalServer, visit: Callable[..., Visitor]
) -> None:
    with ThreadPoolExecutor(24) as executor:
        answers = list(executor.map(lambda number: sign_in(visit, http_server, "nobody", 100 + number), range(24)))
    problems = [answer.problem() for answer in answers if answer.status == 503]
    assert problems
    assert len({problem["detail"] for problem in problems}) == 1
    assert SIGN_IN not in "".join(problem["detail"] for problem in problems)
