"""POST /api/portal/presence/: how many people look at a topic, for those who may subscribe to it."""

import sys
from dataclasses import replace
from types import ModuleType

import pytest

from core.api.throttling import PresenceThrottle
from core.plugins.manifest import Audience, Manifest
from core.plugins.registry import installed_plugins
from core.stores.presence import Presence
from core.testing.client import PortalClient

URL = "/api/portal/presence/"


@pytest.fixture
def install_app(monkeypatch, tmp_path):
    """Install the app `tea`, whose pages may subscribe to the topic `pot`: `install_app(roles=["staff"])`."""

    def install(*, authorizes=True, **audience):
        (tmp_path / "sockets.py").touch()
        manifest = Manifest(title="Tea", audience=Audience(**audience))
        plugin = replace(installed_plugins()["portal"], name="tea", layer="apps", directory=tmp_path, manifest=manifest)
        module = ModuleType("apps.tea.sockets")
        if authorizes:
            module.authorize = lambda topic, visitor: topic == "pot"
        monkeypatch.setitem(sys.modules, "apps.tea.sockets", module)
        monkeypatch.setitem(installed_plugins(), "tea", plugin)

    return install


def visit(client, topic="tea:pot", **more):
    return client.post_json(URL, {"topic": topic, **more})


def test_each_person_counts_once_and_until_they_leave(reader, make_person, install_app):
    install_app()
    other = PortalClient().sign_in(make_person())
    assert [visit(client).json() for client in (reader, other, reader)] == [{"people": 1}, {"people": 2}, {"people": 2}]
    assert visit(reader, leave=True).json() == {"people": 1}


def test_anonymous_visitors_get_the_number_and_are_not_counted(reader, visitor, install_app):
    install_app(sign_in="optional")
    assert visit(visitor).json() == {"people": 0}
    visit(reader)
    assert visit(visitor).json() == visit(visitor, leave=True).json() == {"people": 1}


def test_only_the_audience_of_the_app_may_ask(reader, visitor, make_person, give_role, install_app):
    install_app(roles=["staff"])
    assert [visit(client).status_code for client in (visitor, reader)] == [404, 404]
    staff = make_person()
    give_role(staff, "staff")
    assert visit(PortalClient().sign_in(staff)).json() == {"people": 1}


@pytest.mark.parametrize("topic", ["tea:cup", "coffee:pot", "portal:pot", "accounts:1", "people:1"])
def test_a_topic_that_one_may_not_subscribe_to_is_not_found_and_not_kept(reader, install_app, topic):
    install_app()
    assert visit(reader, topic).status_code == 404
    assert Presence(*topic.split(":")).count() == 0


def test_an_app_that_allows_no_topics_has_none(reader, install_app):
    install_app(authorizes=False)
    assert visit(reader).status_code == 404


@pytest.mark.parametrize("topic", ["", "tea", "tea:", ":pot", "tea:a b", "tea:<b>", "Tea:pot", "tea:" + "x" * 100_000])
def test_an_invalid_topic_is_refused(reader, install_app, topic):
    install_app()
    answer = visit(reader, topic)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "topic"


def test_reporting_uses_up_no_change_of_the_person_and_has_a_limit(reader, install_app, monkeypatch):
    install_app()
    monkeypatch.setattr(PresenceThrottle, "rate", "3/minute")
    assert [visit(reader).status_code for _ in range(4)] == [200, 200, 200, 429]
    assert reader.patch_json("/api/people/me/", {"photo_visible_to": "campus"}).status_code == 200


def test_it_costs_the_session_the_limit_and_one_more_round_trip(reader, install_app, round_trips):
    install_app()
    visit(reader)
    with round_trips(sql=1, stores=3):
        visit(reader)
