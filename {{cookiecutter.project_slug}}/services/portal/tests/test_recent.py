"""The apps that a person opened recently: POST /api/portal/recent/, and `recent` of GET /api/portal/."""

import pytest
from django.core.cache import caches
from redis.exceptions import ConnectionError as StoreDown

from core.stores.application_store import ApplicationStore, application_store
from core.testing.client import PortalClient
from core.testing.counting import round_trips_within
from services.portal.recent import LIFETIME, MOST_STORED

PORTAL, URL = "/api/portal/", "/api/portal/recent/"


def recent(client):
    return client.get(PORTAL).json()["recent"]


def open_apps(client, *names):
    for name in names:
        assert client.post_json(URL, {"app": name}).status_code == 200


class TestRecent:
    def test_the_newest_is_first_and_each_app_is_there_once(self, reader, install_app):
        for name in ("tea", "cake", "milk"):
            install_app(name)
        assert recent(reader) == []
        open_apps(reader, "tea", "cake", "tea", "milk")
        assert recent(reader) == ["milk", "tea", "cake"]
        assert reader.post_json(URL, {"app": "cake"}).json() == {"apps": ["cake", "milk", "tea"]}

    def test_there_are_at_most_eight(self, reader, install_app, person):
        names = [f"app{number}" for number in range(30)]
        for name in names:
            install_app(name)
        open_apps(reader, *names)
        assert recent(reader) == names[:-9:-1]
        store = application_store("portal")
        assert store.redis.llen(store.stored_key(f"recent:{person.pk}")) == MOST_STORED

    def test_an_app_that_the_person_cannot_open_here_takes_no_place(self, reader, person, install_app, settings):
        inside, outside = [f"inside{number}" for number in range(9)], ["tea", "cake"]
        for name in inside:
            install_app(name, sites=["intranet"])
        for name in outside:
            install_app(name)
        open_apps(reader, *outside, *inside)
        settings.SITE = "internet"
        assert recent(PortalClient().sign_in(person)) == outside[::-1]

    def test_they_expire(self, reader, install_app, person):
        install_app("tea")
        open_apps(reader, "tea")
        left = application_store("portal").remaining(f"recent:{person.pk}")
        assert LIFETIME * 0.99 < left <= LIFETIME

    def test_each_person_has_their_own_and_anonymous_visitors_have_none(self, reader, make_person, visitor):
        open_apps(reader, "people")
        assert recent(PortalClient().sign_in(make_person())) == []
        assert recent(visitor) == []
        assert visitor.post_json(URL, {"app": "people"}).status_code == 401

    @pytest.mark.parametrize("name", ["nothing", "", "portal", None, "a" * 41])
    def test_only_an_app_that_the_person_can_open_is_recorded(self, reader, name):
        assert reader.post_json(URL, {"app": name}).status_code == 400
        assert recent(reader) == []

    def test_losing_them_is_harmless(self, reader):
        open_apps(reader, "people")
        caches["application"].delete_pattern("*")
        assert recent(reader) == []

    def test_without_the_store_the_portal_answers_without_them(self, reader, monkeypatch):
        open_apps(reader, "people")

        def fail(store):
            raise StoreDown("The store is down.")

        monkeypatch.setattr(ApplicationStore, "redis", property(fail))
        response = reader.get(PORTAL)
        assert (response.status_code, response.json()["recent"]) == (200, [])
        assert reader.post_json(URL, {"app": "people"}).status_code == 503

    def test_recording_is_cheap_and_does_not_count_as_a_write_of_the_person(self, reader):
        open_apps(reader, "people")
        with round_trips_within(sql=1, stores=4):  # the person; the session, the limit, the roles and the list
            open_apps(reader, "people")

    def test_it_is_limited(self, reader):
        statuses = [reader.post_json(URL, {"app": "people"}).status_code for _ in range(61)]
        assert statuses == [200] * 60 + [429]
