"""The one call that sends a notification."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from core.http.links import check_link
from core.people.models import Person
from core.plugins.manifest import Audience
from core.transactions import after_commit

from . import tasks
from .audiences import check_audience
from .contents import check_key, check_parameters
from .kinds import get_kind
from .models import CHUNK_PEOPLE, LAST_PERSON, Chunk, Message
from .recipients import insert_from_ids, insert_from_query

People = Person | Iterable[Person] | Audience


def notify(
    kind: str, *, to: People, params: Mapping[str, Any] | None = None, link: str = "", key: str = ""
) -> Message | None:
    """Send a notification of the kind `<app>.<kind>`, and return its message.

    Returns None, and writes nothing, if the people or the query are nobody, or all of them have a message with this
    `key`. A message to an audience is always written: who that is turns out later.

    `to` is a person, some people, a query of people, or an `Audience`. People and queries are read now, in the caller's
    transaction. An audience is read when the worker begins: its active people with one of its roles, or everyone
    without roles. `params` fill the templates of the kind. `link` is a path of the portal that shows more. With `key`,
    each person gets one message of this kind, however often the call is repeated.

    Everything is written in the caller's transaction, and delivered after its commit, at the latest within a minute
    after the broker and the stores work. The number of SQL statements does not depend on the number of people.

    Raises ValueError if a kind, a parameter, a link or an audience is wrong, and TypeError if `to` is nothing of these.
    """
    app, name, declared = get_kind(kind)
    message = Message(
        app=app,
        kind=name,
        params=check_parameters(kind, declared, params or {}),
        link=check_link(link),
        key=check_key(key),
    )
    if isinstance(to, Audience):
        message.audience = {"roles": check_audience(to)}
        message.save(force_insert=True)
        after_commit(tasks.publish_message, message.pk)
        return message
    people = to if isinstance(to, QuerySet) else ids_of(to)
    if isinstance(people, list) and not people:
        return None
    message.started_at = message.created_at  # its only chunk is written with it, unless there are many people
    with transaction.atomic():
        message.save(force_insert=True)
        if isinstance(people, QuerySet):
            number = insert_from_query(message, declared, check_query(people))
        else:
            number = insert_from_ids(message, declared, people)
        if number == 0:
            transaction.set_rollback(True)  # of this block alone: nobody needs the message
            return None
        if number > CHUNK_PEOPLE:
            message.started_at = None
            Message.objects.filter(pk=message.pk).update(started_at=None)
            after_commit(tasks.publish_message, message.pk)
        else:
            chunk = Chunk.objects.create(message=message, first_person=0, last_person=LAST_PERSON)
            after_commit(tasks.publish_chunk, chunk.pk)
    return message


def check_query(people: "QuerySet[Any]") -> "QuerySet[Person]":
    if not issubclass(people.model, Person):
        raise TypeError(f"to is a query of people, such as Person.objects.filter(...), not of {people.model.__name__}.")
    return people


def ids_of(to: Person | Iterable[Person]) -> list[int]:
    """Return the ids of a person or of some people. Raises TypeError or ValueError for anything else."""
    if isinstance(to, Person):
        people: Iterable[Any] = [to]
    elif isinstance(to, Iterable) and not isinstance(to, str | bytes | Mapping):
        people = to
    else:
        raise TypeError(f"to is a person, some people, a query of people or an Audience, not {to!r:.100}.")
    ids = []
    for person in people:
        if not isinstance(person, Person):
            raise TypeError(f"to has people only, not {person!r:.100}.")
        if person.pk is None:
            raise ValueError(f"{person} is not saved. Save people before you notify them.")
        ids.append(person.pk)
    return ids
