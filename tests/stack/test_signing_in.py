"""Sessions belong to one site, and to people who have signed in to it."""

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
    response = visitor.sign_in(person, PASSWORDS[person])
    assert response.status == 200
    assert visitor.username == person


@pytest.mark.parametrize("path", ["/admin/", "/redis/"])
def test_a_password_alone_grants_no_access_to_the_maintainers_pages(visit: Visit, sessions: dict, path: str) -> None:
    visitor = visit("intranet")
    assert visitor.sign_in("chief", PASSWORDS["chief"]).status == 200
    response = visitor.get(path)
    assert response.status in {302, 403}, response
    if path == "/admin/":
        assert response.headers["Location"].startswith("/account/?second-factor=required")
    assert visit("intranet", "chief").get("/admin/").status == 200


def test_a_session_cookie_is_sent_to_its_host_alone_and_hidden_from_scripts(visit: Visit, sessions: dict) -> None:
    response = visit("intranet").sign_in("chief", PASSWORDS["chief"])
    (cookie,) = [line for line in response.headers.get_all("Set-Cookie") if "_session=" in line]
    assert cookie.startswith("__Host-intranet_session=")
    attributes = {part.strip().lower() for part in cookie.split(";")[1:]}
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= attributes
    assert not any(part.startswith("domain=") for part in attributes)


@pytest.mark.parametrize(("person", "password"), [("chief", "wrong"), ("nobody", "x")])
def test_a_wrong_name_or_password_is_refused(visit: Visit, sessions: dict, person: str, password: str) -> None:
    visitor = visit("intranet")
    response = visitor.sign_in(person, password)
    assert response.status == 400
    assert visitor.username is None


@pytest.mark.parametrize("site", SITES)
def test_makesession_creates_a_session(visit: Visit, sessions: dict, site: str) -> None:
    assert visit(site, "reader").username == "reader"


@pytest.mark.parametrize("site", SITES)
def test_a_session_of_one_site_is_invalid_on_the_other(visit: Visit, sessions: dict, site: str) -> None:
    (other,) = set(SITES) - {site}
    visitor = visit(site)
    token = sessions[other]["chief"]["value"]
    visitor.cookies = {sessions[other]["chief"]["name"]: token}  # with its own name
    assert visitor.username is None
    visitor.cookies = {sessions[site]["chief"]["name"]: token}  # renamed, which no browser does
    assert visitor.username is None


@pytest.mark.parametrize("site", SITES)
def test_a_vote_without_a_csrf_token_is_refused(visit: Visit, sessions: dict, site: str, poll) -> None:
    visitor = visit(site, "reader")
    headers = {"Content-Type": "application/json", "Origin": visitor.origin}
    response = visitor.request(
        "PUT", f"/api/polls/{poll.id}/vote/", body=f'{{"choice": {poll.choices[0]}}}', headers=headers
    )
    assert response.status == 403
    assert response.problem()
