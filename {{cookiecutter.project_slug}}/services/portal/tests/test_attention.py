"""What needs attention: GET /api/portal/attention/, and the functions `attention` of apps behind it."""

import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy
from redis.exceptions import ConnectionError as StoreDown

from core.hooks import running
from core.hooks.items import AttentionItem
from core.hooks.running import Limits
from core.people.models import Person
from core.testing.client import PortalClient
from services.portal.throttling import AttentionThrottle

pytestmark = pytest.mark.usefixtures("only_apps_of_the_test")

URL = "/api/portal/attention/"


def item(title="Tea is ready", link="/tea/", **more):
    return AttentionItem(title=title, link=link, **more)


def titles(client):
    return [one["title"] for one in client.get(URL).json()["items"]]


class TestItems:
    def test_an_item_says_what_waits_in_which_app(self, reader, install_app):
        at = datetime(2030, 5, 1, 17, tzinfo=UTC)
        found = item(detail="In the kitchen", action="Drink", at=at, key="cup-7")
        install_app("tea", title="Tea rota", icon="calendar", attention=lambda visitor: [found])
        assert reader.get(URL).json() == {
            "items": [
                {
                    "app": "tea",
                    "app_title": "Tea rota",
                    "app_icon": "calendar",
                    "source": "tea",
                    "key": "cup-7",
                    "title": "Tea is ready",
                    "detail": "In the kitchen",
                    "link": "/tea/",
                    "action": "Drink",
                    "at": reader.get(URL).json()["items"][0]["at"],
                }
            ],
            "more": [],
            "incomplete": [],
        }
        assert datetime.fromisoformat(reader.get(URL).json()["items"][0]["at"]) == at

    def test_an_app_learns_who_the_visitor_is(self, reader, person, give_role, install_app):
        give_role(person, "student")

        def attention(visitor):
            yield item(f"{visitor.person.pk} {sorted(visitor.roles)}")

        install_app("tea", attention=attention)
        assert titles(reader) == [f"{person.pk} ['student']"]

    def test_what_is_due_comes_first_and_what_happened_last_from_the_newest(self, reader, install_app):
        now = timezone.now()

        def attention(visitor):
            for hours in (-3, 5, None, -1, 2):
                at = None if hours is None else now + timedelta(hours=hours)
                yield item(str(hours), f"/tea/{hours}/", at=at)

        install_app("tea", attention=attention)
        assert titles(reader) == ["2", "5", "None", "-1", "-3"]

    def test_texts_are_on_one_line_and_are_cut(self, reader, install_app):
        long = item("Tea\n is " + "x" * 300, detail="y" * 300, action=gettext_lazy("Vote"), key="k" * 99)
        install_app("tea", attention=lambda visitor: [long])
        (found,) = reader.get(URL).json()["items"]
        assert found["title"] == "Tea is " + "x" * 192 + "…"
        assert (len(found["detail"]), len(found["key"]), found["action"]) == (200, 60, "Vote")

    def test_of_an_app_there_are_at_most_five_and_the_answer_says_that_there_are_more(self, reader, install_app):
        given = []

        def attention(visitor):
            for number in range(10_000):
                given.append(number)
                yield item(link=f"/tea/{number}/")

        install_app("tea", attention=attention)
        install_app("cake", attention=lambda visitor: [item(link=f"/cake/{number}/") for number in range(5)])
        found = reader.get(URL).json()
        assert [one["app"] for one in found["items"]] == ["cake"] * 5 + ["tea"] * 5
        assert found["more"] == ["tea"]
        assert len(given) == 6

    def test_of_two_items_with_one_link_the_one_with_an_action_is_shown(self, reader, install_app):
        install_app("a", attention=lambda visitor: [item("Seen elsewhere")])
        install_app("b", attention=lambda visitor: [item("With an action", action="Drink")])
        install_app("c", attention=lambda visitor: [item("Another one", action="Drink")])
        assert titles(reader) == ["With an action"]

    def test_an_item_can_be_about_another_app(self, reader, install_app):
        install_app("tea", title="Tea rota", attention=lambda visitor: [item(app="people")])
        (found,) = reader.get(URL).json()["items"]
        assert (found["app"], found["source"]) == ("people", "tea")


