"""Sites, a command line and a machine use the portal's accounts, through NGINX over TLS, by libraries of others."""

import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest

from tests.stack.conftest import PASSWORDS
from tests.stack.single_sign_on.relying_party import SIGNED_OUT
from tests.support.compose import Stack
from tests.support.local_names import variables_of_programs
from tests.support.single_sign_on import (
    allow,
    code_of,
    device_path,
    finish,
    hidden_fields,
    load,
    path_of,
    press,
    start,
    start_django_site,
)
from tests.support.visitor import Visitor

Variables = dict[str, dict[str, str]]
PERSON = "reader"


@pytest.fixture
def programs(stack: Stack, names: None, tmp_path: Path) -> dict[str, str]:
    """Return the variables with which a program finds the portal."""
    return variables_of_programs(stack.domains.values(), tmp_path)


def test_a_person_signs_in_at_a_site_of_authlib_and_out_of_both(
    site: Any, visit: Callable[..., Visitor], sessions: dict, variables: Variables
) -> None:
    person = visit("internet")
    assert person.sign_in(PERSON, PASSWORDS[PERSON]).status == 200  # a session of its own, which ends below
    url, kept = site.begin()
    answer = allow(person, url)
    assert parse_qs(urlsplit(answer).query)["iss"] == [variables["Wiki"]["PORTAL"]]
    assert site.finish(answer, kept)["preferred_username"] == PERSON
    assert "Wiki" in {one["name"] for one in person.get("/api/single_sign_on/connections/").json()}

    other = visit("internet")
    other.cookies.update(person.cookies)
    query = {
        "id_token_hint": site.client.token["id_token"],
        "post_logout_redirect_uri": SIGNED_OUT,
        "state": "a-state",
    }
    path = path_of(site.metadata["end_session_endpoint"])
    page = person.get(f"{path}?{urlencode(query)}")
    left = press(person, path, action="logout", **hidden_fields(page))
    assert left.status == 302, left.text
    assert left.headers["Location"] == f"{SIGNED_OUT}?state=a-state"
    assert other.username is None, "the session has ended, also with a copy of its cookie"


def test_a_person_signs_in_at_a_django_site(
    stack: Stack, reader: Visitor, variables: Variables, programs: dict[str, str], tmp_path: Path
) -> None:
    django = start_django_site(stack.portal, tmp_path, variables["Django site"] | programs)
    printed = finish(django, allow(reader, django.stdout.readline().strip()) + "\n")
    assert re.fullmatch(rf"Hello, {PERSON}; [0-9a-f]{{32}}; \n", printed)


def test_a_person_signs_in_on_a_command_line(
    stack: Stack, reader: Visitor, variables: Variables, programs: dict[str, str], tmp_path: Path
) -> None:
    (code,) = code_of(stack.portal, "sign-in-on-a-command-line")
    tool = start(code, tmp_path, variables["Command line"] | programs)
    path = device_path(variables["Command line"]["PORTAL"], tool.stdout.readline())
    assert "Command line" in reader.get(path).text
    assert press(reader, path, action="confirm").status == 200
    assert finish(tool) == f"Hello, {PERSON}\n"


def test_a_machine_gets_a_token_that_is_of_no_person(
    stack: Stack,
    names: None,
    visit: Callable[..., Visitor],
    variables: Variables,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (code,) = code_of(stack.portal, "give-a-machine-a-token")
    machine = load(code, variables["Machine"], monkeypatch)
    token = machine.get_token()
    assert machine.is_from_machine(token)
    assert not machine.is_from_machine("x" * len(token))
    headers = {"Authorization": f"Bearer {token}"}
    for path in ("/api/people/", path_of(f"{machine.PORTAL}/identity/api/userinfo")):
        assert visit("internet").get(path, headers=headers).status == 401


def test_a_site_refuses_the_answer_to_another_sign_in(site: Any, reader: Visitor) -> None:
    """`state` and `nonce` are the client's. The portal returns both, and makes up neither."""
    url, kept = site.begin()
    assert parse_qs(urlsplit(allow(reader, url)).query)["state"] == [kept["state"]]
    answer = allow(reader, without(url, "state"))
    assert "state" not in parse_qs(urlsplit(answer).query)
    with pytest.raises(Exception, match="state"):
        site.finish(answer, kept)
    url, kept = site.begin()
    with pytest.raises(ValueError, match="another sign-in"):
        site.finish(allow(reader, without(url, "nonce")), kept)


def without(url: str, parameter: str) -> str:
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items() if name != parameter}
    return parts._replace(query=urlencode(query)).geturl()


def test_the_provider_is_on_one_site_and_no_log_has_what_it_gives(
    stack: Stack, site: Any, reader: Visitor, visit: Callable[..., Visitor], variables: Variables
) -> None:
    assert visit("intranet").get("/.well-known/openid-configuration").status == 404
    assert visit("intranet").get("/identity/authorize").status == 404
    url, kept = site.begin()
    answer = allow(reader, url)
    code = parse_qs(urlsplit(answer).query)["code"][0]
    site.finish(answer, kept)
    given = (code, kept["state"], site.client.token["access_token"], variables["Wiki"]["CLIENT_SECRET"])
    logs = stack.compose("logs", "--no-log-prefix", "reverse-proxy", "internet-server").stdout
    assert "/identity/" in logs
    assert not [one for one in given if one in logs]


def test_forged_headers_change_neither_the_issuer_nor_the_ring(
    visit: Callable[..., Visitor], variables: Variables
) -> None:
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-For": "10.0.0.1", "Forwarded": "host=evil.example"}
    response = visit("internet").get("/.well-known/openid-configuration", headers=forged)
    assert response.json()["issuer"] == variables["Wiki"]["PORTAL"]
    assert "evil.example" not in response.text


def test_a_token_that_nobody_gave_is_refused(visit: Callable[..., Visitor]) -> None:
    made = jwt.encode({"sub": "1"}, secrets.token_hex(32), algorithm="HS256", headers={"kid": "unknown"})
    for token in (made, "x" * 86, "." * 3000):
        response = visit("internet").get("/identity/api/userinfo", headers={"Authorization": f"Bearer {token}"})
        assert response.status == 401
