"""The API of notifications, and its cost."""

from datetime import timedelta

import pytest
from channels.db import database_sync_to_async
from django.utils import timezone

from core.plugins.manifest import NotificationKind
from core.plugins.registry import installed_plugins
from core.testing.counting import round_trips_within
from core.testing.sockets import open_socket, receive_updates, subscribe
from services.notifications import notify, rendering
from services.notifications.models import Message, Recipient
from services.notifications.selectors import unread_count
from services.notifications.serializers import NotificationsSerializer

pytestmark = pytest.mark.django_db(transaction=True)

URL = "/api/notifications/"


def results(client, query=""):
    return client.get(URL + query).json()["results"]


class TestList:
    def test_it_is_as_its_serializer_says(self, reader, person, send):
        send(person, link="/polls/1/")
        answer = reader.get(URL).json()
        serializer = NotificationsSerializer(data=answer)
        assert serializer.is_valid(), serializer.errors
        (entry,) = answer["results"]
        assert set(entry) == set(NotificationsSerializer().fields["results"].child.fields)

    def test_it_has_the_newest_first(self, reader, person, send):
        before = timezone.now()
        first, second = send(person, what="first", link="/polls/1/"), send(person, what="second")
        newest, oldest = results(reader)
        created_at = newest.pop("created_at")
        assert newest == {
            "id": second.pk,
            "kind": "notifications.test",
            "app": "notifications",
            "app_title": "Notifications",
            "app_icon": "bell",
            "title": "second",
            "body": "",
            "link": "",
            "read": False,
        }
        assert before.isoformat() < created_at
        assert (oldest["id"], oldest["link"]) == (first.pk, "/polls/1/")

    def test_people_see_only_their_own(self, reader, make_person, send):
        send(make_person())
        assert reader.get(URL).json() == {"results": [], "next": None}

    def test_unread_ones_can_be_listed_alone(self, reader, person, send):
        messages = [send(person, what=str(number)) for number in range(3)]
        reader.post_json(f"{URL}read/", {"ids": [messages[1].pk]})
        assert [entry["title"] for entry in results(reader, "?unread=1")] == ["2", "0"]
        assert [entry["read"] for entry in results(reader, "?unread=0")] == [False, True, False]

    def test_they_can_be_filtered_by_app_beyond_the_inbox(self, reader, person, send, settings, monkeypatch):
        settings.INBOX_LENGTH = 1
        kinds = installed_plugins()["people"].manifest.notifications
        monkeypatch.setitem(kinds, "test", NotificationKind(title="{what}"))
        for number in range(3):
            notify("people.test", to=person, params={"what": f"people {number}"})
            send(person, what=f"other {number}")
        first = reader.get(f"{URL}?app=people&page_size=2").json()
        assert [(entry["title"], entry["app_title"]) for entry in first["results"]] == [
            ("people 2", "People"),
            ("people 1", "People"),
        ]
        second = reader.get(first["next"]).json()
        assert [entry["title"] for entry in second["results"]] == ["people 0"]
        assert second["next"] is None
        assert reader.get(f"{URL}?app=unknown").json() == {"results": [], "next": None}

    @pytest.mark.parametrize("app", ["x" * 41, "Polls", "a/b"])
    def test_the_filter_by_app_takes_names_only(self, reader, app):
        response = reader.get(f"{URL}?app={app}")
        assert response.status_code == 400
        assert "Send the name of an app" in response.text

    @pytest.mark.parametrize("bound", [200, 3])
    @pytest.mark.parametrize("unread", ["", "&unread=1"])
    def test_pages_follow_each_other_beyond_the_inbox(self, reader, person, send, settings, bound, unread):
        settings.INBOX_LENGTH = bound
        unread_count(person.pk)
        for number in range(7):
            send(person, what=str(number))
        path, found = f"{URL}?page_size=2{unread}", []
        while path:
            answer = reader.get(path).json()
            found.append([entry["title"] for entry in answer["results"]])
            path = answer["next"]
        assert found == [["6", "5"], ["4", "3"], ["2", "1"], ["0"]]

    def test_a_new_notification_repeats_none_on_the_next_page(self, reader, person, send):
        for number in range(4):
            send(person, what=str(number))
        path = reader.get(f"{URL}?page_size=2").json()["next"]
        send(person, what="new")
        assert [entry["title"] for entry in reader.get(path).json()["results"]] == ["1", "0"]

    @pytest.mark.parametrize("cursor", ["cD0x", "0", "-1", "x", "", "9" * 19, "9" * 5000, "1e3", "١"])
    def test_a_cursor_of_another_list_is_refused(self, reader, cursor):
        refused = reader.get(URL, {"cursor": cursor})
        assert refused.status_code == 404
        assert refused.json()["detail"] == "This page does not exist. Start again without a cursor."

    @pytest.mark.parametrize("query", ["?page_size=0", "?page_size=201", "?page_size=x", "?unread=2", "?unread=true"])
    def test_a_wrong_parameter_is_refused(self, reader, query):
        assert reader.get(URL + query).status_code == 400


