"""A person, an address and a process have only so many open sockets. A socket that signs nobody in is refused early."""

from dataclasses import replace

import pytest

from core.live.open_sockets import open_sockets
from core.plugins.registry import installed_plugins
from core.testing.client import PortalClient
from core.testing.sockets import open_socket

URL = "/ws/portal/"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def private_portal(monkeypatch):
    """Let only people who are signed in open sockets of the portal service."""
    plugin = installed_plugins()["portal"]
    audience = plugin.manifest.audience.model_copy(update={"sign_in": "required"})
    changed = replace(plugin, manifest=plugin.manifest.model_copy(update={"audience": audience}))
    monkeypatch.setitem(installed_plugins(), plugin.name, changed)


async def close(sockets):
    for socket, _ in sockets:
        await socket.disconnect()


async def test_a_person_has_only_so_many(reader, make_person, settings):
    settings.SOCKETS_OF_A_PERSON = 2
    sockets = [await open_socket(URL, reader) for _ in range(3)]
    assert [accepted for _, accepted in sockets] == [True, True, False]
    await sockets[0][0].disconnect()
    sockets.append(await open_socket(URL, reader))
    assert sockets[-1][1], "the place of a closed socket is not free"
    await close(sockets[1:])
    assert not open_sockets.counts


async def test_another_person_has_places_of_their_own(reader, make_person, settings):
    settings.SOCKETS_OF_A_PERSON = 1
    other = PortalClient()
    await _sign_in(other, make_person)
    sockets = [await open_socket(URL, reader), await open_socket(URL, other)]
    assert [accepted for _, accepted in sockets] == [True, True]
    await close(sockets)


async def _sign_in(client, make_person):
    from asgiref.sync import sync_to_async

    await sync_to_async(lambda: client.sign_in(make_person()))()


async def test_anonymous_visitors_of_an_ipv6_network_share_their_places(settings):
    settings.ANONYMOUS_SOCKETS_OF_AN_ADDRESS = 1
    addresses = ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"]
    sockets = [await open_socket(URL, ip_address=address) for address in addresses]
    keys = set(open_sockets.counts)
    assert keys == {"all", "address:2001:db8::/64", "address:2001:db8:0:1::/64"}
    await close(sockets)
    assert not open_sockets.counts


async def test_a_process_has_only_so_many(reader, settings):
    settings.SOCKETS_IN_ALL = 1
    sockets = [await open_socket(URL, reader) for _ in range(2)]
    assert [accepted for _, accepted in sockets] == [True, False]
    await close(sockets)


@pytest.mark.usefixtures("private_portal")
async def test_a_socket_that_signs_nobody_in_takes_no_place():
    socket, accepted = await open_socket(URL)
    assert not accepted
    await socket.wait()
    assert not open_sockets.counts
