"""Maintainers in production, on both sites: what they do needs the intranet site and a second factor."""

import json
import re
import time
from collections.abc import Callable, Iterator

import pytest
import yaml

from tests.portal.conftest import MAINTAINER, PASSWORD
from tests.support.installation import Installation, PortalServer
from tests.support.one_time_codes import one_time_code
from tests.support.visitor import SIGN_IN, Visitor

API = SIGN_IN.removesuffix("/auth/login")
TOTP = f"{API}/account/authenticators/totp"
RESET = f"{API}/auth/password/reset"
OTHER_PASSWORD = "staple and a battery horse"

Visit = Callable[..., Visitor]


@pytest.fixture(scope="module")
def internet(production: Installation) -> Installation:
    return production.with_variables(SITE="internet")


@pytest.fixture(scope="module")
def internet_server(internet: Installation) -> Iterator[PortalServer]:
    with internet.http_server() as server:
        yield server


@pytest.fixture(scope="module")
def link_key(intranet: Installation) -> str:
    """Make the maintainer `boss`, and return the key in the link that sets their password."""
    output = intranet.manage("makemaintainer", "boss", "--email", "boss@example.edu").stdout
    return re.search(r"/password/reset#(\S+)", output)[1]


def roles_url(visitor: Visitor) -> str:
    return f"/api/people/{visitor.get('/api/portal/').json()['person']['id']}/roles/history/"


def session_cookie(installation: Installation, username: str = MAINTAINER) -> dict[str, str]:
    cookie = json.loads(installation.manage("makesession", username).stdout)
    return {cookie["name"]: cookie["value"]}


def test_a_password_opens_neither_the_admin_nor_the_api_and_sets_up_no_second_factor(
    http_server: PortalServer, visit: Visit
) -> None:
    visitor = visit(http_server)
    assert visitor.sign_in(MAINTAINER, PASSWORD).status == 200
    assert visitor.get("/admin/").headers["Location"] == "/account/?second-factor=required&next=/admin/"
    refused = visitor.get(roles_url(visitor))
    assert (refused.status, "second factor" in refused.problem()["detail"]) == (403, True)
    assert visitor.send("POST", f"{API}/auth/reauthenticate", {"password": PASSWORD}).status == 200
    for method, data in (("GET", None), ("POST", {"code": "123456"})):
        answer = visitor.send(method, TOTP, data)
        assert answer.status == 409
        assert answer.json()["errors"][0]["code"] == "second_factor_not_allowed"


def test_the_link_of_make_maintainer_sets_up_a_second_factor_which_opens_both(
    http_server: PortalServer, visit: Visit, link_key: str
) -> None:
    visitor = visit(http_server)
    assert visitor.send("POST", RESET, {"key": link_key, "password": OTHER_PASSWORD}).status == 401
    assert visitor.sign_in("boss", OTHER_PASSWORD).status == 200
    thief = visit(http_server)
    assert thief.sign_in("boss", OTHER_PASSWORD).status == 200
    assert thief.send("GET", TOTP).status == 409, "the password alone, in another browser"
    assert visitor.send("POST", f"{API}/auth/reauthenticate", {"password": OTHER_PASSWORD}).status == 200
    secret = visitor.send("GET", TOTP).json()["meta"]["secret"]
    code = one_time_code(secret, time.time())
    assert visitor.send("POST", TOTP, {"code": code}).status == 200
    assert visitor.get("/admin/").status == 200
    assert visitor.get(roles_url(visitor)).status == 200
    assert thief.get("/admin/").status == 302
    assert thief.send("POST", f"{API}/auth/reauthenticate", {"password": OTHER_PASSWORD}).status == 200
    assert thief.send("DELETE", TOTP).status == 401, "the password alone turns nothing off"


def test_on_the_internet_site_nobody_is_a_maintainer(
    internet: Installation,
    internet_server: PortalServer,
    intranet: Installation,
    http_server: PortalServer,
    visit: Visit,
) -> None:
    on_campus = visit(http_server, cookies=session_cookie(intranet))
    assert on_campus.get(roles_url(on_campus)).status == 200
    sites = yaml.safe_load((internet.folder / "portal.yaml").read_text())["sites"]
    outside = Visitor.proxied(internet_server.port, sites["internet"]["domain"])
    outside.cookies.update(session_cookie(internet))
    assert outside.username == MAINTAINER
    refused = outside.get(roles_url(outside))
    assert (refused.status, refused.problem()["detail"]) == (403, "Maintainers can do this on the intranet site only.")
    assert outside.get("/admin/").status == 404
