"""Many signed-in people of a stack, each with an IP address and a connection of their own."""

from __future__ import annotations

import contextlib
import json
import select
import ssl
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any

from tests.support.compose import SITES, Stack
from tests.support.visitor import Response, Visitor

PREFIX = "member-"

# Creates the people with a confirmed email address and a role, and opens a session for each with `makesession`.
CREATE = """
import json, os
from io import StringIO
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management import call_command
from django.utils.crypto import get_random_string
from core.people.models import Person, Role
names = json.loads(os.environ["NAMES"])
people = Person.objects.bulk_create(Person(username=name, email=f"{name}@example.edu", password="!") for name in names)
EmailAddress.objects.bulk_create(
    EmailAddress(user=person, email=person.email, primary=True, verified=True) for person in people
)
Role.objects.bulk_create(Role(person=person, name=os.environ["ROLE"]) for person in people)
Role.objects.create(person=people[0], name="faculty")
found = []
for person in people:
    call_command("makesession", person.username, stdout=(output := StringIO()))
    session = json.loads(output.getvalue())
    cookies = {session["name"]: session["value"], settings.CSRF_COOKIE_NAME: get_random_string(32)}
    found.append({"id": person.pk, "username": person.username, "cookies": cookies})
print(json.dumps(found))
"""

DELETE = """
import os
from django.db.models import Q
from core.people.models import Person
from apps.polls.models import Poll
members = Person.objects.filter(username__startswith=os.environ["PREFIX"])
Poll.objects.filter(author__in=members).delete()
members.delete()
"""


@dataclass
class Member:
    """A person of the stack. Requests of one member are sent one after the other, over one connection."""

    id: int
    username: str
    site: str
    visitor: Visitor
    connection: HTTPConnection | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def email(self) -> str:
        return f"{self.username}@example.edu"

    def request(self, method: str, path: str, data: Any = None) -> Response | None:
        """Send a request as a page does. Returns None when no answer came.

        A server may close an idle connection in the moment in which a request is sent over it. As browsers do, the
        request is then sent once more over a new one (RFC 9112, section 9.3.1). With HTTP/2 the server says so first.
        """
        body = None if data is None else json.dumps(data)
        headers = {} if method == "GET" else self.visitor.page_headers()
        with self.lock:
            if self.connection and has_ended(self.connection):
                self.disconnect()
            was_idle = self.connection is not None
            try:
                try:
                    response = self.send(method, path, body, headers)
                except (ConnectionResetError, BrokenPipeError, ssl.SSLEOFError):  # RemoteDisconnected is the first
                    if not was_idle:
                        raise
                    self.disconnect()
                    response = self.send(method, path, body, headers)
            except (OSError, HTTPException) as error:
                self.disconnect()
                print(f"{self.username}: no answer to {method} {path}: {error!r}")
                return None
            if response.headers.get("Connection", "").lower() == "close":
                self.disconnect()
            return response

    def send(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Response:
        self.connection = self.connection or self.visitor.connection()
        return self.visitor.request(method, path, body=body, headers=headers, connection=self.connection)

    def get(self, path: str) -> Response | None:
        return self.request("GET", path)

    def disconnect(self) -> None:
        if self.connection:
            with contextlib.suppress(OSError):
                self.connection.close()
        self.connection = None


def has_ended(connection: HTTPConnection) -> bool:
    """Return whether the server has closed an idle connection, which a browser notices before it sends a request."""
    return connection.sock is None or bool(select.select([connection.sock], [], [], 0)[0])


def create_members(stack: Stack, tls: ssl.SSLContext, *, number: int, role: str) -> list[Member]:
    """Create so many people with a session: half of them on each site. The first of each site is also of the faculty.

    Each sends X-Forwarded-For with an IP address of the campus, which counts while the reverse proxy trusts the header.
    """

    def create(site: str) -> list[dict[str, Any]]:
        names = [f"{PREFIX}{place}" for place in range(SITES.index(site), number, len(SITES))]
        variables = {"NAMES": json.dumps(names), "ROLE": role}
        return stack.python(CREATE, service=f"{site}-server", variables=variables, seconds=120)

    with ThreadPoolExecutor(len(SITES)) as executor:
        found = dict(zip(SITES, executor.map(create, SITES), strict=True))
    members = []
    for site, people in found.items():
        for person in people:
            visitor = Visitor(stack.origin(site), stack.https_port, tls)
            visitor.cookies.update(person["cookies"])
            visitor.headers["X-Forwarded-For"] = f"10.20.0.{len(members) % 250 + 1}"
            members.append(Member(person["id"], person["username"], site, visitor))
    return members


def announcers(members: Sequence[Member]) -> list[Member]:
    """Return the members of the faculty, who may notify others of a poll."""
    return [next(member for member in members if member.site == site) for site in SITES]


def delete_members(stack: Stack, members: Sequence[Member]) -> None:
    """Delete the people, with what belongs to them and the polls that they opened."""
    for member in members:
        member.disconnect()
    stack.python(DELETE, variables={"PREFIX": PREFIX}, seconds=120)
