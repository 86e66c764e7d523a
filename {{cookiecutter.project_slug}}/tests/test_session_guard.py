"""A socket stays open only while its person has access: a role, a session and an active account."""

from dataclasses import replace
from datetime import datetime
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.conf import settings
from redis.exceptions import ConnectionError as RedisConnectionError

from core.access import session_guard
from core.access.session_guard import FORBIDDEN, SIGNED_OUT, seconds_until_recheck
from core.live.publishing import publish
from core.live.subscriptions import subscriptions
from core.people.actions import role_end, role_grant
from core.people.models import Person, Role
from core.people.versions import access_topic
from core.plugins.manifest import Audience
from core.plugins.registry import installed_plugins
from core.sessions.store import SessionStore
from core.testing.client import PortalClient
from core.testing.sockets import open_socket, subscribe

PATH = "/ws/portal/"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def for_students(monkeypatch):
    """Restrict the portal service to students."""
    plugin = installed_plugins()["portal"]
    changed = plugin.manifest.model_copy(update={"audience": Audience(roles=["student"])})
    monkeypatch.setitem(installed_plugins(), "portal", replace(plugin, manifest=changed))


@pytest.fixture
def role(person) -> Role:
    return role_grant(person=person, name="student")


async def close_code(socket) -> int:
    event = await socket.receive_output(5)
    assert event["type"] == "websocket.close"
    await socket.wait(5)
    return event["code"]


async def test_a_socket_needs_the_role(reader, visitor):
    assert not (await open_socket(PATH, reader))[1]
    assert not (await open_socket(PATH, visitor))[1]


async def test_the_end_of_a_role_closes_its_sockets(reader, role):
    socket, accepted = await open_socket(PATH, reader)
    assert accepted
    await database_sync_to_async(role_end)(role=role)
    assert await close_code(socket) == FORBIDDEN


async def test_the_deletion_of_a_role_closes_its_sockets(reader, role):
    socket, _ = await open_socket(PATH, reader)
    await database_sync_to_async(Role.objects.all().delete)()
    assert await close_code(socket) == FORBIDDEN


async def test_changes_of_other_roles_close_no_socket(reader, person, role, make_person):
    socket, _ = await open_socket(PATH, reader)
    other = await database_sync_to_async(make_person)()
    await database_sync_to_async(role_grant)(person=other, name="student")
    await database_sync_to_async(role_grant)(person=person, name="guest")
    assert await socket.receive_nothing(0.3)
    await socket.disconnect()


async def test_revoking_a_session_closes_its_sockets_and_no_others(reader, person, role):
    elsewhere = await database_sync_to_async(PortalClient().sign_in)(person)
    mine, _ = await open_socket(PATH, reader)
    other, _ = await open_socket(PATH, elsewhere)
    # The list of a person's sessions has the session's key, not its token.
    await database_sync_to_async(SessionStore().delete)(elsewhere.session.session_key)
    assert await close_code(other) == SIGNED_OUT
    assert await mine.receive_nothing(0.3)
    await mine.disconnect()


async def test_signing_out_closes_the_sockets_of_the_session(reader, role):
    socket, _ = await open_socket(PATH, reader)
    await database_sync_to_async(reader.logout)()
    assert await close_code(socket) == SIGNED_OUT


async def test_a_socket_ends_with_the_lifetime_of_its_session(reader, role, monkeypatch, settings):
    monkeypatch.setattr(session_guard, "seconds_until_recheck", lambda: 0.05)
    socket, accepted = await open_socket(PATH, reader)
    assert accepted
    assert await socket.receive_nothing(0.3)
    settings.SESSION_LIFETIME_SECONDS = 0
    assert await close_code(socket) == SIGNED_OUT


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "!"}], ids=["deactivated", "a new password"])
async def test_deactivation_and_a_new_password_close_the_sockets(reader, person, role, change):
    def apply():
        changed = Person.objects.get(pk=person.pk)
        for name, value in change.items():
            setattr(changed, name, value)
        changed.save()

    socket, _ = await open_socket(PATH, reader)
    await database_sync_to_async(apply)()
    assert await close_code(socket) == SIGNED_OUT


async def test_a_lost_update_is_made_up_for_by_the_next_check(reader, person, role, monkeypatch):
    monkeypatch.setattr(session_guard, "seconds_until_recheck", lambda: 0.05)
    monkeypatch.setattr("core.people.versions.publish_to_many", lambda topics: None)  # no update arrives
    socket, _ = await open_socket(PATH, reader)
    await database_sync_to_async(role_end)(role=role)
    assert await close_code(socket) == FORBIDDEN


async def test_a_socket_checks_access_even_if_the_channel_layer_is_down(reader, role, monkeypatch):
    layer = get_channel_layer()
    group_add = layer.group_add

    async def fail(group, channel):
        if group.startswith("core.person"):
            raise RedisConnectionError("down")
        await group_add(group, channel)

    monkeypatch.setattr(layer, "group_add", fail)
    monkeypatch.setattr(session_guard, "seconds_until_recheck", lambda: 0.05)
    socket, accepted = await open_socket(PATH, reader)
    assert accepted
    await database_sync_to_async(role_end)(role=role)
    assert await close_code(socket) == FORBIDDEN


async def test_an_outage_of_the_session_store_closes_no_socket(reader, person, role, monkeypatch):
    socket, _ = await open_socket(PATH, reader)
    assert await socket.receive_nothing(0.2)
    with patch.object(SessionStore, "load", side_effect=RedisConnectionError("down")) as load:
        await database_sync_to_async(publish)(access_topic(person.pk))
        assert await socket.receive_nothing(0.3)
    assert load.called
    await socket.disconnect()


async def test_a_socket_leaves_its_topics_when_the_guard_closes_it(reader, person, role):
    socket, _ = await open_socket(PATH, reader)
    assert "subscribed" in await subscribe(socket, "person")
    await database_sync_to_async(role_end)(role=role)
    assert await close_code(socket) == FORBIDDEN
    topics = subscriptions().topics
    assert {name.partition(".")[0] for name in topics} == {"core:person", "core:session", f"person:{person.pk}"}
    assert not any(topic.subscribers for topic in topics.values())


def test_every_socket_checks_again_within_minutes_and_after_midnight():
    zone = ZoneInfo(settings.TIME_ZONE)
    noon = datetime(2026, 3, 1, 12, 0, tzinfo=zone)
    assert 200 < seconds_until_recheck(noon) < 400
    late = datetime(2026, 3, 1, 23, 59, 58, tzinfo=zone)
    assert 2 <= seconds_until_recheck(late) <= 3.01
