"""Unread notifications on the home page: GET /api/portal/attention/."""

import pytest
from redis.exceptions import ConnectionError as StoreDown

from core.testing.counting import round_trips_within
from services.notifications import inbox
from services.notifications.actions import notifications_mark_read

pytestmark = pytest.mark.django_db(transaction=True)

URL = "/api/portal/attention/"


def items(client):
    return [item for item in client.get(URL).json()["items"] if item["source"] == "notifications"]


def test_an_unread_notification_needs_attention_until_it_is_read(reader, person, send):
    message = send(person, what="Tea is ready", link="/people/7")
    (item,) = items(reader)
    assert (item["title"], item["link"], item["action"]) == ("Tea is ready", "/people/7", "")
    assert (item["app"], item["key"]) == ("notifications", str(message.pk))
    notifications_mark_read(person_id=person.pk)
    assert items(reader) == []


def test_one_without_a_link_leads_to_the_list(reader, person, send):
    send(person)
    assert items(reader)[0]["link"] == "/notifications"


def test_the_newest_five_are_shown(reader, person, send):
    for number in range(8):
        send(person, what=str(number), link=f"/people/{number}")
    assert [item["title"] for item in items(reader)] == ["7", "6", "5", "4", "3"]
    assert reader.get(URL).json()["more"] == ["notifications"]


def test_people_see_only_their_own(reader, make_person, send):
    send(make_person())
    assert items(reader) == []


def test_without_the_store_the_database_answers(reader, person, send, monkeypatch):
    send(person, what="Tea is ready")

    def fail(*arguments, **more):
        raise StoreDown("The store is down.")

    monkeypatch.setattr(inbox, "read", fail)
    assert [item["title"] for item in items(reader)] == ["Tea is ready"]


def test_more_notifications_cost_no_more_round_trips(reader, person, send):
    send(person)
    items(reader)
    with round_trips_within(sql=30, stores=30) as few:
        items(reader)
    for number in range(20):
        send(person, what=str(number), link=f"/people/{number}")
    with round_trips_within(sql=len(few.sql), stores=len(few.stores)):
        items(reader)
