"""Signing in over TLS, on one site."""

from collections.abc import Callable

import pytest

from tests.stack.conftest import PASSWORDS
from tests.support.compose import SITES
from tests.support.visitor import Visitor

Visit = Callable[..., Visitor]


@pytest.mark.parametrize(("site", "person"), [("intranet", "chief"), ("intranet", "reader"), ("internet", "clerk")])
def test_a_person_signs_in_with_a_password(visit: Visit, sessions: dict, site: str, person: str) -> None:
    visitor = visit(site)
    assert visitor.username is None
    answer = visitor.sign_in(person, PASSWORDS[person])
    assert answer.status == 200
    assert visitor.username == person


@pytest.mark.parametrize("path", ["/admin/", "/redis/"])
def test_a_password_alone_does_not_open_what_is_the_maintainers(visit: Visit, sessions: dict, path: str) -> None:
    visitor = visit("intranet")
    assert visitor.sign_in("chief", PASSWORDS["chief"]).status == 200
    answer = visitor.get(path)
    assert answer.status in {302, 403}, answer
    if path == "/admin/":
        assert answer.headers["Location"].startswith("/account/?second-factor=required")
    assert visit("intranet", "chief").get("/admin/").status == 200


def test_a_session_s_cookie_belongs_to_its_host_alone_and_to_no_script(visit: Visit, sessions: dict) -> None:
    answer = visit("intranet").sign_in("chief", PASSWORDS["chief"])
    (cookie,) = [line for line in answer.headers.get_all("Set-Cookie") if "_session=" in line]
    assert cookie.startswith("__Host-intranet_session=")
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= attributes
    assert not any(part.startswith("domain=") for part in attributes)


@pytest.mark.parametrize(("person", "password"), [("chief", "wrong"), ("nobody", "x")])
def test_others_stay_outside(visit: Visit, sessions: dict, person: str, password: str) -> None:
    visitor = visit("intranet")
    answer = visitor.sign_in(person, password)
    assert answer.status == 400
    assert visitor.username is None


@pytest.mark.parametrize("site", SITES)
def test_a_session_that_a_command_opened_is_one(visit: Visit, sessions: dict, site: str) -> None:
    assert visit(site, "reader").username == "reader"


@pytest.mark.parametrize("site", SITES)
def test_a_session_of_one_site_is_none_on_the_other(visit: Visit, sessions: dict, site: str) -> None:
    (other,) = set(SITES) - {site}
    visitor = visit(site)
    token = sessions[other]["chief"]["value"]
    visitor.cookies = {sessions[other]["chief"]["name"]: token}  # as it is
    assert visitor.username is None
    visitor.cookies = {sessions[site]["chief"]["name"]: token}  # renamed, which a browser would not do
    assert visitor.username is None


@pytest.mark.parametrize("site", SITES)
def test_a_vote_without_the_page_s_token_is_refused(visit: Visit, sessions: dict, site: str, poll) -> None:
    visitor = visit(site, "reader")
    headers = {"Content-Type": "application/json", "Origin": visitor.origin}
    answer = visitor.request(
        "POST", f"/api/polls/{poll.id}/vote/", body=f'{{"choice": {poll.choices[0]}}}', headers=headers
    )
    assert answer.status == 403
    assert answer.problem()
