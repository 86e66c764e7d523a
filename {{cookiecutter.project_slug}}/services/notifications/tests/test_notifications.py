"""A notification reaches the inbox, the pages and the unread count, and survives the loss of the store."""

from unittest.mock import patch

import pytest
from channels.db import database_sync_to_async
from django.core.cache import caches
from kombu.exceptions import OperationalError
from redis.exceptions import ConnectionError as RedisConnectionError

from core.plugins.manifest import NotificationKind
from core.plugins.registry import installed_plugins
from core.testing.sockets import open_socket
from services.notifications import inbox
from services.notifications.actions import notification_mark_read, notification_send
from services.notifications.models import Notification
from services.notifications.selectors import newest_notifications, unread_count
from services.notifications.tasks import deliver_notification

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def kinds(monkeypatch):
    monkeypatch.setitem(
        installed_plugins()["notifications"].manifest.notifications, "test", NotificationKind(title="A test")
    )


def send(*people, title="Hello"):
    return notification_send(people=people, app="notifications", kind="test", title=title)


def test_a_notification_is_in_the_inbox_and_counted(reader, person):
    send(person, title="first")
    send(person, title="second")
    answer = reader.get("/api/notifications/").json()
    assert [entry["title"] for entry in answer["results"]] == ["second", "first"]
    assert all(entry["unread"] for entry in answer["results"])
    assert answer["unread"] == reader.get("/api/portal/").json()["unread"] == 2


def test_people_see_only_their_own_notifications(reader, make_person):
    send(make_person())
    assert reader.get("/api/notifications/").json() == {"unread": 0, "results": []}


def test_marking_as_read_lowers_the_unread_count(reader, person):
    first, second = (send(person)[0] for _ in range(2))
    answer = reader.post_json("/api/notifications/read/", {"ids": [first.pk]}).json()
    assert answer["unread"] == 1
    assert [entry["unread"] for entry in answer["results"]] == [True, False]
    assert reader.post_json("/api/notifications/read/", {}).json()["unread"] == 0
    second.refresh_from_db()
    assert second.read_at is not None


def test_a_person_cannot_mark_anothers_notification_as_read(reader, make_person):
    other = make_person()
    (notification,) = send(other)
    reader.post_json("/api/notifications/read/", {"ids": [notification.pk]})
    assert unread_count(other.pk) == 1


def test_a_lost_inbox_is_rebuilt_from_the_database(person):
    for title in ("first", "second"):
        send(person, title=title)
    notification_mark_read(person=person, ids=[Notification.objects.get(title="first").pk])
    before = newest_notifications(person.pk)
    caches["notifications"].delete_pattern("*")
    assert newest_notifications(person.pk) == before
    caches["notifications"].delete_pattern("*")
    assert unread_count(person.pk) == 1


def test_the_database_answers_while_the_store_is_down(person):
    send(person)
    with patch.object(inbox, "client_and_key", side_effect=RedisConnectionError("gone")):
        assert unread_count(person.pk) == 1
        assert [entry["title"] for entry in newest_notifications(person.pk)] == ["Hello"]


def test_a_second_delivery_changes_nothing(person):
    (notification,) = send(person)
    deliver_notification(notification.pk)
    deliver_notification(notification.pk)
    assert len(newest_notifications(person.pk)) == 1


def test_deliveries_can_arrive_in_any_order(person):
    with patch.object(deliver_notification, "delay"):
        first, second = send(person, title="first") + send(person, title="second")
    unread_count(person.pk)
    for notification in (second, first):
        deliver_notification(notification.pk)
    assert [entry["title"] for entry in newest_notifications(person.pk)] == ["second", "first"]


def test_a_broker_that_is_down_loses_no_notification(person):
    send(person, title="before")
    with patch.object(deliver_notification, "delay", side_effect=OperationalError("refused")):
        send(person, title="during")
    assert [entry["title"] for entry in newest_notifications(person.pk)] == ["during", "before"]


def test_the_inbox_is_limited_and_the_table_is_not(person, settings):
    settings.INBOX_LENGTH = 3
    unread_count(person.pk)
    for number in range(5):
        send(person, title=str(number))
    assert [entry["title"] for entry in newest_notifications(person.pk)] == ["4", "3", "2"]
    assert Notification.objects.count() == 5


def test_an_undeclared_kind_is_refused(person):
    with pytest.raises(ValueError, match="surprise"):
        notification_send(people=[person], app="notifications", kind="surprise", title="Boo")


async def test_an_open_page_gets_an_update(reader, person):
    socket, _ = await open_socket("/ws/notifications/", reader)
    await database_sync_to_async(send)(person)
    assert await socket.receive_json_from(5) == {"type": "notifications.changed"}
    await socket.disconnect()
