"""Maintainers see messages and chunks, change neither, and try again what was not delivered."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.contrib.admin.sites import site
from django.test import RequestFactory
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisConnectionError

from core.health.checks import Degraded
from services.notifications import inbox
from services.notifications.health import report
from services.notifications.models import Chunk, Message
from services.notifications.selectors import unread_count

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def failed(person, send):
    """A chunk that the store did not take."""
    unread_count(person.pk)
    with patch.object(inbox, "run", side_effect=RedisConnectionError("refused")):
        send(person)
    return Chunk.objects.get()


@pytest.fixture
def request_of(make_person):
    def request_of(**account):
        request = RequestFactory().post("/admin/")
        request.user = make_person(**account)
        return request

    return request_of


def test_chunks_and_messages_cannot_be_changed(request_of):
    request = request_of(is_staff=True, is_superuser=True)
    for model in (Chunk, Message):
        page = site.get_model_admin(model)
        assert not page.has_add_permission(request)
        assert not page.has_change_permission(request)
        assert not page.has_delete_permission(request)


def test_a_failed_chunk_is_tried_again(failed, person, titles, request_of):
    page = site.get_model_admin(Chunk)
    assert titles(person) == []
    with patch.object(page, "message_user") as message:
        page.try_again(request_of(), Chunk.objects.all())
    assert titles(person) == ["Hello"]
    assert message.call_args.args[1] == "The worker was asked to deliver 1 chunk."


def test_only_people_with_the_permission_try_again(request_of):
    page = site.get_model_admin(Chunk)
    assert not page.has_try_again_permission(request_of(is_staff=True))


def test_doctor_reports_messages_that_are_late(failed):
    assert "inboxes" in report()
    Message.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    with pytest.raises(Degraded, match=r"1 parts of messages have waited.*ConnectionError: refused"):
        report()
    Chunk.objects.update(done_at=timezone.now())
    assert "inboxes" in report()
