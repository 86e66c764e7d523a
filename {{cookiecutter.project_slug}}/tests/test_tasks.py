"""Tasks are sent after the commit, and a dead broker fails a request soon."""

import time

import pytest
from celery import current_app, shared_task
from celery.contrib.django.task import DjangoTask
from django.db import transaction
from kombu.exceptions import OperationalError

from config import worker
from config.settings.tasks import RABBITMQ_OPTIONS
from core.health.tasks import HEARTBEAT, answer_probe, heartbeat, probe_key
from core.stores.session_store import session_store
from core.tasks import BulkTask
from core.transactions import after_commit


def test_every_scheduled_task_exists():
    current_app.finalize()
    current_app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in current_app.conf.beat_schedule.values()}
    assert "core.health.heartbeat" in scheduled
    assert scheduled <= set(current_app.tasks)


def test_tasks_are_acknowledged_late_and_fetched_one_by_one():
    conf = current_app.conf
    assert conf.task_acks_late
    assert conf.task_reject_on_worker_lost
    assert conf.worker_prefetch_multiplier == 1
    assert conf.accept_content == ["json"]
    assert conf.task_time_limit > conf.task_soft_time_limit > 0


def test_queues_are_quorum_queues_behind_a_topic_exchange():
    for queue in current_app.conf.task_queues:
        assert queue.queue_arguments == {"x-queue-type": "quorum"}
        assert queue.exchange.type == "topic"


def test_the_worker_has_a_node_for_each_queue():
    default = current_app.conf.task_default_queue  # in tests it has another name
    names = [queue.name.replace(default, "portal", 1) for queue in current_app.conf.task_queues]
    assert list(worker.QUEUES.values()) == names


def test_tasks_that_may_wait_have_a_queue_of_their_own():
    default = current_app.conf.task_default_queue
    assert [queue.name for queue in current_app.conf.task_queues] == [default, f"{default}.bulk"]
    router = current_app.amqp.router
    assert router.route({}, "core.health.answer_probe", task_type=answer_probe)["queue"].name == default

    @shared_task(base=BulkTask, name="tests.large")
    def large():
        pass

    assert (
        router.route({}, "tests.large", task_type=current_app.tasks["tests.large"])["queue"].name == f"{default}.bulk"
    )


@pytest.mark.django_db(transaction=True)
def test_a_task_is_sent_after_the_commit():
    store = session_store("core")
    with transaction.atomic():
        after_commit(answer_probe.delay, "token")
        assert store.get(probe_key("token")) is None
    assert store.get(probe_key("token")) is True


@pytest.fixture
def broken():
    @shared_task(name="tests.broken")
    def broken():
        raise RuntimeError("this task is broken")

    yield broken
    current_app.tasks.unregister("tests.broken")


def test_a_task_that_raises_fails_its_test(broken):
    with pytest.raises(RuntimeError, match="this task is broken"):
        broken.delay()


@pytest.mark.django_db(transaction=True)
def test_a_task_that_raises_on_commit_fails_its_test(broken):
    with pytest.raises(RuntimeError, match="this task is broken"), transaction.atomic():
        after_commit(broken.delay)


def test_a_test_may_allow_tasks_to_raise(broken, allow_task_errors):
    assert broken.delay().state == "FAILURE"


def test_a_heartbeat_is_stored():
    heartbeat()
    assert session_store("core").get(HEARTBEAT)


def test_a_broker_that_is_down_fails_soon():
    """The limit of 2 seconds is a promise, not a measurement."""
    from celery import Celery

    app = Celery("unreachable", set_as_current=False)
    app.config_from_object("config.settings.tasks", namespace="CELERY")
    app.conf.broker_url = "amqp://portal:x@127.0.0.1:1//"
    app.conf.task_always_eager = False
    app.conf.broker_transport_options = RABBITMQ_OPTIONS
    assert app.conf.broker_connection_timeout == 0.5
    started = time.monotonic()
    with pytest.raises(OperationalError):
        app.send_task("anything")
    assert time.monotonic() - started < 2


def test_the_error_of_a_task_that_is_not_sent_names_the_task(monkeypatch):
    def refuse(*args, **kwargs):
        raise OperationalError from ConnectionResetError()

    monkeypatch.setattr(DjangoTask, "apply_async", refuse)
    with pytest.raises(OperationalError, match=r"did not accept the task core\.health\.answer_probe: ConnectionReset"):
        answer_probe.delay("token")
