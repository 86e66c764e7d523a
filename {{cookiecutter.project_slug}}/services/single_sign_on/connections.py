"""What people give to clients: consent, remembered until a client asks for more, and its end."""

import secrets
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from allauth.idp.oidc.models import Client, Token
from django.db import transaction
from django.utils import timezone

from core.audit.events import Event
from core.audit.recording import record
from core.people.models import Person
from core.people.privacy import is_hidden

from .allauth_internals import current_request
from .models import SUBJECT_DIGITS, ClientRegistration, Connection
from .passwords import password_digest
from .scopes import PARTS

# The attributes of a request with what it has loaded.
LOADED, REGISTRATION = "connections_to_clients", "registration_of_client"


def hidden_parts(person: Person, scopes: Iterable[str]) -> list[str]:
    """Return the parts of the profile that these scopes give, and that the person hides from everybody."""
    return [part for part in (PARTS.get(scope) for scope in scopes) if part and is_hidden(person, part)]


@dataclass(frozen=True, slots=True)
class ConsentNeeded:
    """What a page of consent asks for: all the scopes of the request, and hidden parts of the profile."""

    scopes: list[str]
    hidden: list[str]


def consent_needed(
    connection: Connection | None, client: Client, person: Person, scopes: list[str]
) -> ConsentNeeded | None:
    """Return what to ask the person before the client gets these scopes, or None for nothing."""
    if client.skip_consent:
        return None
    hidden = hidden_parts(person, scopes)
    if (
        connection is not None
        and connection.since is not None
        and set(scopes) <= set(connection.consented)
        and set(hidden) <= set(connection.asked_hidden)
    ):
        return None
    return ConsentNeeded(scopes, hidden)


def connection_to(client: Client, person: Person) -> Connection | None:
    """Return the connection of a person to a client, loaded once in a request."""
    loaded = loaded_connections()
    key = (client.pk, person.pk)
    if key not in loaded:
        loaded[key] = Connection.objects.filter(client=client, person=person).first()
    return loaded[key]


def connection_by_subject(client: Client, subject: str) -> Connection | None:
    """Return the connection by the name that the client knows, with its person; None if there is none."""
    if len(subject) > SUBJECT_DIGITS or "\0" in subject:
        return None
    connection = Connection.objects.select_related("person").filter(client=client, subject=subject).first()
    if connection is not None:
        loaded_connections()[client.pk, connection.person_id] = connection
    return connection


def registration_for(client: Client) -> ClientRegistration:
    """Return the registration of a client, loaded once in a request."""
    request = current_request()
    known: ClientRegistration | None = getattr(request, REGISTRATION, None)
    if known is None or known.client_id != client.pk:
        known = client.registration
        if request is not None:
            setattr(request, REGISTRATION, known)
    return known


def loaded_connections() -> dict[tuple[str, int], Connection | None]:
    request = current_request()
    if request is None:
        return {}
    if not hasattr(request, LOADED):
        setattr(request, LOADED, {})
    found: dict[tuple[str, int], Connection | None] = getattr(request, LOADED)
    return found


def connect(
    *,
    client: Client,
    person: Person,
    scopes: Collection[str],
    consented: ConsentNeeded | None,
    given_hidden: Collection[str] = (),
) -> Connection:
    """Note that a person signs in at a client, and what they give to it.

    `consented` is what they have just been asked, None if nothing. Tokens of an earlier password end.
    """
    now, digest = timezone.now(), password_digest(person)
    connection = connection_to(client, person)
    if connection is None:
        fresh = {"subject": secrets.token_hex(SUBJECT_DIGITS // 2), "password_digest": digest}
        connection, _made = Connection.objects.get_or_create(client=client, person=person, defaults=fresh)
        loaded_connections()[client.pk, person.pk] = connection
    elif connection.password_digest != digest:
        delete_tokens(client_id=client.pk, person_id=person.pk)
    connection.password_digest = digest
    connection.scopes = sorted({*connection.scopes, *scopes})
    if consented:
        connection.consented = sorted({*connection.consented, *consented.scopes})
        connection.asked_hidden = sorted({*connection.asked_hidden, *consented.hidden})
        kept = {*connection.given_hidden} - {*consented.hidden}
        connection.given_hidden = sorted(kept | ({*given_hidden} & {*consented.hidden}))
    connection.since = connection.since or now
    connection.last_sign_in_at = now
    connection.save()
    return connection


@transaction.atomic
def disconnect(connection: Connection, *, by: Person) -> None:
    """Take back what a person gave to a client, and end its tokens. The client keeps what it has read already."""
    delete_tokens(client_id=connection.client_id, person_id=connection.person_id)
    connection.scopes = connection.consented = connection.asked_hidden = connection.given_hidden = []
    connection.since = None
    connection.save()
    record(Event.CLIENT_DISCONNECTED, person=by, by=by, client=connection.client_id, name=connection.client.name)


def delete_tokens(*, client_id: str, person_id: int) -> int:
    """Delete a person's tokens at a client, and return how many there were."""
    return int(Token.objects.filter(client_id=client_id, user_id=person_id).delete()[0])


def delete_all_tokens(person: Person) -> None:
    """Delete a person's tokens at every client. The caller records it."""
    Token.objects.filter(user=person).delete()


def connected(person: Person) -> "list[tuple[Connection, ClientRegistration]]":
    """Return the clients that a person uses, the one that they signed in at last first. One query."""
    rows = Connection.objects.filter(person=person, since__isnull=False).select_related("client__registration")
    return [(row, row.client.registration) for row in rows.order_by("-last_sign_in_at")]
