"""Tokens end with what they depend on, and a refresh token works once."""

import json
import ssl
import time
from collections.abc import Callable
from urllib.parse import urlencode

import jwt
import pytest

from tests.stack.conftest import visitor_of
from tests.stack.single_sign_on.conftest import PASSWORD
from tests.stack.single_sign_on.relying_party import RelyingParty, check_refused
from tests.support.compose import Stack
from tests.support.visitor import Visitor

Person = Callable[[str], Visitor]

# Changes people without a signal of Django's, and prints after how many seconds the last of their tokens was deleted.
CHANGE_IN_SQL = """
import json, time
from allauth.idp.oidc.models import Token
from core.people.models import Person
people = Person.objects.filter(username__in=["deactivated-in-sql", "renewed-in-sql"])
assert Token.objects.filter(user__in=people).values("user").distinct().count() == 2
started = time.monotonic()
Person.objects.filter(username="deactivated-in-sql").update(is_active=False)
Person.objects.filter(username="renewed-in-sql").update(password="another hash")
while Token.objects.filter(user__in=people).exists() and time.monotonic() - started < 60:
    time.sleep(0.2)
print(json.dumps(list(Token.objects.filter(user__in=people).values_list("user__username", flat=True))))
"""


@pytest.fixture
def deactivate(visit: Callable[..., Visitor], sessions: dict, ids: dict[str, int]) -> Callable[[], None]:
    def change() -> None:
        chief = visit("intranet", "chief")
        response = chief.send("POST", "/api/people/manage/deactivate/", {"people": [ids["deactivated"]]})
        assert response.status == 200, response.text

    return change


@pytest.fixture
def change_password(stack: Stack, tls: ssl.SSLContext) -> Callable[[], None]:
    def change() -> None:
        visitor, before = visitor_of(stack, "internet", tls), PASSWORD.format("renewed")
        assert visitor.sign_in("renewed", before).status == 200
        form = {"current_password": before, "new_password": f"{before}, and another one"}
        response = visitor.send("POST", "/_allauth/browser/v1/account/password/change", form)
        assert response.status == 200, response.text

    return change


@pytest.mark.parametrize(("name", "change"), [("deactivated", "deactivate"), ("renewed", "change_password")])
def test_nothing_works_after_a_person_is_deactivated_or_has_a_new_password(
    wiki: RelyingParty, person: Person, request: pytest.FixtureRequest, name: str, change: str
) -> None:
    visitor = person(name)
    tokens, code = wiki.tokens(visitor), wiki.code(visitor)
    assert wiki.userinfo(tokens["access_token"]).json()["preferred_username"] == name
    request.getfixturevalue(change)()
    assert wiki.userinfo(tokens["access_token"]).status == 401
    assert not wiki.is_active(tokens["access_token"])
    check_refused(wiki.refresh(tokens["refresh_token"]), "invalid_grant")
    check_refused(wiki.exchange(code), "invalid_grant")
    assert wiki.authorize(visitor).headers["Location"].startswith("/sign-in/"), "the session has ended"


def test_the_worker_deletes_within_a_minute_what_no_request_meets(
    stack: Stack, wiki: RelyingParty, person: Person
) -> None:
    tokens = {name: wiki.tokens(person(name)) for name in ("deactivated-in-sql", "renewed-in-sql")}
    assert stack.python(CHANGE_IN_SQL, service="internet-server", seconds=90) == []
    for one in tokens.values():
        assert wiki.userinfo(one["access_token"]).status == 401
        check_refused(wiki.refresh(one["refresh_token"]), "invalid_grant")


# Sends the same form twice at once to the server itself, and prints the statuses and the answers.
SEND_AT_ONCE = """
import json, os
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from threading import Barrier
barrier = Barrier(2)

def send(_):
    connection = HTTPConnection("127.0.0.1", 8000, timeout=20)
    connection.connect()
    barrier.wait()
    connection.request("POST", "/identity/api/token", os.environ["FORM"], json.loads(os.environ["HEADERS"]))
    response = connection.getresponse()
    return response.status, json.loads(response.read())

with ThreadPoolExecutor(2) as pool:
    print(json.dumps(list(pool.map(send, range(2)))))
"""


def test_of_two_refreshes_at_once_one_succeeds_and_the_other_ends_nothing(
    stack: Stack, wiki: RelyingParty, reader: Visitor
) -> None:
    """Past NGINX, which passes on one request for a token after the other."""
    tokens, others = wiki.tokens(reader), wiki.tokens(reader)
    passed_on = {"Host": reader.host, "X-Forwarded-For": stack.gateway, "X-Forwarded-Proto": "https"}
    form = urlencode({"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]})
    variables = {"HEADERS": json.dumps(wiki.headers | passed_on), "FORM": form}
    done = stack.execute("internet-server", "python", "-c", SEND_AT_ONCE, variables=variables)
    good, bad = sorted(json.loads(done.stdout), key=lambda one: one[0])
    assert good[0] == 200, good
    assert bad == [400, {"error": "invalid_grant"}]
    check_refused(wiki.refresh(tokens["refresh_token"]), "invalid_grant")
    for one in (good[1], others):
        assert wiki.userinfo(one["access_token"]).status == 200
        assert wiki.refresh(one["refresh_token"]).status == 200


def test_what_is_given_says_for_how_long(wiki: RelyingParty, reader: Visitor) -> None:
    """In seconds from now for a token, so that the client's clock does not matter. An ID token names moments."""
    tokens = wiki.tokens(reader)
    claims = jwt.decode(tokens["id_token"], options={"verify_signature": False})
    assert (tokens["expires_in"], claims["exp"] - claims["iat"]) == (3600, 300)
    assert abs(claims["iat"] - time.time()) < 30
