"""The cost of session, person, roles and access in a request, before the work of its view.

The numbers are exact, so that any change of them shows here. They are the same on embedded backends and on real
servers, and for any number of apps.
"""

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.people.actions import role_grant
from core.plugins.discovery import Plugin
from core.plugins.manifest import Audience, Manifest
from core.plugins.registry import installed_plugins
from core.testing.client import PortalClient
from core.testing.counting import counted_round_trips, exact_round_trips
from core.testing.sockets import open_socket

EMPTY = "/api/cost_of_nothing/"
WITH_PERSON = f"{EMPTY}person/"
WITHOUT_DRF = f"{EMPTY}plain/"

# What a client of Redis sends first. Two threads that read at the same time have a connection each.
NEW_CONNECTION = ("redis HELLO", "redis CLIENT", "redis PING")


class Empty(APIView):
    def get(self, request: Request) -> Response:
        return Response({})


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


class WithPerson(APIView):
    """Uses the person, as most views do."""

    def get(self, request: Request) -> Response:
        return Response({"id": request.user.pk})


OWN = [path("", Empty.as_view()), path("person/", WithPerson.as_view()), path("plain/", plain)]
urlpatterns = [
    path(EMPTY[1:], include((OWN, "cost_of_nothing"))),
    path("", include("config.urls")),
]


@pytest.fixture(autouse=True)
def empty_app(monkeypatch, settings, tmp_path):
    """Install an app whose view does nothing; `empty_app(roles=[...])` gives it that audience."""
    settings.ROOT_URLCONF = __name__
    (tmp_path / "frontend").mkdir()
    (tmp_path / "frontend" / "index.jsx").touch()  # it has a page, and so a tile

    def give(**members):
        manifest = Manifest(title="Cost", audience=Audience(**members))
        plugin = Plugin("cost_of_nothing", "apps", tmp_path, manifest)
        monkeypatch.setitem(installed_plugins(), plugin.name, plugin)

    give()
    return give


@pytest.fixture
def stale(visitor) -> PortalClient:
    """Return a client with the cookie of a session that has ended."""
    visitor.cookies[settings.SESSION_COOKIE_NAME] = "of-a-session-that-is-no-more"
    return visitor


@pytest.fixture
def role(person) -> str:
    """Grant `person` a role, and return its name."""
    name = min(settings.PORTAL.roles)
    role_grant(person=person, name=name, start=timezone.localdate())
    return name


RINGS = sorted(settings.PORTAL.rings)


@pytest.mark.parametrize(
    ("members", "sql", "stores"),
    [
        ({"sign_in": "optional"}, 1, 1),  # DRF loads the person; the session
        ({"sign_in": "optional", "rings": RINGS}, 1, 1),
        ({"sign_in": "required"}, 1, 1),
        ({"sign_in": "required", "rings": RINGS}, 1, 1),
    ],
    ids=["optional", "ring", "required", "required and ring"],
)
def test_the_cost_of_a_request_of_a_person(reader, empty_app, members, sql, stores):
    empty_app(**members)
    assert reader.get(EMPTY).status_code == 200
    with exact_round_trips(sql=sql, stores=stores):
        assert reader.get(EMPTY).status_code == 200


def test_a_public_view_loads_no_person(reader, stale, empty_app):
    empty_app(sign_in="optional", rings=RINGS)
    for client in (reader, stale):
        with exact_round_trips(sql=0, stores=0):
            assert client.get(WITHOUT_DRF).status_code == 200


@pytest.mark.parametrize("url", [EMPTY, WITH_PERSON])
def test_the_cost_of_a_request_to_an_app_for_a_role(reader, role, empty_app, url):
    empty_app(roles=[role], rings=RINGS)
    with exact_round_trips(sql=2, stores=3):  # its roles are not in the cache yet
        assert reader.get(url).status_code == 200
    with exact_round_trips(sql=1, stores=2):  # the person; the session, the roles
        assert reader.get(url).status_code == 200


