"""The health checks of the message broker, the worker and the scheduler."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from celery import current_app
from celery.beat import Scheduler
from kombu import Producer, Queue

from core.stores.session_store import session_store

from .checks import Degraded, HealthCheck, check_same, wait_until
from .tasks import HEARTBEAT, HEARTBEAT_LIFETIME, answer_probe, probe_key

CONSUME_SECONDS = 2
WORKER_SECONDS = 10
HEARTBEAT_SECONDS = 90  # three times the schedule's interval


def connect() -> Any:
    """Return an open kombu.Connection from Celery's pool. Raises an error soon when the broker is down."""
    connection: Any = current_app.pool.acquire(block=True, timeout=1)
    try:
        connection.ensure_connection(max_retries=1, interval_start=0, interval_step=0, timeout=1)
    except BaseException:
        connection.release()
        raise
    return connection


class MessageBrokerCheck(HealthCheck):
    service = "message-broker"
    technology = "RabbitMQ"
    variable = "MESSAGE_BROKER_URL"
    embedded_backend = "in-memory broker"

    def ping(self) -> str:
        with connect() as connection, connection.channel() as channel:
            channel.basic_qos(0, 1, False)
        return "answers"

    def round_trip(self) -> str:
        value = secrets.token_hex(8)
        with connect() as connection, connection.channel() as channel:
            queue = Queue(f"core.health.{secrets.token_hex(8)}", durable=False, exclusive=True, auto_delete=True)
            bound = queue.bind(channel)
            bound.declare()
            Producer(channel).publish({"value": value}, routing_key=queue.name, serializer="json", retry=False)
            message = wait_until(lambda: bound.get(no_ack=True, accept=["json"]), seconds=CONSUME_SECONDS)
            bound.delete()
        check_same({"value": value}, message and message.payload)
        return "published, consumed"


class WorkerCheck(HealthCheck):
    tier = 2
    service = "worker"
    technology = "Celery"
    variable = "MESSAGE_BROKER_URL"
    embedded_backend = "eager tasks"
    in_readiness = False

    def round_trip(self) -> str:
        token = secrets.token_hex(16)
        answer_probe.apply_async((token,), expires=WORKER_SECONDS)
        store = session_store("core")
        try:
            wait_until(lambda: store.take(probe_key(token)), seconds=WORKER_SECONDS)
        except TimeoutError:
            raise Degraded(f"ran no task within {WORKER_SECONDS} seconds: is a worker running?") from None
        return "task sent, run, result read"


class SchedulerCheck(HealthCheck):
    tier = 2
    service = "scheduler"
    technology = "Celery beat"
    variable = "MESSAGE_BROKER_URL"
    embedded_backend = "one run in this process"
    in_readiness = False

    def round_trip(self) -> str:
        if self.is_embedded:
            self.send_heartbeat()
        sent_at = session_store("core").get(HEARTBEAT)
        if sent_at is None:
            minutes = HEARTBEAT_LIFETIME // timedelta(minutes=1)
            raise Degraded(f"no heartbeat in the last {minutes} minutes: is a scheduler running?")
        age = (datetime.now(UTC) - datetime.fromisoformat(sent_at)).total_seconds()
        if age > HEARTBEAT_SECONDS:
            raise Degraded(f"last heartbeat {age:.0f} seconds ago, at most {HEARTBEAT_SECONDS} expected")
        return f"heartbeat {age:.0f} seconds ago"

    @staticmethod
    def send_heartbeat() -> None:
        """Send the heartbeat by beat's scheduler, as its process does."""
        scheduler = Scheduler(current_app, schedule={}, lazy=True)
        scheduler.merge_inplace(current_app.conf.beat_schedule)
        scheduler.apply_async(scheduler.schedule["scheduler-heartbeat"], advance=False)
