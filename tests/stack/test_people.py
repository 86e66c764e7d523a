"""Who is who, and who may see what: over TLS, on the real stores, from signing in to the end of a role."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from websockets.exceptions import InvalidStatus

from tests.support.compose import SITES, Stack
from tests.support.one_time_codes import one_time_code
from tests.support.visitor import Visitor, close_code

Visit = Callable[..., Visitor]

API = "/_allauth/browser/v1"
SIGNED_OUT, CLOSED = 4001, 4003

JOIN = """
import os
from core.people.models import Person
person = Person.objects.create_user(os.environ["NAME"], f"{os.environ['NAME']}@example.edu", os.environ["SECRET"])
"""

GRANT = """
import os
from core.people.actions import role_grant
from core.people.models import Person
role_grant(person=Person.objects.get(username=os.environ["NAME"]), name=os.environ["ROLE"], why="a new term")
"""

END = """
import os
from core.people.actions import role_end
from core.people.models import Role
role_end(role=Role.objects.get(person__username=os.environ["NAME"], name=os.environ["ROLE"]), why="the term is over")
"""


@dataclass
class Sample:
    name: str
    password: str


@pytest.fixture
def sample(stack: Stack, request: pytest.FixtureRequest) -> Sample:
    """Somebody whom nobody else's test knows."""
    number = abs(hash(request.node.name)) % 10**8
    one = Sample(f"sample{number}", f"correct horse of {number}")
    stack.python(JOIN, variables={"NAME": one.name, "SECRET": one.password})
    return one


@pytest.fixture
def in_the_seminar(stack: Stack, sample: Sample) -> Sample:
    """The sample, as a student."""
    stack.python(GRANT, variables={"NAME": sample.name, "ROLE": "student"})
    return sample


def signed_in(visitor: Visitor, person: Sample) -> Visitor:
    answer = visitor.sign_in(person.name, person.password)
    assert answer.status == 200, answer.text
    return visitor


@pytest.mark.usefixtures("fresh_door")
class TestSigningIn:
    def test_with_and_without_a_second_factor(self, visit: Visit, sample: Sample) -> None:
        first = signed_in(visit("internet"), sample)
        assert first.send("POST", f"{API}/auth/reauthenticate", {"password": sample.password}).status == 200
        secret = first.get(f"{API}/account/authenticators/totp").json()["meta"]["secret"]
        code = one_time_code(secret, time.time())
        assert first.send("POST", f"{API}/account/authenticators/totp", {"code": code}).status == 200
        listed = first.get(f"{API}/account/authenticators/recovery-codes").json()["data"]

        second = visit("internet")
        asked = second.sign_in(sample.name, sample.password)
        assert asked.status == 401, asked.text
        assert second.username is None
        shown = second.send("POST", f"{API}/auth/2fa/authenticate", {"code": listed["unused_codes"][0]})
        assert shown.status == 200, shown.text
        assert second.username == sample.name

    def test_a_session_that_is_revoked_is_none_at_once_and_its_socket_is_closed(
        self, visit: Visit, sample: Sample
    ) -> None:
        here, there = signed_in(visit("intranet"), sample), signed_in(visit("internet"), sample)
        listed = here.get(f"{API}/auth/sessions").json()["data"]
        assert len(listed) == 2
        assert all(one["rings"] == ["campus"] for one in listed), "everybody comes from this machine"
        (other,) = [one["id"] for one in listed if not one["is_current"]]
        with there.socket("/ws/notifications/") as lost, here.socket("/ws/notifications/") as kept:
            answer = here.send("DELETE", f"{API}/auth/sessions", {"sessions": [other]})
            assert answer.status == 200, answer.text
            assert close_code(lost) == SIGNED_OUT
            kept.ping().wait(timeout=10)
        assert there.username is None
        assert here.username == sample.name


@pytest.mark.parametrize("site", SITES)
def test_a_role_opens_an_app_and_its_end_closes_it_sockets_too(
    stack: Stack, visit: Visit, in_the_seminar: Sample, site: str, fresh_door: None
) -> None:
    student = signed_in(visit(site), in_the_seminar)
    assert student.get("/api/portal/").json()["person"]["roles"] == ["student"]
    assert "seminar" in student.apps
    assert student.get("/api/seminar/").json() == {"said": "for students alone"}
    assert "/api/seminar/" in student.get("/api/schema/").json()["paths"]
    with student.socket("/ws/seminar/") as connection:
        stack.python(END, variables={"NAME": in_the_seminar.name, "ROLE": "student"})
        assert close_code(connection) == CLOSED
    refused = student.get("/api/seminar/")
    assert refused.status == 403
    assert refused.problem()["roles"] == ["Student"]
    assert "seminar" not in student.apps
    assert "/api/seminar/" not in student.get("/api/schema/").json()["paths"]
    with pytest.raises(InvalidStatus), student.socket("/ws/seminar/"):
        pass


@pytest.mark.parametrize("site", SITES)
def test_a_forged_role_or_address_opens_nothing(visit: Visit, sessions: dict, site: str) -> None:
    reader = visit(site, "reader")
    forged = {"X-Forwarded-For": "10.1.2.3", "X-Roles": "student", "X-Portal-Site": "intranet", "Remote-User": "chief"}
    assert reader.get("/api/seminar/", headers=forged).status == 403
    assert visit(site).get("/api/seminar/", headers=forged).status == 401
    assert visit(site).get("/api/portal/", headers=forged).json()["person"] is None