class TestAccess:
    def test_anonymous_visitors_have_nothing_that_waits(self, db, visitor):
        assert visitor.get(URL).status_code == 401

    def test_only_apps_that_the_person_can_open_are_asked(self, reader, install_app, settings):
        def refuse(visitor):
            raise AssertionError("This app is not open to the person.")

        install_app("inside", sites=["internet"], attention=refuse)
        install_app("ring", rings=["campus"], attention=refuse)
        install_app("role", roles=["student"], attention=refuse)
        found = reader.get(URL, REMOTE_ADDR="203.0.113.9").json()
        assert found == {"items": [], "more": [], "incomplete": []}

    def test_the_answer_is_never_cached(self, reader):
        assert "no-store" in reader.get(URL)["Cache-Control"]

    def test_it_is_limited(self, reader, monkeypatch):
        monkeypatch.setattr(AttentionThrottle, "rate", "2/minute")
        assert [reader.get(URL).status_code for _ in range(3)] == [200, 200, 429]


class TestFaults:
    """One app's fault is logged and named, and changes nothing for the others."""

    @pytest.fixture(autouse=True)
    def other_apps(self, install_app):
        install_app("before", attention=lambda visitor: [item("Before", "/before/")])
        install_app("zebra", attention=lambda visitor: [item("After", "/zebra/")])

    def assert_only_tea_fails(self, client, *, titles=()):
        found = client.get(URL).json()
        assert [one["title"] for one in found["items"]] == ["Before", *titles, "After"]
        assert found["incomplete"] == ["tea"]

    @pytest.mark.parametrize(
        "found",
        [
            {"title": "Tea", "link": "/tea/"},
            AttentionItem(title="", link="/tea/"),
            AttentionItem(title=7, link="/tea/"),
            AttentionItem(title="Tea", link=""),
            AttentionItem(title="Tea", link="https://elsewhere.example/"),
            AttentionItem(title="Tea", link="//elsewhere.example/"),
            AttentionItem(title="Tea", link="javascript:alert(1)"),
            AttentionItem(title="Tea", link="/tea/\\elsewhere"),
            AttentionItem(title="Tea", link=None),
            AttentionItem(title="Tea", link="/tea/", at=datetime(2030, 1, 1)),  # noqa: DTZ001 - that is the fault
            AttentionItem(title="Tea", link="/tea/", at="tomorrow"),
            AttentionItem(title="Tea", link="/tea/", app="nothing"),
        ],
        ids=repr,
    )
    def test_an_item_that_is_not_what_it_should_be(self, reader, install_app, found, logged):
        install_app("tea", attention=lambda visitor: [item("First", "/tea/1/"), found, item("Third", "/tea/3/")])
        self.assert_only_tea_fails(reader, titles=["First"])
        assert logged("hook_failed")["app"] == "tea"

    def test_an_app_that_raises(self, reader, install_app, logged):
        def attention(visitor):
            yield item("First", "/tea/1/")
            raise KeyError("tea")

        install_app("tea", attention=attention)
        self.assert_only_tea_fails(reader, titles=["First"])
        assert logged("hook_failed")["hook"] == "attention"

    def test_an_app_that_returns_nothing(self, reader, install_app):
        install_app("tea", attention=lambda visitor: None)
        self.assert_only_tea_fails(reader)

    def test_an_app_without_the_function(self, reader, install_app, monkeypatch):
        install_app("tea", attention=lambda visitor: [])
        monkeypatch.delattr(sys.modules["apps.tea.attention"], "attention")
        self.assert_only_tea_fails(reader)

    def test_an_app_whose_server_is_down(self, reader, install_app, logged):
        def attention(visitor):
            raise StoreDown("The store is down.")

        install_app("tea", attention=attention)
        self.assert_only_tea_fails(reader)
        assert logged("hook_unavailable")["error"] == "ConnectionError"

    def test_an_app_that_breaks_its_transaction(self, reader, install_app):
        def attention(visitor):
            with connection.cursor() as cursor:
                cursor.execute("SELECT * FROM nothing")
            yield item()

        install_app("tea", attention=attention)
        self.assert_only_tea_fails(reader)

    @pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
    def test_an_app_that_writes(self, reader, person, install_app):
        def attention(visitor):
            Person.objects.filter(pk=person.pk).update(display_name="Changed")
            yield item()

        install_app("tea", attention=attention)
        self.assert_only_tea_fails(reader)
        person.refresh_from_db()
        assert person.display_name != "Changed"


