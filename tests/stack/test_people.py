"""Sign-in, sessions and roles, over TLS and on the real stores."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from websockets.exceptions import InvalidStatus

from tests.support.compose import SITES, Stack
from tests.support.one_time_codes import one_time_code
from tests.support.visitor import Visitor, close_code, subscribe

Visit = Callable[..., Visitor]

API = "/_allauth/browser/v1"
SIGNED_OUT, FORBIDDEN = 4001, 4003

CREATE_PERSON = """
import os
from core.people.models import Person
person = Person.objects.create_user(os.environ["NAME"], f"{os.environ['NAME']}@example.edu", os.environ["SECRET"])
"""

GRANT_ROLE = """
import os
from core.people.actions import role_grant
from core.people.models import Person
role_grant(person=Person.objects.get(username=os.environ["NAME"]), name=os.environ["ROLE"], why="a new term")
"""

END_ROLE = """
import os
from core.people.actions import role_end
from core.people.models import Role
role_end(role=Role.objects.get(person__username=os.environ["NAME"], name=os.environ["ROLE"]), why="the term is over")
"""


@dataclass
class Account:
    name: str
    password: str


@pytest.fixture
def account(stack: Stack, request: pytest.FixtureRequest) -> Account:
    """Create a person whom no other test uses."""
    number = abs(hash(request.node.name)) % 10**8
    one = Account(f"sample{number}", f"correct horse of {number}")
    stack.python(CREATE_PERSON, variables={"NAME": one.name, "SECRET": one.password})
    return one


@pytest.fixture
def student(stack: Stack, account: Account) -> Account:
    """Grant the account the role student."""
    stack.python(GRANT_ROLE, variables={"NAME": account.name, "ROLE": "student"})
    return account


def signed_in(visitor: Visitor, person: Account) -> Visitor:
    response = visitor.sign_in(person.name, person.password)
    assert response.status == 200, response.text
    return visitor


@pytest.mark.usefixtures("reset_rate_limits")
class TestSigningIn:
    def test_works_with_and_without_a_second_factor(self, visit: Visit, account: Account) -> None:
        first = signed_in(visit("internet"), account)
        assert first.send("POST", f"{API}/auth/reauthenticate", {"password": account.password}).status == 200
        secret = first.get(f"{API}/account/authenticators/totp").json()["meta"]["secret"]
        code = one_time_code(secret, time.time())
        assert first.send("POST", f"{API}/account/authenticators/totp", {"code": code}).status == 200
        listed = first.get(f"{API}/account/authenticators/recovery-codes").json()["data"]

        second = visit("internet")
        response = second.sign_in(account.name, account.password)
        assert response.status == 401, response.text
        assert second.username is None
        response = second.send("POST", f"{API}/auth/2fa/authenticate", {"code": listed["unused_codes"][0]})
        assert response.status == 200, response.text
        assert second.username == account.name

    def test_a_revoked_session_ends_at_once_and_its_socket_is_closed(self, visit: Visit, account: Account) -> None:
        here, there = signed_in(visit("intranet"), account), signed_in(visit("internet"), account)
        listed = here.get(f"{API}/auth/sessions").json()["data"]
        assert len(listed) == 2
        assert all(one["rings"] == ["campus"] for one in listed), "all requests come from this machine"
        (other,) = [one["id"] for one in listed if not one["is_current"]]
        with there.socket("/ws/portal/") as lost, here.socket("/ws/portal/") as kept:
            response = here.send("DELETE", f"{API}/auth/sessions", {"sessions": [other]})
            assert response.status == 200, response.text
            assert close_code(lost) == SIGNED_OUT
            kept.ping().wait(timeout=10)
        assert there.username is None
        assert here.username == account.name


@pytest.mark.parametrize("site", SITES)
def test_a_role_grants_access_to_an_app_until_it_ends(
    stack: Stack, visit: Visit, student: Account, site: str, reset_rate_limits: None
) -> None:
    visitor = signed_in(visit(site), student)
    assert visitor.get("/api/portal/").json()["person"]["roles"] == ["student"]
    assert "students_only" in visitor.apps
    assert visitor.get("/api/students_only/").json() == {"text": "for students only"}
    assert "/api/students_only/" in visitor.get("/api/schema/").json()["paths"]
    with visitor.socket("/ws/students_only/") as connection, visitor.socket("/ws/portal/") as topics:
        assert subscribe(topics, "students_only:all", "person")["subscribed"] == ["students_only:all", "person"]
        stack.python(END_ROLE, variables={"NAME": student.name, "ROLE": "student"})
        assert close_code(connection) == FORBIDDEN
        assert list(json.loads(topics.recv(timeout=10))["dropped"]) == ["students_only:all"]
    refused = visitor.get("/api/students_only/")
    assert refused.status == 403
    assert refused.problem()["roles"] == ["Student"]
    assert "students_only" not in visitor.apps
    assert "/api/students_only/" not in visitor.get("/api/schema/").json()["paths"]
    with pytest.raises(InvalidStatus), visitor.socket("/ws/students_only/"):
        pass


@pytest.mark.parametrize("site", SITES)
def test_a_forged_role_or_ip_address_grants_no_access(visit: Visit, sessions: dict, site: str) -> None:
    reader = visit(site, "reader")
    forged = {"X-Forwarded-For": "10.1.2.3", "X-Roles": "student", "X-Portal-Site": "intranet", "Remote-User": "chief"}
    assert reader.get("/api/students_only/", headers=forged).status == 403
    assert visit(site).get("/api/students_only/", headers=forged).status == 401
    assert visit(site).get("/api/portal/", headers=forged).json()["person"] is None
