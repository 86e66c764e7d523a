"""A socket is open for as long as its door is: no longer than a role, a session or a person."""

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
from core.people.actions import role_end, role_grant
from core.people.models import Person, Role
from core.people.versions import access_topic
from core.plugins.manifest import Audience
from core.plugins.registry import installed_plugins
from core.sessions.store import SessionStore
from core.testing.client import PortalClient
from core.testing.sockets import open_socket

ADDRESS = "/ws/notifications/"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def for_students(monkeypatch):
    """The notifications service is for students."""
    plugin = installed_plugins()["notifications"]
    changed = plugin.manifest.model_copy(update={"audience": Audience(roles=["student"])})
    monkeypatch.setitem(installed_plugins(), "notifications", replace(plugin, manifest=changed))


@pytest.fixture
def role(person) -> Role:
    return role_grant(person=person, name="student")


async def closed_with(socket) -> int:
    event = await socket.receive_output(5)
    assert event["type"] == "websocket.close"
    return event["code"]


async def test_a_socket_needs_the_role(reader, visitor):
    assert not (await open_socket(ADDRESS, reader))[1]
    assert not (await open_socket(ADDRESS, visitor))[1]


async def test_a_role_that_ends_closes_what_it_opened(reader, role):
    socket, accepted = await open_socket(ADDRESS, reader)
    assert accepted
    await database_sync_to_async(role_end)(role=role)
    assert await closed_with(socket) == FORBIDDEN


async def test_a_role_that_goes_in_whatever_way_closes_it(reader, role):
    socket, _ = await open_socket(ADDRESS, reader)
    await database_sync_to_async(Role.objects.all().delete)()
    assert await closed_with(socket) == FORBIDDEN


async def test_who_has_the_role_still_keeps_the_socket(reader, person, role, make_person):
    socket, _ = await open_socket(ADDRESS, reader)
    other = await database_sync_to_async(make_person)()
    await database_sync_to_async(role_grant)(person=other, name="student")
    await database_sync_to_async(role_grant)(person=person, name="guest")
    assert await socket.receive_nothing(0.3)
    await socket.disconnect()


async def test_a_revoked_session_closes_its_sockets_and_no_others(reader, person, role):
    elsewhere = await database_sync_to_async(PortalClient().sign_in)(person)
    mine, _ = await open_socket(ADDRESS, reader)
    other, _ = await open_socket(ADDRESS, elsewhere)
    # As whoever revokes it does: by its key, which is in the list of a person's sessions.
    await database_sync_to_async(SessionStore().delete)(elsewhere.session.session_key)
    assert await closed_with(other) == SIGNED_OUT
    assert await mine.receive_nothing(0.3)
    await mine.disconnect()


async def test_signing_out_closes_the_sockets_of_the_session(reader, role):
    socket, _ = await open_socket(ADDRESS, reader)
    await database_sync_to_async(reader.logout)()
    assert await closed_with(socket) == SIGNED_OUT


@pytest.mark.parametrize("change", [{"is_active": False}, {"password": "!"}], ids=["deactivated", "a new password"])
async def test_who_is_let_go_of_loses_the_socket(reader, person, role, change):
    def apply():
        known = Person.objects.get(pk=person.pk)
        for name, value in change.items():
            setattr(known, name, value)
        known.save()

    socket, _ = await open_socket(ADDRESS, reader)
    await database_sync_to_async(apply)()
    assert await closed_with(socket) == SIGNED_OUT


async def test_what_nobody_told_is_found_out_at_the_next_look(reader, person, role, monkeypatch):
    monkeypatch.setattr(session_guard, "seconds_until_recheck", lambda: 0.05)
    monkeypatch.setattr("core.people.versions.publish_to_many", lambda *told: None)  # the channel layer lost it
    socket, _ = await open_socket(ADDRESS, reader)
    await database_sync_to_async(role_end)(role=role)
    assert await closed_with(socket) == FORBIDDEN


async def test_a_channel_layer_that_is_away_leaves_the_socket_to_look_by_itself(reader, role, monkeypatch):
    layer = get_channel_layer()
    group_add = layer.group_add

    async def fail(group, channel):
        if group.startswith("access"):
            raise RedisConnectionError("away")
        await group_add(group, channel)

    monkeypatch.setattr(layer, "group_add", fail)
    monkeypatch.setattr(session_guard, "seconds_until_recheck", lambda: 0.05)
    socket, accepted = await open_socket(ADDRESS, reader)
    assert accepted
    await database_sync_to_async(role_end)(role=role)
    assert await closed_with(socket) == FORBIDDEN


async def test_a_store_that_is_away_closes_nobodys_socket(reader, person, role, monkeypatch):
    socket, _ = await open_socket(ADDRESS, reader)
    assert await socket.receive_nothing(0.2)
    with patch.object(SessionStore, "load", side_effect=RedisConnectionError("away")) as load:
        await get_channel_layer().group_send(access_topic(person.pk), {"type": "update", "update": {}})
        assert await socket.receive_nothing(0.3)
    assert load.called
    await socket.disconnect()


async def test_the_app_learns_that_its_socket_was_closed(reader, role, monkeypatch):
    layer = get_channel_layer()
    discarded = []
    group_discard = layer.group_discard

    async def note(group, channel):
        discarded.append(group.split(".")[0])
        await group_discard(group, channel)

    monkeypatch.setattr(layer, "group_discard", note)
    socket, _ = await open_socket(ADDRESS, reader)
    await database_sync_to_async(role_end)(role=role)
    assert await closed_with(socket) == FORBIDDEN
    await socket.wait(5)
    assert sorted(discarded) == ["access", "access", "notifications"]


def test_every_socket_looks_again_within_minutes_and_when_the_day_changes():
    zone = ZoneInfo(settings.TIME_ZONE)
    noon = datetime(2026, 3, 1, 12, 0, tzinfo=zone)
    assert 200 < seconds_until_recheck(noon) < 400
    late = datetime(2026, 3, 1, 23, 59, 58, tzinfo=zone)
    assert 2 <= seconds_until_recheck(late) <= 3.01
