"""The tasks of notifications. Each can run any number of times, and at the same time as another run of itself."""

from datetime import timedelta
from itertools import chain, islice
from typing import Any

import structlog
from celery import shared_task
from kombu.exceptions import OperationalError

from core.periodic import periodic
from core.tasks import BulkTask

from . import delivery, repeating, retention
from .fan_out import divide
from .mail.composing import compose_due
from .models import LAST_PERSON

logger = structlog.get_logger(__name__)

# The broker drops a task that waits for longer, in seconds. By then it was sent again. So the queue does not grow while
# no worker runs.
OPTIONS: Any = {"expiration": 60.0}


@shared_task(base=BulkTask, name="services.notifications.tasks.start_fan_out")
def start_fan_out(message_id: int) -> None:
    """Divide the recipients of a message into chunks, and hand each to the worker. Deliver a single one at once."""
    chunks = divide(message_id)
    first = list(islice(chunks, 2))
    if len(first) == 1:
        delivery.deliver(first[0].pk)
    for chunk in chain(first, chunks) if len(first) == 2 else ():
        publish_chunk(chunk.pk, of_many=True)


@shared_task(name="services.notifications.tasks.deliver_chunk")
def deliver_chunk(chunk_id: int) -> None:
    """Deliver a message to a chunk of its recipients."""
    delivery.deliver(chunk_id)


@shared_task(base=BulkTask, name="services.notifications.tasks.deliver_chunk_of_many")
def deliver_chunk_of_many(chunk_id: int) -> None:
    """Deliver a message to a chunk of its recipients, behind what cannot wait."""
    delivery.deliver(chunk_id)


@periodic(every=timedelta(seconds=30), base=BulkTask)
def compose_mails() -> None:
    """Compose the mails that are due."""
    compose_due()


@periodic(every=timedelta(seconds=10))
def repeat() -> None:
    """Ask the worker again for what it has not done within half a minute, and drop inboxes that may be stale."""
    for message_id in repeating.claim_messages():
        publish_message(message_id)
    for chunk in repeating.claim_chunks():
        publish_chunk(chunk.pk, of_many=chunk.last_person != LAST_PERSON)
    repeating.drop_stale_inboxes()


@periodic(every=timedelta(hours=6), base=BulkTask)
def delete_old_messages() -> None:
    """Delete messages that are older than portal.yaml allows."""
    retention.delete_old_messages()


def publish_message(message_id: int) -> None:
    """Ask the worker to begin the fan-out of a message. Without the broker, the scheduler asks again later."""
    try:
        start_fan_out.apply_async((message_id,), **OPTIONS)
    except OperationalError as error:
        logger.warning("fan_out_delayed", message=message_id, error=str(error))


def publish_chunk(chunk_id: int, *, of_many: bool = False) -> None:
    """Ask the worker to deliver a chunk, perhaps one `of_many`. Without the broker, the scheduler asks again."""
    task = deliver_chunk_of_many if of_many else deliver_chunk
    try:
        task.apply_async((chunk_id,), **OPTIONS)
    except OperationalError as error:
        logger.warning("chunk_delayed", chunk=chunk_id, error=str(error))