def test_the_cost_of_a_refusal(visitor, reader, stale, empty_app):
    empty_app()
    with exact_round_trips(sql=0, stores=0):
        assert PortalClient().get(EMPTY).status_code == 401
    with exact_round_trips(sql=0, stores=1):  # the session
        assert stale.get(EMPTY).status_code == 401
    empty_app(roles=[max(settings.PORTAL.roles)])
    assert reader.get(EMPTY).status_code == 403
    with exact_round_trips(sql=1, stores=2):
        assert reader.get(EMPTY).status_code == 403


def test_an_anonymous_visitor_costs_nothing(db, visitor, empty_app):
    empty_app(sign_in="optional")
    for url in (EMPTY, WITH_PERSON, "/api/portal/"):
        with exact_round_trips(sql=0, stores=0):
            assert visitor.get(url).status_code == 200


def test_the_cookie_of_an_ended_session_costs_one_look_up(db, stale, empty_app):
    empty_app(sign_in="optional")
    token = stale.token
    with exact_round_trips(sql=0, stores=1):
        assert stale.get(WITH_PERSON).json() == {"id": None}
    stale.cookies[settings.SESSION_COOKIE_NAME] = token  # the response deleted it
    with exact_round_trips(sql=0, stores=1):
        assert stale.get("/api/portal/").json()["person"] is None


def test_the_cost_of_the_portals_api(reader, role, empty_app):
    empty_app(roles=[role], rings=RINGS)
    first = reader.get("/api/portal/").json()
    assert "cost_of_nothing" in {app["name"] for app in first["apps"]}
    # The person and the pinned apps; the session, the roles, the recent apps, the unread count.
    with exact_round_trips(sql=2, stores=4):
        second = reader.get("/api/portal/").json()
    assert second | {"now": None} == first | {"now": None}


@pytest.mark.django_db(transaction=True)
async def test_the_cost_of_a_socket_of_a_person(reader):
    with counted_round_trips() as counted:
        socket, accepted = await open_socket("/ws/portal/", reader)
        assert accepted
        await socket.disconnect()
    # The session guard checks access again at once, and may or may not finish before the socket is closed.
    assert 1 <= len(counted.sql) <= 2, counted
    assert 1 <= len([trip for trip in counted.stores if not trip.startswith(NEW_CONNECTION)]) <= 2, counted


@pytest.mark.django_db(transaction=True)
async def test_the_socket_of_an_anonymous_visitor_costs_nothing(visitor):
    with counted_round_trips() as counted:
        socket, accepted = await open_socket("/ws/portal/", visitor)
        assert accepted
        await socket.disconnect()
    assert not counted.sql, counted
    assert not counted.stores, counted


def test_every_kind_of_round_trip_is_counted(person):
    from django.core.cache import caches

    cache, store = caches["cache"], caches["sessions"]
    redis = store.client.get_client(write=True)
    for number, command in (
        (1, lambda: cache.set("a", 1)),
        (1, lambda: cache.get("a")),
        (1, lambda: cache.incr("a")),
        (1, lambda: cache.get_many(["a", "b"])),
        (1, lambda: cache.set_many({"a": 1, "b": 2})),
        (1, lambda: cache.add("a", 1)),
        (1, lambda: cache.touch("a")),
        (1, lambda: cache.delete("a")),
        (1, lambda: cache.get_or_set("b", 1)),
        (3, lambda: cache.get_or_set("c", 1)),  # get, add, get
        (1, lambda: store.set("a", 1)),
        (1, lambda: store.get("a")),
        (1, lambda: redis.execute_command("PING")),
        (1, lambda: redis.pipeline().get("portal:a").get("portal:b").execute()),
        (1, lambda: redis.pipeline(transaction=False).get("portal:a").get("portal:b").execute()),
        (1, lambda: redis.eval("return 1", 0)),
    ):
        with counted_round_trips() as counted:
            command()
        assert len(counted.stores) == number, counted
        assert not counted.sql
    with exact_round_trips(sql=2, stores=0):
        person.refresh_from_db()
        type(person).objects.raw("SELECT * FROM core_people_person")[0]


@pytest.mark.django_db(transaction=True)
def test_begin_and_commit_are_counted(person):
    from django.db import transaction

    with counted_round_trips() as counted, transaction.atomic():
        person.save(update_fields=["display_name"])
    assert [statement.split()[0] for statement in counted.sql] == ["BEGIN", "UPDATE", "COMMIT"]
