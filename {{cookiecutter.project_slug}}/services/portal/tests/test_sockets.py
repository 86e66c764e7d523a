"""One socket of a browser tab carries every topic that its visitor may subscribe to."""

import asyncio
import json
from dataclasses import replace

import pytest
from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from redis.exceptions import ConnectionError as RedisConnectionError

from core.access import session_guard, topics
from core.live.names import person_topic
from core.live.publishing import publish, publish_to_many, recheck
from core.live.subscriptions import GAP_SECONDS, subscriptions
from core.people.actions import role_end, role_grant
from core.people.models import Person
from core.plugins.manifest import Audience, Manifest
from core.plugins.registry import installed_plugins
from core.testing.sockets import open_socket, receive_updates, subscribe
from services.portal import sockets as portal_sockets
from services.portal.sockets import MOST_TOPICS

PATH = "/ws/portal/"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def answers():
    """Return topic → what the app answers to it: False, or an error to raise. Other topics are allowed."""
    return {}


@pytest.fixture
def asked():
    """Return what the app was asked: pairs of a topic and a visitor."""
    return []


@pytest.fixture(autouse=True)
def app(answers, asked, monkeypatch):
    """Install an app `polls` that is open to everyone and decides so. The portal may have no such app."""
    manifest = Manifest(title="Polls", audience=Audience(sign_in="optional"))
    plugin = replace(installed_plugins()["portal"], name="polls", layer="apps", manifest=manifest)
    monkeypatch.setitem(installed_plugins(), "polls", plugin)

    def authorize(topic, visitor):
        asked.append((topic, visitor))
        answer = answers.get(topic, True)
        if isinstance(answer, Exception):
            raise answer
        return answer

    of = topics.authorize_of
    monkeypatch.setattr(topics, "authorize_of", lambda module: authorize if module == "apps.polls" else of(module))


@pytest.fixture
def audience(monkeypatch):
    """Give polls an audience: `audience(roles=["student"])`."""

    def give(**members):
        plugin = installed_plugins()["polls"]
        changed = replace(plugin, manifest=plugin.manifest.model_copy(update={"audience": Audience(**members)}))
        monkeypatch.setitem(installed_plugins(), "polls", changed)

    return give


async def send(function, *arguments):
    await database_sync_to_async(function)(*arguments)


def statuses(answer, key="refused"):
    return {name: refusal["status"] for name, refusal in answer[key].items()}