class TestTime:
    @pytest.fixture(autouse=True)
    def other_apps(self, install_app):
        install_app("zebra", attention=lambda visitor: [item("In time", "/zebra/")])

    @pytest.fixture
    def less_time(self, monkeypatch):
        monkeypatch.setitem(running.LIMITS, "attention", Limits(app=200, all=2_000))

    def test_a_late_app_keeps_what_it_gave_in_time(self, reader, install_app, less_time, logged):
        def attention(visitor):
            yield item("Early", "/tea/1/")
            time.sleep(0.3)
            yield item("Late", "/tea/2/")

        install_app("tea", attention=attention)
        found = reader.get(URL).json()
        assert [one["title"] for one in found["items"]] == ["Early", "In time"]
        assert found["incomplete"] == ["tea"]
        assert logged("hook_late")["app"] == "tea"

    def test_a_late_app_gets_no_more_of_the_database(self, reader, install_app, less_time):
        asked = []

        def attention(visitor):
            time.sleep(0.3)
            asked.append(Person.objects.count())
            return [item()]

        install_app("tea", attention=attention)
        assert reader.get(URL).json()["incomplete"] == ["tea"]
        assert asked == []

    @pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")
    def test_postgresql_cancels_a_statement_that_takes_longer(self, reader, install_app, less_time):
        def attention(visitor):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(10)")
            return [item()]

        install_app("tea", attention=attention)
        began = time.monotonic()
        assert reader.get(URL).json()["incomplete"] == ["tea"]
        assert time.monotonic() - began < 5

    def test_the_slowest_app_is_asked_last_and_the_time_of_all_is_limited(self, reader, install_app, monkeypatch):
        def slow(visitor):
            time.sleep(0.3)
            return [item("Slow", "/tea/")]

        monkeypatch.setitem(running.LIMITS, "attention", Limits(app=10_000, all=10_000))

        install_app("aaa", attention=slow)
        install_app("bbb", attention=slow)
        assert len(titles(reader)) == 2  # two of the links are the same
        monkeypatch.setitem(running.LIMITS, "attention", Limits(app=10_000, all=250))
        found = reader.get(URL).json()
        assert [one["title"] for one in found["items"]] == ["In time"]
        assert found["incomplete"] == ["aaa", "bbb"]

    def test_an_app_that_was_stuck_is_left_out_for_a_while(self, reader, install_app, monkeypatch, logged):
        monkeypatch.setattr("core.hooks.timings.STUCK_SECONDS", 0.05)
        calls = []

        def attention(visitor):
            calls.append(visitor)
            time.sleep(0.1)
            return [item()]

        install_app("tea", attention=attention)
        reader.get(URL)
        found = reader.get(URL).json()
        assert (found["incomplete"], len(calls)) == (["tea"], 1)
        assert logged("hook_skipped")["app"] == "tea"
        monkeypatch.setattr("core.hooks.timings.SKIP_SECONDS", 0.0)
        reader.get(URL)
        assert len(calls) == 2


class TestCost:
    @pytest.mark.django_db(transaction=True)
    def test_an_app_costs_its_own_queries_and_a_transaction(self, make_person, install_app, round_trips):
        reader = PortalClient().sign_in(make_person())
        reader.get(URL)
        most = 3 if connection.vendor == "postgresql" else 2  # begin, limit, commit

        def attention(visitor):
            yield item(str(Person.objects.count()))

        with round_trips(sql=100, stores=100) as before:
            reader.get(URL)
        install_app("tea", attention=attention)
        with round_trips(sql=100, stores=100) as after:
            assert len(reader.get(URL).json()["items"]) == 1
        assert len(after.sql) - len(before.sql) <= most + 1
        assert len(after.stores) == len(before.stores)
