"""Maintainers' powers hold on the intranet site only, and with a second factor that was used lately."""

import asyncio
import time

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth import get_backends
from django.contrib.auth.models import Group, Permission
from django.urls import include, path
from rest_framework.permissions import DjangoModelPermissions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.access import session_guard
from core.people.models import Person, Role
from core.people.powers import SECOND_FACTOR, SHELL
from core.testing.client import PortalClient
from core.testing.counting import counted_round_trips
from core.testing.sockets import open_socket
from services.portal.sockets import PortalConsumer

PERMISSION = "core_people.change_role"
HOUR = 3600


class ChecksView(APIView):
    """Answers each way in which an app can check a permission of the person, and of the person loaded again."""

    def get(self, request: Request) -> Response:
        again = Person.objects.get(pk=request.user.pk)
        return Response(
            {str(way): bool(check(one)) for one in (request.user, again) for way, check in ways_to_check(one)}
        )


def ways_to_check(person):
    name = type(person).__name__
    (backend,) = get_backends()
    yield f"{name} has_perm", lambda one: one.has_perm(PERMISSION)
    yield f"{name} has_perm of an object", lambda one: one.is_superuser and one.has_perm(PERMISSION, one)
    yield f"{name} has_perms", lambda one: one.has_perms([PERMISSION])
    yield f"{name} has_module_perms", lambda one: one.has_module_perms("core_people")
    yield f"{name} get_all_permissions", lambda one: one.get_all_permissions()
    yield f"{name} group or own", lambda one: one.get_group_permissions() | one.get_user_permissions()
    yield f"{name} backend", lambda one: backend.has_perm(one, PERMISSION)


class ModelView(APIView):
    """Asks with DRF's own class, which knows nothing of the portal."""

    queryset = Role.objects.none()
    permission_classes = [DjangoModelPermissions]

    def put(self, request: Request) -> Response:
        return Response({})


OWN = [path("checks/", ChecksView.as_view()), path("model/", ModelView.as_view())]
urlpatterns = [path("api/notifications/", include((OWN, "notifications"))), path("", include("config.urls"))]


@pytest.fixture(autouse=True)
def own_urls(settings):
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def enforced(settings):
    """Require a second factor, as in production."""
    settings.SECOND_FACTOR_FOR_MAINTAINERS = True


@pytest.fixture(params=["superuser", "own permission", "permission of a group"])
def boss(request, make_person):
    if request.param == "superuser":
        return make_person("boss", is_staff=True, is_superuser=True)
    boss = make_person("boss", is_staff=True)
    app_label, codename = PERMISSION.split(".")
    permission = Permission.objects.get(codename=codename, content_type__app_label=app_label)
    if request.param == "own permission":
        boss.user_permissions.add(permission)
    else:
        group = Group.objects.create(name="Registrars")
        group.permissions.add(permission)
        boss.groups.add(group)
    return boss


@pytest.fixture
def client(boss):
    return PortalClient().sign_in(boss)


@pytest.fixture
def factor(boss):
    return boss.authenticator_set.create(type="totp", data={})


def record(client, person, method=SECOND_FACTOR, *, ago=0.0):
    """Record in the client's session that the person confirmed their identity `ago` seconds ago."""
    session = client.session
    session["account_authentication_methods_user"] = str(person.pk)
    session["account_authentication_methods"] = [{"method": method, "at": time.time() - ago}]
    session.save()


def powers(client):
    """Return the answers to all ways to check a permission, which must be the same."""
    answers = client.get("/api/notifications/checks/").json()
    relevant = {value for way, value in answers.items() if "object" not in way}
    assert len(relevant) == 1, answers
    assert client.put("/api/notifications/model/").status_code == (200 if relevant == {True} else 403)
    return relevant.pop()


class TestSites:
    def test_they_hold_on_the_intranet_site(self, client, boss):
        assert powers(client)

    def test_nobodys_hold_on_the_internet_site(self, boss, settings, make_person):
        settings.SITE = "internet"
        client = PortalClient().sign_in(boss)
        assert not powers(client)
        record(client, boss, SHELL)
        assert not powers(client)
        assert not boss.has_perm(PERMISSION), "outside a request neither"

    def test_the_api_of_maintainers_is_closed_on_the_internet_site(self, boss, person, settings):
        settings.SITE = "internet"
        answer = PortalClient().sign_in(boss).post_json(f"/api/people/{person.pk}/roles/", {"name": "guest"})
        assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
        assert answer.json()["detail"] == "Maintainers can do this on the intranet site only."
        assert not person.roles.exists()

    def test_a_command_and_the_worker_have_them_as_granted(self, boss, settings, enforced):
        settings.SITE = None
        assert boss.has_perm(PERMISSION)
        assert boss.has_module_perms("core_people")


