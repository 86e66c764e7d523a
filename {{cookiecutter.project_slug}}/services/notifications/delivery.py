"""Delivers a chunk of a message: to the inboxes in the store, and to the open pages."""

from collections.abc import Iterable

import structlog
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core.live.names import person_topic
from core.live.publishing import publish_to_many
from core.stores.outage import is_outage

from . import inbox
from .kinds import find_kind
from .mail.composing import compose_urgent
from .mail.planning import is_mailed_at_once, plan
from .models import LAST_PERSON, Chunk, Recipient

logger = structlog.get_logger(__name__)

MAX_ERROR_LENGTH = 300


def deliver(chunk_id: int) -> None:
    """Deliver a chunk that is not done. A second run changes nothing.

    While the store is down or full, the chunk stays as it is, and is sent again. Other errors are raised too.
    """
    chunk = Chunk.objects.select_related("message").filter(pk=chunk_id, done_at__isnull=True).first()
    if chunk is None:
        return
    recipients = Recipient.objects.filter(
        message=chunk.message_id,
        person_id__gte=chunk.first_person,
        person_id__lte=chunk.last_person,
        is_hidden=False,
    )
    people = list(recipients.order_by().values_list("person_id", "read_at"))
    try:
        if people:
            inbox.deliver(
                chunk.message,
                unread=[person for person, read_at in people if read_at is None],
                read=[person for person, read_at in people if read_at is not None],
                is_shared=chunk.last_person != LAST_PERSON,
            )
    except Exception as error:
        record_failure(chunk, error)
        if not is_outage(error):
            raise
        return
    are_mails_due = mark_done(chunk)
    publish_changes(person for person, _ in people)
    if are_mails_due:
        compose_urgent(chunk.message_id)


def mark_done(chunk: Chunk) -> bool:
    """Note that a chunk was delivered, and who gets it by mail. Return whether mails are due at once."""
    with transaction.atomic():
        # One of two workers with the same chunk finds it not done.
        if not Chunk.objects.filter(pk=chunk.pk, done_at__isnull=True).update(done_at=timezone.now(), error=""):
            return False
        number = plan(chunk)
    return number > 0 and is_mailed_at_once(find_kind(chunk.message.app, chunk.message.kind))


def record_failure(chunk: Chunk, error: Exception) -> None:
    """Write down for maintainers why a chunk was not delivered."""
    reason = f"{type(error).__name__}: {error}"[:MAX_ERROR_LENGTH]
    logger.warning("chunk_not_delivered", chunk=chunk.pk, message=chunk.message_id, error=reason)
    Chunk.objects.filter(pk=chunk.pk).update(tries=F("tries") + 1, error=reason)


def publish_changes(people: Iterable[int]) -> None:
    """Publish to the open pages of these people that their inbox changed."""
    publish_to_many(map(person_topic, people))
