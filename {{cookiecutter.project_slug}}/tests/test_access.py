"""The audience of an app holds for HTTP, for sockets and for the list of apps, whatever the app does."""

from dataclasses import replace

import pytest
from channels.layers import get_channel_layer
from django.contrib.auth.models import AnonymousUser
from django.urls import get_resolver
from django.utils import timezone
from redis.exceptions import ConnectionError as RedisConnectionError

from config.urls import plugin_urls
from core.access.audience import Outcome, decide
from core.access.visitor import Visitor
from core.api.routing import plugins_resolver
from core.http.views import not_found
from core.people.actions import role_end, role_grant
from core.plugins.manifest import Audience
from core.plugins.registry import installed_plugins
from core.testing.client import PortalClient
from core.testing.sockets import open_socket, subscribe

APP = "notifications"
URL = f"/api/{APP}/"


@pytest.fixture
def audience(monkeypatch):
    """Give the notifications service, or another, another audience: `audience(roles=["student"])`."""

    def give(app=APP, **members):
        plugin = installed_plugins()[app]
        changed = replace(plugin, manifest=plugin.manifest.model_copy(update={"audience": Audience(**members)}))
        monkeypatch.setitem(installed_plugins(), app, changed)

    return give


def test_an_app_that_requires_sign_in_refuses_anonymous_visitors(reader, visitor):
    refused = visitor.get(URL)
    assert refused.status_code == 401
    assert refused["WWW-Authenticate"] == "Session"
    assert refused.json()["detail"] == Outcome.SIGN_IN.detail
    assert reader.get(URL).status_code == 200


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete", "head", "options"])
def test_the_audience_holds_for_every_method(db, visitor, method):
    assert getattr(visitor, method)(URL).status_code == 401


def test_an_app_for_a_role_is_open_while_the_role_is_active(reader, person, audience):
    audience(roles=["faculty", "student"])
    refused = reader.get(URL)
    assert refused.status_code == 403
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["detail"] == "Only available to people with one of these roles: Faculty, Student."
    assert refused.json()["roles"] == ["Faculty", "Student"]
    today = timezone.localdate()
    role = role_grant(person=person, name="student", start=today)
    assert reader.get(URL).status_code == 200
    role_end(role=role)
    assert reader.get(URL).status_code == 403


def test_a_superuser_without_the_role_is_told_how_to_get_it(make_person, audience):
    audience(roles=["student"])
    refused = PortalClient().sign_in(make_person(is_superuser=True)).get(URL)
    assert (refused.status_code, refused.json()["roles"]) == (403, ["Student"])
    assert refused.json()["detail"] == (
        "Only available to people with one of these roles: Student. Superusers need the role too: give it to yourself"
        " under “Manage people” on the intranet site."
    )


def test_an_app_for_a_role_requires_sign_in(visitor, audience):
    audience(sign_in="optional", roles=["student"])
    assert visitor.get(URL).status_code == 401


def test_an_app_for_a_ring_is_open_from_its_networks(reader, visitor, audience):
    url = "/api/portal/"
    audience("portal", sign_in="optional", rings=["campus"])
    assert visitor.get(url, REMOTE_ADDR="10.1.2.3").status_code == 200
    assert visitor.get(url, REMOTE_ADDR="::ffff:10.1.2.3").status_code == 200
    for client in (visitor, reader):
        refused = client.get(url, REMOTE_ADDR="203.0.113.9")
        assert refused.status_code == 403
        assert refused.json()["detail"] == "Only available from these networks: campus."
        assert refused.json()["rings"] == ["campus"]


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Client-IP", "True-Client-IP"])
def test_a_forged_ip_address_gives_no_ring(visitor, audience, header):
    audience(sign_in="optional", rings=["campus"])
    forged = visitor.get(URL, headers={header: "10.1.2.3"}, REMOTE_ADDR="203.0.113.9")
    assert forged.status_code == 403


@pytest.mark.parametrize("url", [f"{URL}nothing/here", f"/api/{APP}/unread", "/api/portal/nothing/"])
def test_the_audience_holds_for_unknown_urls_of_the_app(reader, visitor, audience, url):
    assert reader.get(url).status_code == 404
    assert visitor.get(url).status_code == (404 if "portal" in url else 401)
    audience(roles=["student"])
    assert reader.get(url).status_code == (404 if "portal" in url else 403)


def test_the_audience_holds_for_an_app_without_an_api(tmp_path):
    plugin = replace(installed_plugins()[APP], name="paper", directory=tmp_path)
    resolver = plugin_urls(plugin)
    assert resolver.resolve("api/paper/").namespaces == ["paper"]
    assert resolver.resolve("api/paper/any/thing").func is not_found


def test_an_app_cannot_take_the_namespace_of_another(monkeypatch):
    monkeypatch.setattr("services.notifications.urls.app_name", "portal", raising=False)
    assert plugin_urls(installed_plugins()[APP]).resolve(f"api/{APP}/").namespaces == [APP]


def test_an_app_of_the_other_site_is_not_found(reader, audience, settings):
    audience(sites=["internet"])
    assert reader.get(URL).status_code == 404


def test_the_list_of_apps_follows_the_audience(reader, visitor, audience, monkeypatch):
    monkeypatch.setattr("services.portal.selectors.has_tile", lambda plugin: True)

    def listed(client):
        return APP in [app["name"] for app in client.get("/api/portal/").json()["apps"]]

    for members, client, expected in (
        ({"sign_in": "required"}, visitor, False),
        ({"sign_in": "optional"}, visitor, True),
        ({"sign_in": "required"}, reader, True),
        ({"sites": ["internet"]}, reader, False),
        ({"roles": ["student"]}, reader, False),
    ):
        audience(**members)
        assert listed(client) is expected, members


