"""What a request pays for session, person, roles and access, before a view does anything of its own.

The numbers are exact: whoever makes it cheaper lowers them here, and nobody raises them unseen. They are the same on
the stand-ins and on real servers, and however many apps there are.
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
NAMED = f"{EMPTY}named/"
PLAIN = f"{EMPTY}plain/"


class Empty(APIView):
    def get(self, request: Request) -> Response:
        return Response({})


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


class Named(APIView):
    """Asks who it is, as most views do."""

    def get(self, request: Request) -> Response:
        return Response({"id": request.user.pk})


OWN = [path("", Empty.as_view()), path("named/", Named.as_view()), path("plain/", plain)]
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
    """A browser whose session has ended elsewhere."""
    visitor.cookies[settings.SESSION_COOKIE_NAME] = "of-a-session-that-is-no-more"
    return visitor


@pytest.fixture
def role(person) -> str:
    """A role that `person` has today."""
    name = min(settings.PORTAL.roles)
    role_grant(person=person, name=name, start=timezone.localdate())
    return name


RINGS = sorted(settings.PORTAL.rings)


@pytest.mark.parametrize(
    ("members", "sql", "stores"),
    [
        ({"sign_in": "optional"}, 1, 1),  # Django REST framework asks who it is: the person; the session
        ({"sign_in": "optional", "rings": RINGS}, 1, 1),
        ({"sign_in": "required"}, 1, 1),
        ({"sign_in": "required", "rings": RINGS}, 1, 1),
    ],
    ids=["optional", "ring", "required", "required and ring"],
)
def test_a_warm_request_of_a_person(reader, empty_app, members, sql, stores):
    empty_app(**members)
    assert reader.get(EMPTY).status_code == 200
    with exact_round_trips(sql=sql, stores=stores):
        assert reader.get(EMPTY).status_code == 200


def test_nobody_is_looked_up_where_it_does_not_matter_who_asks(reader, stale, empty_app):
    empty_app(sign_in="optional", rings=RINGS)
    for somebody in (reader, stale):
        with exact_round_trips(sql=0, stores=0):
            assert somebody.get(PLAIN).status_code == 200


@pytest.mark.parametrize("address", [EMPTY, NAMED])
def test_a_warm_request_to_an_app_for_a_role(reader, role, empty_app, address):
    empty_app(roles=[role], rings=RINGS)
    with exact_round_trips(sql=2, stores=3):  # its roles are not in the cache yet
        assert reader.get(address).status_code == 200
    with exact_round_trips(sql=1, stores=2):  # the person; the session, the roles
        assert reader.get(address).status_code == 200


def test_a_refusal_costs_what_is_needed_to_know_it(visitor, reader, stale, empty_app):
    empty_app()
    with exact_round_trips(sql=0, stores=0):
        assert PortalClient().get(EMPTY).status_code == 401
    with exact_round_trips(sql=0, stores=1):  # whether there is such a session
        assert stale.get(EMPTY).status_code == 401
    empty_app(roles=[max(settings.PORTAL.roles)])
    assert reader.get(EMPTY).status_code == 403
    with exact_round_trips(sql=1, stores=2):
        assert reader.get(EMPTY).status_code == 403


def test_somebody_who_did_not_sign_in_costs_nothing(db, visitor, empty_app):
    empty_app(sign_in="optional")
    for address in (EMPTY, NAMED, "/api/portal/"):
        with exact_round_trips(sql=0, stores=0):
            assert visitor.get(address).status_code == 200


def test_a_cookie_of_no_session_costs_one_look_where_somebody_asks_who_it_is(db, stale, empty_app):
    empty_app(sign_in="optional")
    token = stale.token
    with exact_round_trips(sql=0, stores=1):
        assert stale.get(NAMED).json() == {"id": None}
    stale.cookies[settings.SESSION_COOKIE_NAME] = token  # the answer took it away
    with exact_round_trips(sql=0, stores=1):
        assert stale.get("/api/portal/").json()["person"] is None


def test_the_portals_answer_to_a_person(reader, role, empty_app):
    empty_app(roles=[role], rings=RINGS)
    first = reader.get("/api/portal/").json()
    assert "cost_of_nothing" in {app["name"] for app in first["apps"]}
    with exact_round_trips(sql=1, stores=3):  # the person; the session, the roles, the unread number
        assert reader.get("/api/portal/").json() == first


@pytest.mark.django_db(transaction=True)
async def test_a_socket_is_let_in_for_the_session_and_the_person_and_looks_once_more(reader):
    with counted_round_trips() as counted:
        socket, accepted = await open_socket("/ws/notifications/", reader)
        assert accepted
        await socket.disconnect()
    # At once, it looks again whether its door is still open; how far it gets before it is closed is not said.
    assert 1 <= len(counted.sql) <= 2, counted
    assert 1 <= len(counted.stores) <= 2, counted


@pytest.mark.django_db(transaction=True)
async def test_a_socket_of_somebody_who_did_not_sign_in_costs_nothing(visitor):
    with counted_round_trips() as counted:
        _, accepted = await open_socket("/ws/notifications/", visitor)
        assert not accepted
    assert not counted.sql, counted
    assert not counted.stores, counted


def test_what_is_counted_is_what_is_asked(person):
    """The counter itself: one entry for each round trip, by whatever way."""
    from django.core.cache import caches

    cache, store = caches["cache"], caches["sessions"]
    redis = store.client.get_client(write=True)
    for number, ask in (
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
            ask()
        assert len(counted.stores) == number, counted
        assert not counted.sql
    with exact_round_trips(sql=2, stores=0):
        person.refresh_from_db()
        type(person).objects.raw("SELECT * FROM core_people_person")[0]


@pytest.mark.django_db(transaction=True)
def test_a_transaction_is_counted_with_its_begin_and_its_commit(person):
    from django.db import transaction

    with counted_round_trips() as counted, transaction.atomic():
        person.save(update_fields=["display_name"])
    assert [words.split()[0] for words in counted.sql] == ["BEGIN", "UPDATE", "COMMIT"]
