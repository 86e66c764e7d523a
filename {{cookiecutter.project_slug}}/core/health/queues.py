"""The queues of the message broker: how many tasks wait in each, and whether a worker takes them."""

from dataclasses import dataclass
from typing import Any

from celery import current_app
from django.conf import settings


@dataclass(frozen=True, slots=True)
class QueueState:
    name: str
    waiting: int
    consumers: int


def connect() -> Any:
    """Return an open kombu.Connection from Celery's pool. Raises an error soon when the broker is down."""
    connection: Any = current_app.pool.acquire(block=True, timeout=1)
    try:
        connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=1)
    except BaseException:
        connection.release()
        raise
    return connection


def queues() -> list[QueueState]:
    """Return the state of each queue of tasks; none when embedded. Raises an error soon when the broker is down."""
    if settings.CONFIGURATION.is_embedded("MESSAGE_BROKER_URL"):
        return []
    states = []
    with connect() as connection:
        for queue in current_app.conf.task_queues:
            # A queue that no worker has declared yet does not exist, which closes the channel.
            with connection.channel() as channel:
                try:
                    answer = channel.queue_declare(queue=queue.name, passive=True)
                except connection.channel_errors:
                    states.append(QueueState(queue.name, 0, 0))
                else:
                    states.append(QueueState(queue.name, answer.message_count, answer.consumer_count))
    return states