class TestReadMarks:
    @pytest.fixture
    def messages(self, person, send):
        return [send(person, what=str(number)) for number in range(3)]

    def read(self, person):
        rows = Recipient.objects.filter(person=person).order_by("message_id")
        return [row.read_at is not None for row in rows]

    def test_some_are_marked(self, reader, person, messages):
        ids = [messages[0].pk, messages[2].pk, 2**63 - 1]
        assert reader.post_json(f"{URL}read/", {"ids": ids}).json() == {"unread": 1}
        assert self.read(person) == [True, False, True]
        assert [entry["read"] for entry in results(reader)] == [True, False, True]

    def test_all_are_marked(self, reader, person, messages):
        assert reader.post_json(f"{URL}read/", {"all": True}).json() == {"unread": 0}
        assert self.read(person) == [True, True, True]

    def test_those_until_a_time_are_marked(self, reader, person, messages):
        for number, message in enumerate(messages):
            Message.objects.filter(pk=message.pk).update(created_at=timezone.now() - timedelta(hours=3 - number))
        until = Message.objects.get(pk=messages[1].pk).created_at
        assert reader.post_json(f"{URL}read/", {"until": until.isoformat()}).json() == {"unread": 1}
        assert self.read(person) == [True, True, False]

    def test_a_mark_in_the_future_is_refused(self, reader, person, messages):
        refused = reader.post_json(f"{URL}read/", {"until": (timezone.now() + timedelta(minutes=1)).isoformat()})
        assert refused.status_code == 400
        assert "This time is in the future." in refused.content.decode()
        assert self.read(person) == [False, False, False]

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"all": False},
            {"all": True, "ids": [1]},
            {"ids": "all"},
            {"ids": [0]},
            {"ids": [2**63]},
            {"ids": [1] * 201},
            {"until": "yesterday"},
        ],
    )
    def test_a_wrong_body_is_refused(self, reader, body):
        assert reader.post_json(f"{URL}read/", body).status_code == 400

    def test_those_of_others_stay_unread(self, reader, make_person, send):
        other = make_person()
        message = send(other)
        for body in ({"ids": [message.pk]}, {"all": True}):
            reader.post_json(f"{URL}read/", body)
        assert unread_count(other.pk) == 1

    def test_the_portal_has_the_number(self, reader, person, messages):
        assert reader.get(f"{URL}count/").json() == {"unread": 3}
        assert reader.get("/api/portal/").json()["unread"] == 3


class TestDeletion:
    def test_one_is_deleted(self, reader, person, send):
        kept, gone = send(person, what="kept"), send(person, what="gone")
        for _ in range(2):  # a second time is no error
            assert reader.delete(f"{URL}{gone.pk}/").status_code == 204
        assert [entry["id"] for entry in results(reader)] == [kept.pk]
        assert unread_count(person.pk) == 1

    def test_some_are_deleted(self, reader, person, send):
        messages = [send(person) for _ in range(3)]
        assert reader.post_json(f"{URL}delete/", {"ids": [message.pk for message in messages[:2]]}).json() == {
            "unread": 1
        }
        assert [entry["id"] for entry in results(reader)] == [messages[2].pk]

    def test_those_of_others_stay(self, reader, make_person, send, titles):
        other = make_person()
        message = send(other)
        reader.delete(f"{URL}{message.pk}/")
        reader.post_json(f"{URL}delete/", {"ids": [message.pk]})
        assert titles(other) == ["Hello"]

    def test_one_that_cannot_exist_is_no_error(self, reader):
        assert reader.delete(f"{URL}{10**30}/").status_code == 204


class TestCost:
    def test_a_page_of_200_costs_no_query_for_an_entry(self, reader, person, send):
        unread_count(person.pk)
        for number in range(200):
            send(person, what=str(number))
        reader.get(URL)  # fills the caches
        with round_trips_within(sql=1, stores=2):  # the person; the session and the inbox
            assert len(results(reader, "?page_size=200")) == 200
        with round_trips_within(sql=1, stores=2):
            reader.get(f"{URL}count/")

    def test_a_page_translates_what_its_entries_share_once(self, reader, person, send, monkeypatch):
        translated = []
        monkeypatch.setattr(rendering, "translate", lambda *arguments: translated.append(arguments) or arguments[0])
        for number in range(20):
            send(person, what=str(number))
        assert len(results(reader)) == 20
        assert len(translated) == len(set(translated))

    def test_anonymous_visitors_are_refused(self, db, visitor):
        for path in ("", "count/"):
            assert visitor.get(URL + path).status_code == 401
        for path in ("read/", "delete/"):
            assert visitor.post_json(URL + path, {"ids": [1]}).status_code == 401
        assert visitor.delete(f"{URL}1/").status_code == 401


async def test_an_open_page_gets_an_update(reader, person, send):
    socket, _ = await open_socket("/ws/portal/", reader)
    await subscribe(socket, "person")
    await database_sync_to_async(send)(person)
    assert await receive_updates(socket) == ["person"]
    await socket.disconnect()