class TestSecondFactor:
    @pytest.fixture(autouse=True)
    def _enforced(self, enforced):
        pass

    def test_a_password_is_not_enough(self, client, boss, factor):
        assert not powers(client)
        record(client, boss, "password")
        assert not powers(client)

    def test_one_that_was_used_lately_is_enough(self, client, boss, factor):
        record(client, boss, ago=11.9 * HOUR)
        assert powers(client)

    def test_after_12_hours_it_must_be_used_again(self, client, boss, factor):
        record(client, boss, ago=12.1 * HOUR)
        assert not powers(client)
        record(client, boss)
        assert powers(client)

    def test_portal_yaml_sets_the_hours(self, client, boss, factor, settings):
        security = settings.PORTAL.security.model_copy(update={"second_factor_hours": 1})
        settings.PORTAL = settings.PORTAL.model_copy(update={"security": security})
        record(client, boss, ago=1.1 * HOUR)
        assert not powers(client)

    def test_one_that_was_removed_counts_no_more(self, client, boss, factor):
        record(client, boss)
        factor.delete()
        assert not powers(client)

    def test_one_of_another_person_or_session_does_not_count(self, client, boss, factor, make_person):
        record(client, make_person("other"))
        assert not powers(client)
        record(PortalClient().sign_in(boss), boss)
        assert not powers(client)

    def test_a_session_from_the_shell_needs_none(self, client, boss):
        record(client, boss, SHELL, ago=24 * HOUR)
        assert powers(client)

    def test_the_person_of_the_request_is_judged_and_others_are_as_granted(self, client, boss, reader):
        assert not powers(client)
        assert boss.has_perm(PERMISSION), "the request is over"

    def test_it_costs_one_query_in_a_request_however_often_an_app_asks(self, boss, factor, db):
        client = PortalClient().sign_in(boss)
        record(client, boss)
        client.get("/api/notifications/checks/")
        with counted_round_trips() as trips:
            client.get("/api/notifications/checks/")
        queries = [query for query in trips.sql if "mfa_authenticator" in query]
        assert len(queries) == 2, "one for the person of the request, one for the person loaded again"


class TestStale:
    """Powers that end while somebody works lead to where the second factor is used again."""

    @pytest.fixture
    def stale(self, make_person, enforced):
        boss = make_person("boss", is_staff=True, is_superuser=True)
        boss.authenticator_set.create(type="totp", data={})
        client = PortalClient().sign_in(boss)
        record(client, boss, ago=13 * HOUR)
        return client

    def test_a_page_of_the_admin_redirects(self, stale):
        answer = stale.get("/admin/core_people/role/?q=a")
        assert answer["Location"] == "/account/?second-factor=required&next=/admin/core_people/role/%3Fq%3Da"

    def test_a_form_of_the_admin_links_there(self, stale, person):
        answer = stale.post(f"/admin/core_people/person/{person.pk}/delete/", {"post": "yes"})
        assert answer.status_code == 403
        url = f"/account/?second-factor=required&amp;next=/admin/core_people/person/{person.pk}/delete/"
        assert f'href="{url}">Confirm your second factor' in answer.content.decode()
        assert Person.objects.filter(pk=person.pk).exists()

    def test_the_api_has_a_problem(self, stale, person):
        answer = stale.post_json(f"/api/people/{person.pk}/roles/", {"name": "guest"})
        assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
        assert "second factor" in answer.json()["detail"]

    def test_everything_else_stays_open(self, stale):
        assert stale.get("/api/portal/").json()["person"]["username"] == "boss"


@pytest.mark.django_db(transaction=True)
class TestSockets:
    @pytest.fixture(params=["sync", "async"])
    def check(self, request, monkeypatch):
        """Let the sockets of a service answer whether their person has the permission."""

        async def receive(consumer, event):
            person = consumer.scope["user"]
            check = {"sync": database_sync_to_async(person.has_perm), "async": person.ahas_perm}[event["text"]]
            await consumer.send(text_data=str(await check(PERMISSION)))

        monkeypatch.setattr(PortalConsumer, "websocket_receive", receive)

        async def check(socket):
            await socket.send_to(text_data=request.param)
            return await socket.receive_from() == "True"

        return check

    @pytest.fixture
    def often(self, monkeypatch):
        monkeypatch.setattr(session_guard, "seconds_until_recheck", lambda: 0.05)

    @staticmethod
    async def until(check, socket, expected):
        deadline = time.monotonic() + 5
        while await check(socket) is not expected:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.1)  # a socket has a limit of messages a second

    async def test_a_socket_needs_the_second_factor_too(self, client, boss, factor, enforced, check):
        for ago, expected in ((0, True), (13 * HOUR, False)):
            await database_sync_to_async(record)(client, boss, ago=ago)
            socket, accepted = await open_socket("/ws/portal/", client)
            assert accepted
            assert await check(socket) is expected
            await socket.disconnect()

    async def test_a_socket_on_the_internet_site_has_none(self, boss, settings, check):
        settings.SITE = "internet"
        client = await database_sync_to_async(PortalClient().sign_in)(boss)
        socket, _ = await open_socket("/ws/portal/", client)
        assert not await check(socket)
        await socket.disconnect()

    async def test_an_open_socket_follows_the_second_factor(self, client, boss, factor, enforced, check, often):
        await database_sync_to_async(record)(client, boss, ago=13 * HOUR)
        socket, _ = await open_socket("/ws/portal/", client)
        assert not await check(socket)
        await database_sync_to_async(record)(client, boss)
        await self.until(check, socket, True)
        await database_sync_to_async(factor.delete)()
        await self.until(check, socket, False)
        await socket.disconnect()

    async def test_an_open_socket_follows_what_is_granted(self, client, boss, check, often):
        socket, _ = await open_socket("/ws/portal/", client)
        assert await check(socket)

        def take_away():
            boss.is_superuser = False
            boss.save()
            boss.groups.clear()
            boss.user_permissions.clear()

        await database_sync_to_async(take_away)()
        await self.until(check, socket, False)
        await socket.disconnect()
