"""Clients of the stack's provider, and people who sign in at them."""

import json
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.stack.conftest import visitor_of
from tests.stack.single_sign_on.relying_party import CALLBACK, SIGNED_OUT, RelyingParty
from tests.support.compose import Stack
from tests.support.local_names import finding_locally
from tests.support.single_sign_on import DJANGO_CALLBACK, code_of, load, variables_of
from tests.support.visitor import Visitor

WEB = ["--redirect-uri", CALLBACK, "--post-logout-redirect-uri", SIGNED_OUT]
OFFLINE = [f"--scope={scope}" for scope in ("openid", "profile", "email", "offline_access")]

# What a maintainer gives to the command `client create`, by the client's name.
CLIENTS = {
    "Wiki": [*WEB, *OFFLINE],
    "Another site": [*WEB, *OFFLINE],
    "Not allowed": WEB,  # by anybody yet
    "For students": [*WEB, *OFFLINE, "--role=student"],
    "For another ring": [*WEB, *OFFLINE, "--ring=elsewhere"],
    "Django site": ["--redirect-uri", DJANGO_CALLBACK],
    "Command line": ["--kind=native", "--scope=openid", "--scope=profile"],
    "Machine": ["--kind=machine"],
}
# The accounts of all but the student change in a test, so that no other test uses them.
STUDENT = "student"
PEOPLE = (STUDENT, "deactivated", "renewed", "deactivated-in-sql", "renewed-in-sql")
PASSWORD = "{} has a long password"

# Adds the clients, the people, and a session for each person. Those of an earlier run are removed.
CREATE = """
import json, os
from io import StringIO
from allauth.idp.oidc.models import Client
from django.core.management import call_command
from core.people.models import Person, Role

def run(*command):
    call_command(*command, stdout=(output := StringIO()))
    return output.getvalue()

clients, people = json.loads(os.environ["CLIENTS"]), json.loads(os.environ["PEOPLE"])
Client.objects.filter(name__in=clients).delete()
Person.objects.filter(username__in=people).delete()
ids = {name: Person.objects.create_user(name, password=password).pk for name, password in people.items()}
Role.objects.create(person_id=ids["student"], name="student")
print(json.dumps({
    "clients": {name: run("client", "create", name, *arguments) for name, arguments in clients.items()},
    "sessions": {name: json.loads(run("makesession", name)) for name in people},
    "ids": ids,
}))
"""


@pytest.fixture(scope="package")
def created(stack: Stack) -> dict[str, Any]:
    people = {name: PASSWORD.format(name) for name in PEOPLE}
    variables = {"CLIENTS": json.dumps(CLIENTS), "PEOPLE": json.dumps(people)}
    return stack.python(CREATE, service="internet-server", variables=variables)


@pytest.fixture(scope="package")
def ids(created: dict[str, Any]) -> dict[str, int]:
    """The id of each of PEOPLE, by username."""
    return created["ids"]


@pytest.fixture(scope="package")
def variables(stack: Stack, created: dict[str, Any]) -> dict[str, dict[str, str]]:
    """What a maintainer gives to the operator of each client, by the client's name."""
    portal = {"PORTAL": stack.origin("internet")}
    return {name: portal | variables_of(printed) for name, printed in created["clients"].items()}


@pytest.fixture
def client(stack: Stack, tls: ssl.SSLContext, variables: dict[str, dict[str, str]]) -> Callable[[str], RelyingParty]:
    """Return a function: `client("Wiki")` is the site of this name."""

    def find(name: str) -> RelyingParty:
        given = variables[name]
        return RelyingParty(visitor_of(stack, "internet", tls), given["CLIENT_ID"], given["CLIENT_SECRET"])

    return find


@pytest.fixture
def wiki(client: Callable[[str], RelyingParty]) -> RelyingParty:
    return client("Wiki")


@pytest.fixture
def reader(visit: Callable[..., Visitor], sessions: dict) -> Visitor:
    """A person who signs in at the sites."""
    return visit("internet", "reader")


@pytest.fixture
def person(stack: Stack, tls: ssl.SSLContext, created: dict[str, Any]) -> Callable[[str], Visitor]:
    """Return a function: `person("renewed")` has signed in. The names are those of PEOPLE."""

    def sign_in(name: str) -> Visitor:
        visitor, cookie = visitor_of(stack, "internet", tls), created["sessions"][name]
        visitor.cookies[cookie["name"]] = cookie["value"]
        return visitor

    return sign_in


@pytest.fixture
def names(stack: Stack, authority: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process find the portal's domains on this machine, and trust its authority, as a site's machine does."""
    monkeypatch.setattr(socket, "getaddrinfo", finding_locally(stack.domains.values()))
    for variable in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(variable, str(authority))
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def site(stack: Stack, names: None, variables: dict[str, dict[str, str]], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return the site that a how-to makes with Authlib, with `begin` and `finish`."""
    (code,) = code_of(stack.portal, "sign-in-with-any-client")
    return load(code, variables["Wiki"], monkeypatch)
