"""Another site signs people in with the portal, through NGINX over TLS, by a library of others (Authlib)."""

import json
import secrets
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest

from tests.stack.conftest import PASSWORDS
from tests.support.compose import Stack
from tests.support.single_sign_on import allow, code_of, hidden_fields, load, path_of, press, variables_of
from tests.support.visitor import Visitor

Visit = Callable[..., Visitor]
CALLBACK = "https://wiki.example.edu/callback"
SIGNED_OUT = "https://wiki.example.edu/signed-out"
PERSON = "reader"


@pytest.fixture
def names(stack: Stack, authority: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process find the portal's domains on this machine, and trust its authority, as a site's machine does."""
    getaddrinfo = socket.getaddrinfo
    domains = set(stack.domains.values())

    def find(host: Any, port: Any, *more: Any, **options: Any) -> Any:
        return getaddrinfo("127.0.0.1" if host in domains else host, port, *more, **options)

    monkeypatch.setattr(socket, "getaddrinfo", find)
    for variable in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(variable, str(authority))
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def variables(stack: Stack) -> dict[str, str]:
    """Add a client, and return what a maintainer gives to its operator."""
    uris = ("--redirect-uri", CALLBACK, "--post-logout-redirect-uri", SIGNED_OUT)
    command = ("python", "manage.py", "client", "create", "Wiki", *uris)
    printed = stack.execute("internet-server", *command).stdout
    return {"PORTAL": stack.origin("internet")} | variables_of(printed)


@pytest.fixture
def site(stack: Stack, names: None, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the site that a how-to makes, with `begin` and `finish`."""
    (code,) = code_of(stack.portal, "sign-in-with-any-client")
    return load(code, variables, monkeypatch)


def sign_in(site: Any, person: Visitor) -> tuple[str, dict[str, str]]:
    """Return the URL at which a person comes back to the site, and what the site kept."""
    url, kept = site.begin()
    return allow(person, url), kept


def test_a_person_signs_in_at_another_site_and_out_of_both(site: Any, visit: Visit, variables: dict[str, str]) -> None:
    person = visit("internet")
    assert person.sign_in(PERSON, PASSWORDS[PERSON]).status == 200  # a session of its own, which ends below
    answer, kept = sign_in(site, person)
    assert parse_qs(urlsplit(answer).query)["iss"] == [variables["PORTAL"]]
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


def test_a_code_works_once_and_for_its_client_alone(site: Any, visit: Visit) -> None:
    answer, kept = sign_in(site, visit("internet", PERSON))
    site.finish(answer, kept)
    with pytest.raises(Exception, match="invalid_grant"):
        site.finish(answer, kept)


def test_the_provider_is_on_one_site_and_no_log_has_what_it_gives(
    stack: Stack, site: Any, visit: Visit, variables: dict[str, str]
) -> None:
    assert visit("intranet").get("/.well-known/openid-configuration").status == 404
    assert visit("intranet").get("/identity/authorize").status == 404
    answer, kept = sign_in(site, visit("internet", PERSON))
    code = parse_qs(urlsplit(answer).query)["code"][0]
    site.finish(answer, kept)
    given = (code, kept["state"], site.client.token["access_token"], variables["CLIENT_SECRET"])
    logs = stack.compose("logs", "--no-log-prefix", "reverse-proxy", "internet-server").stdout
    assert "/identity/" in logs
    assert not [one for one in given if one in logs]


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": f"{CALLBACK}/"},
        {"redirect_uri": CALLBACK.replace("wiki", "WIKI")},
        {"redirect_uri": CALLBACK.replace("https://", "https://portal@")},
        {"redirect_uri": f"{CALLBACK}?next=x"},
        {"client_id": "nobody"},
    ],
    ids=lambda changed: next(iter(changed.values())),
)
def test_a_request_for_another_address_leads_nowhere(site: Any, visit: Visit, changed: dict[str, str]) -> None:
    url, _kept = site.begin()
    query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()} | changed
    response = visit("internet", PERSON).get(f"{urlsplit(url).path}?{urlencode(query)}")
    assert response.status == 400
    assert "Location" not in response.headers


def test_forged_headers_change_neither_the_issuer_nor_the_ring(
    stack: Stack, variables: dict[str, str], visit: Visit
) -> None:
    visitor = visit("internet")
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-For": "10.0.0.1", "Forwarded": "host=evil.example"}
    metadata = visitor.get("/.well-known/openid-configuration", headers=forged).json()
    assert metadata["issuer"] == variables["PORTAL"]
    assert "evil.example" not in json.dumps(metadata)


def test_a_page_of_consent_can_be_neither_framed_nor_forged(site: Any, visit: Visit) -> None:
    url, _kept = site.begin()
    person = visit("internet", PERSON)
    page = person.get(path_of(url))
    assert page.headers["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]
    headers = person.page_headers("application/x-www-form-urlencoded") | {"Origin": "https://evil.example"}
    forged = person.request("POST", urlsplit(url).path, body="request=x&action=grant", headers=headers)
    assert forged.status == 403


def test_a_token_that_nobody_gave_is_refused(site: Any, visit: Visit) -> None:
    made = jwt.encode({"sub": "1"}, secrets.token_hex(32), algorithm="HS256", headers={"kid": "unknown"})
    for token in (made, "x" * 86, "." * 3000):
        path = path_of(site.metadata["userinfo_endpoint"])
        assert visit("internet").get(path, headers={"Authorization": f"Bearer {token}"}).status == 401