class TestSubscribing:
    async def test_updates_of_a_topic_arrive_and_others_do_not(self, visitor):
        socket, accepted = await open_socket(PATH, visitor)
        assert accepted
        assert await subscribe(socket, "polls:1", "polls:2") == {"subscribed": ["polls:1", "polls:2"]}
        await send(publish_to_many, ["polls:2", "polls:3"])
        assert await receive_updates(socket) == ["polls:2"]
        assert await socket.receive_nothing(0.2)
        await socket.disconnect()

    async def test_a_person_gets_the_updates_of_their_own_topic_only(self, reader, person, make_person):
        other = await database_sync_to_async(make_person)()
        socket, _ = await open_socket(PATH, reader)
        assert await subscribe(socket, "person") == {"subscribed": ["person"]}
        await send(publish_to_many, [person_topic(other.pk), person_topic(person.pk)])
        assert await receive_updates(socket) == ["person"]
        assert await socket.receive_nothing(0.2)
        await socket.disconnect()

    async def test_nobody_reads_the_topics_of_others_or_of_the_portal_itself(self, reader, person, visitor):
        socket, _ = await open_socket(PATH, reader)
        names = [f"person:{person.pk}", f"core:person.{person.pk}", "core:session.x", "portal:x", "notifications:x"]
        answer = await subscribe(socket, *names)
        assert answer["subscribed"] == []
        assert set(statuses(answer).values()) == {404}
        await socket.disconnect()
        anonymous, _ = await open_socket(PATH, visitor)
        assert statuses(await subscribe(anonymous, "person")) == {"person": 401}
        await anonymous.disconnect()

    async def test_the_audience_of_the_app_decides_before_the_app(self, reader, person, visitor, audience, asked):
        audience(roles=["student"])
        anonymous, _ = await open_socket(PATH, visitor)
        assert statuses(await subscribe(anonymous, "polls:1")) == {"polls:1": 401}
        socket, _ = await open_socket(PATH, reader)
        refused = (await subscribe(socket, "polls:1"))["refused"]["polls:1"]
        assert refused == {"status": 403, "detail": "Only available to people with one of these roles: Student."}
        assert not asked
        await send(lambda: role_grant(person=person, name="student"))
        async with asyncio.timeout(5):
            while not (await subscribe(socket, "polls:1"))["subscribed"]:  # the socket learns of the role in a moment
                await asyncio.sleep(0.2)
        assert [(topic, visitor.person.pk) for topic, visitor in asked] == [("1", person.pk)]
        for one in (anonymous, socket):
            await one.disconnect()

    async def test_an_app_refuses_a_topic_and_no_other(self, visitor, answers, caplog):
        answers |= {"2": False, "3": RuntimeError("a bug"), "4": RedisConnectionError("a store is down")}
        socket, _ = await open_socket(PATH, visitor)
        answer = await subscribe(socket, *[f"polls:{number}" for number in range(1, 6)])
        assert answer["subscribed"] == ["polls:1", "polls:5"]
        assert statuses(answer) == {"polls:2": 403, "polls:3": 500, "polls:4": 503}
        await socket.disconnect()

    async def test_a_topic_costs_one_subscription_however_many_sockets_have_it(self, visitor, monkeypatch):
        layer, added = get_channel_layer(), []
        group_add = layer.group_add

        async def record(group, channel):
            added.append(group)
            await group_add(group, channel)

        monkeypatch.setattr(layer, "group_add", record)
        opened = [(await open_socket(PATH, visitor))[0] for _ in range(20)]
        for socket in opened:
            await subscribe(socket, "polls:1")
        assert added.count("polls.1") == 1
        await send(publish, "polls:1")
        for socket in opened:
            assert await receive_updates(socket) == ["polls:1"]
            await socket.disconnect()

    async def test_after_unsubscribing_no_update_arrives(self, visitor):
        socket, _ = await open_socket(PATH, visitor)
        await subscribe(socket, "polls:1", "polls:2")
        await socket.send_json_to({"unsubscribe": ["polls:1", "polls:9"], "subscribe": ["polls:2"]})
        assert await socket.receive_json_from(5) == {"subscribed": ["polls:2"]}
        await send(publish_to_many, ["polls:1", "polls:2"])
        assert await receive_updates(socket) == ["polls:2"]
        await socket.disconnect()

    async def test_a_closed_socket_leaves_its_topics(self, visitor, monkeypatch):
        monkeypatch.setattr("core.live.subscriptions.LINGER_SECONDS", 0.01)
        socket, _ = await open_socket(PATH, visitor)
        await subscribe(socket, "polls:1")
        await socket.disconnect()
        await eventually(lambda: "polls:1" not in subscriptions().topics)
        await eventually(lambda: subscriptions().channel not in get_channel_layer().groups.get("polls.1", {}))

    async def test_without_the_channel_layer_a_topic_is_refused_for_the_moment(self, visitor, monkeypatch):
        async def fail(group, channel):
            raise RedisConnectionError("down")

        socket, _ = await open_socket(PATH, visitor)
        with monkeypatch.context() as patched:
            patched.setattr(get_channel_layer(), "group_add", fail)
            assert statuses(await subscribe(socket, "polls:1")) == {"polls:1": 503}
        assert (await subscribe(socket, "polls:1"))["subscribed"] == ["polls:1"]
        await socket.disconnect()

    async def test_a_socket_that_ends_while_it_subscribes_leaves_nothing_behind(self, visitor, monkeypatch):
        joining = asyncio.Event()

        async def hang(group, channel):
            joining.set()
            await asyncio.Event().wait()

        monkeypatch.setattr(get_channel_layer(), "group_add", hang)
        socket, _ = await open_socket(PATH, visitor)
        await socket.send_json_to({"subscribe": ["polls:1"]})
        await asyncio.wait_for(joining.wait(), 5)
        assert subscriptions().topics["polls:1"].subscribers
        socket.future.cancel()
        await eventually(lambda: not subscriptions().topics["polls:1"].subscribers)


async def eventually(check):
    async with asyncio.timeout(5):
        while not check():
            await asyncio.sleep(0.01)


