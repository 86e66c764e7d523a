"""What follows a commit never fails the request that has committed."""

from functools import partial

import pytest
from celery import shared_task
from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from kombu.exceptions import OperationalError
from redis.exceptions import ConnectionError as RedisConnectionError
from structlog.testing import capture_logs

from core.stores.application_store import ApplicationStore, application_store
from core.transactions import after_commit

pytestmark = pytest.mark.django_db(transaction=True)

calls: list[str] = []


@shared_task(name="tests.notify")
def notify(group_id: int) -> None:
    """Stand for the work that a broker delivers."""


def forget_draft(key: str) -> None:
    application_store("tests").delete(key)


def save(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        group = Group.objects.create(name="saved")
        after_commit(notify.delay, group.pk)
        after_commit(forget_draft, "draft")
        after_commit(calls.append, "the last callback")
    return HttpResponse("saved")


urlpatterns = [path("save/", save)]


@pytest.fixture(autouse=True)
def no_calls():
    calls.clear()


@pytest.fixture
def dead_servers(monkeypatch):
    """A broker and an application store that refuse connections."""

    def refuse_task(*args, **kwargs):
        raise OperationalError("connection refused")

    def refuse_command(*args, **kwargs):
        raise RedisConnectionError("connection refused")

    monkeypatch.setattr(notify, "apply_async", refuse_task)
    monkeypatch.setattr(ApplicationStore, "delete", refuse_command)


@pytest.mark.urls(__name__)
def test_a_request_that_has_committed_succeeds_without_broker_and_store(dead_servers, allow_task_errors):
    with capture_logs() as logs:
        response = Client().post("/save/")
    assert response.content == b"saved"
    assert Group.objects.filter(name="saved").exists()
    assert calls == ["the last callback"]
    failures = [(line["function"], line["arguments"]) for line in logs if line["event"] == "after_commit_failed"]
    pk = Group.objects.get().pk
    assert failures == [("tests.notify", f"(({pk},), {{}})"), (f"{__name__}.forget_draft", "(('draft',), {})")]


def test_the_error_of_a_partial_is_logged_too(allow_task_errors):
    with capture_logs() as logs:
        after_commit(partial(int, "no number"))
    assert "int" in logs[0]["function"]


def test_work_that_raises_fails_its_test():
    with pytest.raises(ValueError, match="invalid literal"), transaction.atomic():
        after_commit(int, "no number")


def test_work_waits_for_the_commit():
    with transaction.atomic():
        after_commit(calls.append, "committed")
        assert calls == []
    assert calls == ["committed"]


def test_a_rollback_discards_the_work():
    with transaction.atomic():
        after_commit(calls.append, "rolled back")
        transaction.set_rollback(True)
    assert calls == []


def test_without_a_transaction_the_work_runs_at_once(allow_task_errors):
    after_commit(calls.append, "now")
    after_commit(int, "no number")
    assert calls == ["now"]