def test_an_app_without_a_page_has_no_tile(reader, monkeypatch, tmp_path):
    paper = replace(installed_plugins()[APP], name="paper", layer="apps", directory=tmp_path)
    monkeypatch.setitem(installed_plugins(), "paper", paper)

    def names():
        return [app["name"] for app in reader.get("/api/portal/").json()["apps"]]

    assert "paper" not in names()
    (tmp_path / "frontend").mkdir()
    (tmp_path / "frontend" / "index.jsx").touch()
    assert "paper" in names()


def test_every_url_below_api_belongs_to_an_app_or_is_the_schema():
    """The page of the schema exists in development alone."""
    prefixes = {str(pattern.pattern) for pattern in get_resolver().url_patterns}
    assert {prefix for prefix in prefixes if prefix.startswith("api/")} == {"api/schema/", "api/schema/ui/"}
    patterns = {name: str(resolver.pattern) for name, resolver in plugins_resolver().plugins.items()}
    assert patterns == {name: f"api/{name}/" for name in installed_plugins()}


def test_a_deactivated_person_is_refused(reader, person):
    person.is_active = False
    person.save()
    assert reader.get(URL).status_code == 401


def test_a_public_app_loads_no_person():
    class Unloadable:
        @property
        def is_authenticated(self):
            raise AssertionError

    assert decide(Audience(sign_in="optional"), Visitor(Unloadable(), ""), "intranet")
    assert decide(Audience(), Visitor(AnonymousUser(), ""), "intranet").outcome is Outcome.SIGN_IN


def test_only_maintainers_use_the_admin(visitor, reader, make_person):
    assert visitor.get("/admin/")["Location"] == "/sign-in/?next=/admin/"
    assert visitor.post("/admin/").status_code == 401
    assert reader.get("/admin/").status_code == 403
    maintainer = PortalClient().sign_in(make_person("boss", is_staff=True, is_superuser=True))
    assert maintainer.get("/admin/").status_code == 200


def test_only_maintainers_use_the_redis_gui(visitor, reader, make_person):
    assert visitor.get("/redis/").status_code == 401
    assert reader.get("/redis/").status_code == 403
    maintainer = PortalClient().sign_in(make_person("boss", is_staff=True, is_superuser=True))
    assert maintainer.get("/redis/").status_code == 204


def test_a_server_refuses_requests_for_the_other_site(reader):
    assert reader.get("/api/portal/", headers={"X-Portal-Site": "internet"}).status_code == 421
    assert reader.get("/api/portal/", headers={"X-Portal-Site": "intranet"}).status_code == 200


@pytest.mark.django_db(transaction=True)
class TestSockets:
    async def test_an_app_that_requires_sign_in_refuses_anonymous_visitors(self, reader, audience):
        audience("portal", sign_in="required")
        socket, accepted = await open_socket("/ws/portal/", reader)
        assert accepted
        await socket.disconnect()
        _, accepted = await open_socket("/ws/portal/")
        assert not accepted

    @pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost.evil.example", None])
    async def test_a_page_of_another_origin_is_refused(self, reader, origin):
        _, accepted = await open_socket("/ws/portal/", reader, origin=origin)
        assert not accepted

    async def test_an_app_for_a_ring_is_open_from_its_networks(self, reader, audience):
        audience("portal", rings=["campus"])
        for ip_address, expected in (
            ("10.1.2.3", True),
            ("::ffff:10.1.2.3", True),
            ("203.0.113.9", False),
            ("", False),
        ):
            socket, accepted = await open_socket("/ws/portal/", reader, ip_address=ip_address)
            assert accepted is expected, ip_address
            if accepted:
                await socket.disconnect()

    @pytest.mark.parametrize("path", ["/ws/", "/ws/nothing/", "/ws/portal/more/", "/ws/polls/", "/", "/api/portal/"])
    async def test_other_paths_have_no_socket(self, reader, path):
        _, accepted = await open_socket(path, reader)
        assert not accepted

    async def test_a_large_message_closes_the_socket(self, reader, settings):
        socket, _ = await open_socket("/ws/portal/", reader)
        await socket.send_to(text_data="x" * (settings.LARGEST_MESSAGE_BYTES + 1))
        assert (await socket.receive_output())["code"] == 4009
        await socket.wait(5)

    async def test_a_flood_closes_the_socket(self, reader, settings):
        socket, _ = await open_socket("/ws/portal/", reader)
        for _ in range(settings.MESSAGES_AT_ONCE + 5):
            await socket.send_to(text_data="{}")
        while (answer := await socket.receive_output(5))["type"] != "websocket.close":
            pass
        assert answer["code"] == 4008
        await socket.wait(5)

    async def test_a_socket_survives_a_restart_of_the_channel_layer(self, reader, monkeypatch):
        layer, tries = get_channel_layer(), []
        group_add = layer.group_add

        async def fail_once(group, channel):
            if group.startswith("person"):
                tries.append(group)
            if tries == [group]:
                raise RedisConnectionError("restarted")
            await group_add(group, channel)

        monkeypatch.setattr(layer, "group_add", fail_once)
        socket, _ = await open_socket("/ws/portal/", reader)
        assert await subscribe(socket, "person") == {"subscribed": ["person"]}
        assert len(tries) == 2
        await socket.disconnect()
