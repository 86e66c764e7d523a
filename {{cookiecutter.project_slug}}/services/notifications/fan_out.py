"""Divides the recipients of a message into chunks. Of an audience, it also finds the recipients.

Everything can be repeated, by several workers at once and after any of them was killed: each chunk is written in a
transaction of its own, which locks the message and goes on behind the last person of the chunks before it.
"""

from collections.abc import Iterator

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from .audiences import people_with_roles
from .kinds import find_kind
from .models import CHUNK_PEOPLE, Chunk, Message, Recipient
from .recipients import insert_from_ids


def divide(message_id: int) -> Iterator[Chunk]:
    """Write the chunks of a message that do not exist yet, and yield each after its commit."""
    while (chunk := write_next_chunk(message_id)) is not None:
        yield chunk


def write_next_chunk(message_id: int) -> Chunk | None:
    """Write and return the next chunk. Without any people left, note that all chunks exist, and return None."""
    with transaction.atomic():
        message = Message.objects.select_for_update().filter(pk=message_id, started_at__isnull=True).first()
        if message is None:
            return None
        last = Chunk.objects.filter(message=message).aggregate(last=Max("last_person"))["last"] or 0
        if not (people := next_people(message, last)):
            Message.objects.filter(pk=message_id).update(started_at=timezone.now())
            return None
        if message.audience is not None:
            insert_from_ids(message, find_kind(message.app, message.kind), people)
        return Chunk.objects.create(message=message, first_person=last + 1, last_person=people[-1])


def next_people(message: Message, last: int) -> list[int]:
    """Return the ids of the next people of a message, at most CHUNK_PEOPLE, in order, behind the person `last`."""
    if message.audience is None:
        recipients = Recipient.objects.filter(message=message, person_id__gt=last).order_by("person_id")
        return list(recipients.values_list("person_id", flat=True)[:CHUNK_PEOPLE])
    people = people_with_roles(message.audience["roles"]).filter(pk__gt=last).order_by("pk")
    return list(people.values_list("pk", flat=True)[:CHUNK_PEOPLE])
