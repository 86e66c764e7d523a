"""Access tokens of clients: which ones work, and the end of those of people who may not use a client any more."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from allauth.idp.oidc.models import Token
from django.db.models import Exists, F, OuterRef, Q
from django.http import HttpRequest
from django.utils import timezone

from core.people.models import Person, Role
from core.tokens.middleware import bearer_token

from .access import may_keep_tokens
from .connections import connection_to, delete_all_tokens, delete_tokens
from .models import ClientRegistration, Connection, UsedRefreshToken
from .passwords import password_digest_in_sql

TEXT = re.compile(r"[A-Za-z0-9_-]{86}")  # as allauth makes them, of 512 random bits


@dataclass(frozen=True, slots=True)
class ClientToken:
    """An access token that works, with its person and its client."""

    pk: int
    person: Person
    registration: ClientRegistration
    connection: Connection
    scopes: frozenset[str]


def find_client_token(text: str) -> ClientToken | None:
    """Return the access token with this text, if it works and has a person. Two queries."""
    if not TEXT.fullmatch(text):
        return None
    tokens = Token.objects.valid().by_value(text).filter(type=Token.Type.ACCESS_TOKEN, user__isnull=False)
    token = tokens.select_related("user", "client__registration").first()
    if token is None:
        return None
    registration: ClientRegistration = token.client.registration
    connection = connection_to(token.client, token.user)
    if connection is None or not may_keep_tokens(connection, token.user, registration):
        return None
    return ClientToken(token.pk, token.user, registration, connection, frozenset(token.get_scopes()))


def working_token(request: HttpRequest) -> ClientToken | None:
    """Return the access token in the header `Authorization`, as `find_client_token` does."""
    return find_client_token(bearer_token(request.headers.get("Authorization", "")) or "")


def delete_ended() -> int:
    """Delete the tokens that must not work any more, and what is kept about used ones. Returns how many there were."""
    now = timezone.now()
    deleted = sum(int(Token.objects.filter(condition).delete()[0]) for condition in ended())
    deleted += int(Token.objects.expired().delete()[0])
    UsedRefreshToken.objects.filter(expires_at__lt=now).delete()
    return deleted


def ended() -> Iterator[Q]:
    """Yield conditions for tokens of people who are inactive, have another password, or lack the client's roles."""
    yield Q(user__is_active=False)
    other_password = (
        Connection.objects.alias(now=password_digest_in_sql("person__password"))
        .filter(client_id=OuterRef("client_id"), person_id=OuterRef("user_id"))
        .exclude(password_digest=F("now"))
    )
    yield Q(Exists(other_password))
    for registration in ClientRegistration.objects.exclude(roles=[]):
        active = Role.objects.active().filter(person_id=OuterRef("user_id"), name__in=registration.roles)
        yield Q(client_id=registration.client_id, user__isnull=False) & ~Q(Exists(active))


def delete_ended_of(person: Person) -> None:
    """Delete a person's tokens at the clients that they may not use any more, such as after a role has ended."""
    if not person.is_active:
        delete_all_tokens(person)
        return
    connections = Connection.objects.filter(person=person, since__isnull=False)
    for connection in connections.select_related("client__registration"):
        registration: ClientRegistration = connection.client.registration
        if not may_keep_tokens(connection, person, registration):
            delete_tokens(client_id=connection.client_id, person_id=person.pk)
