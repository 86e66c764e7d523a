"""The health checks of the message broker, the worker and the scheduler."""

import secrets
import time
from datetime import UTC, datetime, timedelta
from functools import partial

from celery import __version__ as celery_version
from celery import current_app
from celery.beat import Scheduler
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from kombu import Producer, Queue

from core.stores.session_store import session_store

from .checks import Degraded, HealthCheck, check_same, wait_until
from .elsewhere import tls_version
from .queues import connect, queues
from .tasks import HEARTBEAT, HEARTBEAT_LIFETIME, answer_bulk_probe, answer_probe, probe_key

CONSUME_SECONDS = 2
WORKER_SECONDS = 10
HEARTBEAT_SECONDS = 90  # three times the schedule's interval

NOT_RUN = {
    "task": _("ran no task within {seconds} seconds: is a worker running?"),
    "bulk task": _("ran no bulk task within {seconds} seconds: is a worker running?"),
}


class MessageBrokerCheck(HealthCheck):
    service = "message-broker"
    title = _("Message broker")
    technology = "RabbitMQ"
    variable = "MESSAGE_BROKER_URL"
    embedded_backend = gettext_noop("in-memory broker")

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

    def encryption(self) -> str:
        with connect() as connection:
            return tls_version(connection.connection.transport.sock)

    def version(self) -> str:
        if self.is_embedded:
            return ""
        with connect() as connection:
            return str(connection.connection.server_properties.get("version", ""))


class WorkerCheck(HealthCheck):
    tier = 2
    service = "worker"
    title = _("Worker")
    technology = "Celery"
    variable = "MESSAGE_BROKER_URL"
    embedded_backend = gettext_noop("eager tasks")
    in_readiness = False
    needs = ("message-broker", "session-store")
    seconds = WORKER_SECONDS + 2.0

    def round_trip(self) -> str:
        tokens = {kind: secrets.token_hex(16) for kind in NOT_RUN}
        answer_probe.apply_async((tokens["task"],), expires=WORKER_SECONDS)
        answer_bulk_probe.apply_async((tokens["bulk task"],), expires=WORKER_SECONDS)
        store, deadline = session_store("core"), time.monotonic() + WORKER_SECONDS
        for kind, token in tokens.items():
            try:
                wait_until(partial(store.take, probe_key(token)), seconds=max(0.0, deadline - time.monotonic()))
            except TimeoutError:
                raise Degraded(format_lazy(NOT_RUN[kind], seconds=WORKER_SECONDS)) from None
        return "a task of each queue sent, run, result read"

    def watch(self) -> str:
        # Without this, each look at the overview would add tasks that nobody takes.
        if not self.is_embedded and (idle := [queue.name for queue in queues() if not queue.consumers]):
            raise Degraded(format_lazy(_("no worker takes tasks of {queues}"), queues=", ".join(idle)))
        return self.round_trip()

    def version(self) -> str:
        return "" if self.is_embedded else celery_version


class SchedulerCheck(HealthCheck):
    tier = 2
    service = "scheduler"
    title = _("Scheduler")
    technology = "Celery beat"
    variable = "MESSAGE_BROKER_URL"
    embedded_backend = gettext_noop("one run in this process")
    in_readiness = False
    needs = ("message-broker", "session-store", "worker")
    watch_seconds = 10.0

    def round_trip(self) -> str:
        if self.is_embedded:
            self.send_heartbeat()
        sent_at = session_store("core").get(HEARTBEAT)
        if sent_at is None:
            minutes = HEARTBEAT_LIFETIME // timedelta(minutes=1)
            raise Degraded(
                format_lazy(_("no heartbeat in the last {minutes} minutes: is a scheduler running?"), minutes=minutes)
            )
        age = (datetime.now(UTC) - datetime.fromisoformat(sent_at)).total_seconds()
        if age > HEARTBEAT_SECONDS:
            raise Degraded(
                format_lazy(
                    _("last heartbeat {seconds} seconds ago, at most {allowed} expected"),
                    seconds=round(age),
                    allowed=HEARTBEAT_SECONDS,
                )
            )
        return f"heartbeat {age:.0f} seconds ago"

    @staticmethod
    def send_heartbeat() -> None:
        """Send the heartbeat by beat's scheduler, as its process does."""
        scheduler = Scheduler(current_app, schedule={}, lazy=True)
        scheduler.merge_inplace(current_app.conf.beat_schedule)
        scheduler.apply_async(scheduler.schedule["scheduler-heartbeat"], advance=False)