class TestSlowReaders:
    async def test_a_topic_has_one_update_until_it_is_acknowledged(self, visitor):
        socket, _ = await open_socket(PATH, visitor)
        await subscribe(socket, "polls:1")
        await send(publish, "polls:1")
        first = (await socket.receive_json_from(5))["updates"]["polls:1"]
        for _ in range(5):
            await send(publish, "polls:1")
            await asyncio.sleep(GAP_SECONDS)
        assert await socket.receive_nothing(0.2)
        await socket.send_json_to({"acknowledge": {"polls:1": first}})
        second = (await socket.receive_json_from(5))["updates"]["polls:1"]
        assert second > first
        await socket.send_json_to({"acknowledge": {"polls:1": second}})
        assert await socket.receive_nothing(0.2)
        await socket.disconnect()

    async def test_an_old_acknowledgement_counts_for_nothing(self, visitor):
        socket, _ = await open_socket(PATH, visitor)
        await subscribe(socket, "polls:1")
        await send(publish, "polls:1")
        version = (await socket.receive_json_from(5))["updates"]["polls:1"]
        await send(publish, "polls:1")
        await socket.send_json_to({"acknowledge": {"polls:1": version - 1, "polls:2": 5}})
        assert await socket.receive_nothing(0.2)
        await socket.disconnect()

    async def test_ten_thousand_updates_cost_a_socket_that_does_not_read_nothing(self, visitor):
        socket, _ = await open_socket(PATH, visitor)
        names = [f"polls:{number}" for number in range(10)]
        await subscribe(socket, *names)
        for _ in range(10):
            await send(publish_to_many, names * 100)
        await asyncio.sleep(2 * GAP_SECONDS)
        assert socket.output_queue.qsize() <= len(names)
        waiting = get_channel_layer().channels.get(subscriptions().channel)
        assert waiting is None or waiting.empty()
        await socket.disconnect()


class TestRechecking:
    async def test_the_end_of_a_role_drops_the_topics_that_needed_it(self, reader, person, audience):
        role = await database_sync_to_async(role_grant)(person=person, name="student")
        audience(roles=["student"])
        socket, _ = await open_socket(PATH, reader)
        assert (await subscribe(socket, "polls:1", "person"))["subscribed"] == ["polls:1", "person"]
        await send(lambda: role_end(role=role))
        dropped = await socket.receive_json_from(5)
        assert dropped["dropped"]["polls:1"]["detail"].endswith("roles: Student.")
        await send(publish_to_many, ["polls:1", person_topic(person.pk)])
        assert await receive_updates(socket) == ["person"]
        await socket.disconnect()

    async def test_a_deactivated_account_closes_the_socket(self, reader, person):
        socket, _ = await open_socket(PATH, reader)
        await subscribe(socket, "person")

        def deactivate():
            changed = Person.objects.get(pk=person.pk)
            changed.is_active = False
            changed.save()

        await send(deactivate)
        assert (await socket.receive_output(5))["code"] == session_guard.SIGNED_OUT
        await socket.wait(5)

    async def test_an_app_makes_sockets_ask_again(self, visitor, answers, asked):
        opened = [(await open_socket(PATH, visitor))[0] for _ in range(2)]
        for socket in opened:
            await subscribe(socket, "polls:1", "polls:2")
        asked.clear()
        await send(recheck, "polls:1")
        await eventually(lambda: len(asked) == 2)
        assert {topic for topic, _ in asked} == {"1"}
        answers["1"] = False
        await send(recheck, "polls:1")
        for socket in opened:
            assert await socket.receive_json_from(5) == {
                "dropped": {"polls:1": {"status": 403, "detail": "No access to this topic."}}
            }
            await socket.disconnect()

    async def test_an_outage_drops_no_topic(self, visitor, answers, monkeypatch):
        monkeypatch.setattr(portal_sockets, "ASK_AGAIN_SECONDS", 0.1)
        socket, _ = await open_socket(PATH, visitor)
        await subscribe(socket, "polls:1")
        answers["1"] = RedisConnectionError("a store is down")
        await send(recheck, "polls:1")
        assert await socket.receive_nothing(0.3)
        answers["1"] = False
        assert statuses(await socket.receive_json_from(5), "dropped") == {"polls:1": 403}
        await socket.disconnect()

    async def test_anonymous_sockets_ask_again_from_time_to_time(self, visitor, answers, monkeypatch):
        monkeypatch.setattr(portal_sockets, "seconds_until_recheck", lambda: 0.05)
        socket, _ = await open_socket(PATH, visitor)
        await subscribe(socket, "polls:1")
        assert await socket.receive_nothing(0.2)
        answers["1"] = False
        assert statuses(await socket.receive_json_from(5), "dropped") == {"polls:1": 403}
        await socket.disconnect()


class TestBadInput:
    @pytest.mark.parametrize(
        "name",
        [
            *("", "polls", "polls:", ":1", "polls:1:2", "Polls:1", "polls:a b", "polls:é", "polls:" + "x" * 51),
            *("x" * 9000, "polls:1\n", "../x", "polls:\u0000", "person:", "polls:<script>", "😀"),
        ],
    )
    async def test_an_invalid_name_is_refused(self, visitor, name):
        socket, _ = await open_socket(PATH, visitor)
        answer = await subscribe(socket, name, "polls:1")
        assert answer["subscribed"] == ["polls:1"]
        assert statuses(answer) == {name: 400}
        await socket.disconnect()

    async def test_an_unknown_app_has_no_topics(self, visitor):
        socket, _ = await open_socket(PATH, visitor)
        names = ["nothing:1", "people:1", "admin:1", "person:1"]
        assert statuses(await subscribe(socket, *names)) == dict.fromkeys(names, 404)
        await socket.disconnect()

    @pytest.mark.parametrize(
        "text",
        [
            *(" ", "{", "[]", "null", "7", '"x"', '{"publish": ["polls:1"]}', '{"subscribe": "polls:1"}'),
            *('{"subscribe": [1]}', '{"subscribe": [null]}', '{"subscribe": [["polls:1"]]}', '{"unsubscribe": {}}'),
            *('{"acknowledge": []}', '{"acknowledge": {"polls:1": "1"}}', '{"acknowledge": {"polls:1": 1e999}}'),
            *('{"acknowledge": {"polls:1": true}}', "[" * 8000, '{"subscribe": ["\\ud800"]}', '{"subscribe": [NaN]}'),
            '{"acknowledge": {"polls:1": ' + "9" * 8000 + "}}",
        ],
    )
    async def test_a_frame_of_another_shape_is_answered_and_loses_nothing(self, visitor, text):
        socket, _ = await open_socket(PATH, visitor)
        await subscribe(socket, "polls:1")
        await socket.send_to(text_data=text)
        answer = await socket.receive_json_from(5)
        assert list(answer) == ["error"]
        assert answer["error"]["status"] == 400
        await send(publish, "polls:1")
        assert await receive_updates(socket) == ["polls:1"]
        await socket.disconnect()

    async def test_binary_messages_are_answered(self, visitor):
        socket, _ = await open_socket(PATH, visitor)
        await socket.send_to(bytes_data=b"\xff\x00")
        assert "text" in (await socket.receive_json_from(5))["error"]["detail"]
        await socket.disconnect()

    async def test_a_socket_has_only_so_many_topics(self, visitor):
        socket, _ = await open_socket(PATH, visitor)
        names = [f"polls:{number}" for number in range(1000)]
        answer = await subscribe(socket, *names)
        assert answer["subscribed"] == names[:MOST_TOPICS]
        # No frame is larger than Daphne sends, which are 64 KB.
        refused = statuses(answer)
        while len(refused) < len(names) - MOST_TOPICS:
            frame = await socket.receive_from(5)
            assert len(frame.encode()) < 64 * 1024
            refused |= statuses(json.loads(frame))
        assert refused == dict.fromkeys(names[MOST_TOPICS:], 429)
        await send(publish, names[0])
        assert await receive_updates(socket) == [names[0]]
        await socket.disconnect()

    async def test_a_frame_has_only_so_many_names(self, visitor):
        socket, _ = await open_socket(PATH, visitor)
        assert (await subscribe(socket, *["polls:1"] * 1001))["error"]["status"] == 400
        await socket.disconnect()

    async def test_a_socket_that_asks_for_names_without_end_is_closed(self, visitor):
        socket, _ = await open_socket(PATH, visitor)
        frame = json.dumps({"subscribe": ["x"] * 900})
        for _ in range(2):
            await socket.send_to(text_data=frame)
        assert "refused" in await socket.receive_json_from(5)
        assert (await socket.receive_output(5))["code"] == 4008
        await socket.wait(5)
