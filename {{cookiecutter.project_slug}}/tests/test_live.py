"""Updates: the names of topics, what is published, and what waits for a browser."""

import asyncio

import pytest
import structlog
from asgiref.sync import sync_to_async
from channels.layers import BaseChannelLayer, InMemoryChannelLayer, get_channel_layer
from channels.testing import WebsocketCommunicator

from core.live.consumers import TRY_AGAIN_LATER, TopicConsumer
from core.live.names import group_of, split
from core.live.publishing import publish
from core.live.subscriptions import GAP_SECONDS, Subscriptions, subscriptions
from core.live.versions import Deliveries, Versions
from core.testing.live import published
from core.transactions import after_commit


class Recorder:
    """A subscriber that keeps what happens."""

    def __init__(self):
        self.versions, self.rechecks = [], []

    def changed(self, topic, version):
        self.versions.append(version)

    def recheck(self, topic):
        self.rechecks.append(topic)


@pytest.mark.parametrize("topic", ["polls:7", "a:b", "x_1:A.b-c_9", "person:12", f"{'a' * 40}:{'b' * 50}"])
def test_every_channel_layer_accepts_every_topic(topic):
    app, thing = split(topic)
    assert f"{app}:{thing}" == topic
    assert BaseChannelLayer().require_valid_group_name(group_of(topic))


def test_an_invalid_topic_is_logged_and_never_fails_the_request():
    with structlog.testing.capture_logs() as lines:
        publish("no topic")
    assert [(line["event"], line["topic"]) for line in lines] == [("update_lost", "no topic")]


def test_versions_only_grow(monkeypatch):
    versions = Versions()
    first = versions.next()
    monkeypatch.setattr("time.time_ns", lambda: 0)  # the clock was set back
    assert [versions.next(), versions.next()] == [first + 1, first + 2]


def test_a_browser_has_at_most_one_update_of_a_topic_to_handle():
    deliveries = Deliveries()
    deliveries.add("a:1")
    deliveries.add("a:2")
    for version in range(1, 1000):
        deliveries.changed("a:1", version)
        deliveries.changed("a:3", version)
    assert deliveries.take() == {"a:1": 999}
    deliveries.changed("a:1", 1000)
    deliveries.changed("a:2", 1001)
    assert deliveries.take() == {"a:2": 1001}
    deliveries.acknowledge("a:1", 998)
    assert deliveries.take() == {}
    deliveries.acknowledge("a:1", 999)
    assert deliveries.take() == {"a:1": 1000}
    deliveries.remove("a:1")
    deliveries.changed("a:1", 1002)
    deliveries.acknowledge("a:1", 1002)
    assert deliveries.take() == {}


async def test_many_updates_of_a_topic_become_few():
    one = Recorder()
    await subscriptions().add(["polls:1"], one)
    for _ in range(1000):
        subscriptions().handle({"type": "update", "topic": "polls:1"})
    assert len(one.versions) == 1, "the first update is passed on at once"
    await asyncio.sleep(2 * GAP_SECONDS)
    assert len(one.versions) == 2
    subscriptions().remove(["polls:1"], one)


async def test_a_subscriber_that_fails_keeps_the_update_from_no_other():
    class Failing(Recorder):
        def changed(self, topic, version):
            raise RuntimeError("broken")

    failing, other = Failing(), Recorder()
    for one in (failing, other):
        await subscriptions().add(["polls:1"], one)
    subscriptions().handle({"type": "update", "topic": "polls:1"})
    assert len(other.versions) == 1


@pytest.mark.parametrize("message", [{}, {"type": "update"}, {"type": "probe", "key": "x"}, {"type": 1, "topic": "x"}])
async def test_unknown_messages_of_the_channel_layer_are_ignored(message):
    subscriptions().handle(message)


async def test_the_subscriptions_go_on_after_an_error_of_the_channel_layer(monkeypatch):
    class Layer:
        calls = 0

        async def new_channel(self):
            self.calls += 1
            raise OSError("refused")

    monkeypatch.setattr("core.live.subscriptions.PAUSE_SECONDS", 0.01)
    own = Subscriptions(Layer())
    for _ in range(3):
        with pytest.raises(OSError, match="refused"):
            await own.add(["polls:1"], Recorder())
    assert own.layer.calls == 3
    for task in own.tasks:
        task.cancel()


async def test_a_message_that_overtakes_the_subscription_is_sent_again(monkeypatch):
    """Redis may publish the first message before it has subscribed, because they come over two connections."""
    layer, sent = InMemoryChannelLayer(), []
    deliver = layer.group_send

    async def lose_the_first(group, message):
        sent.append(group)
        if len(sent) > 1:
            await deliver(group, message)

    monkeypatch.setattr(layer, "group_send", lose_the_first)
    own = Subscriptions(layer)
    async with asyncio.timeout(1):  # less than a subscription may take at most
        await own.add(["polls:1"], Recorder())
    assert len(sent) == 2
    for task in own.tasks:
        task.cancel()


class TestPublished:
    def test_it_records_the_updates_of_one_topic_after_the_commit(self, db):
        with published("polls:7") as updates:
            for topic in ("polls:7", "polls:8"):
                after_commit(publish, topic)
            assert updates == []
        assert updates == ["polls:7"]

    def test_the_updates_are_sent_too(self, monkeypatch):
        sent = []
        monkeypatch.setattr("core.live.publishing.send", lambda kind, topics: sent.extend(topics))
        with published("polls:7") as updates:
            publish("polls:7")
        assert sent == updates == ["polls:7"]


async def wait_for_subscription():
    """Wait until this process is subscribed to the topics of TestAnAppsOwnSocket: a socket opens before that."""
    topics, recorder = ["polls:1", "polls:2"], Recorder()
    await subscriptions().add(topics, recorder)
    subscriptions().remove(topics, recorder)


@pytest.mark.django_db(transaction=True)
class TestAnAppsOwnSocket:
    @pytest.fixture
    def consumer(self):
        class Consumer(TopicConsumer):
            async def topics(self):
                return ["polls:1", "polls:2"]

        return Consumer

    async def test_it_sends_the_updates_of_its_topics(self, consumer):
        socket = WebsocketCommunicator(consumer.as_asgi(), "/ws/polls/")
        assert (await socket.connect())[0]
        await wait_for_subscription()
        await sync_to_async(publish)("polls:2")
        update = await socket.receive_json_from(5)
        assert (update["type"], update["topic"]) == ("update", "polls:2")
        await sync_to_async(publish)("polls:1")
        assert (await socket.receive_json_from(5))["version"] > update["version"]
        await socket.send_to(text_data="ignored")
        assert await socket.receive_nothing(0.1)
        await socket.disconnect()
        assert not any(topic.subscribers for topic in subscriptions().topics.values())

    async def test_it_can_send_something_else(self, consumer):
        async def send_update(self, topic, version):
            await self.send_json({"type": "price", "value": 7})

        consumer.send_update = send_update
        socket = WebsocketCommunicator(consumer.as_asgi(), "/ws/polls/")
        await socket.connect()
        await wait_for_subscription()
        await sync_to_async(publish)("polls:1")
        assert await socket.receive_json_from(5) == {"type": "price", "value": 7}
        await socket.disconnect()

    async def test_it_is_closed_while_the_channel_layer_is_down(self, consumer, monkeypatch):
        async def fail(group, channel):
            raise OSError("down")

        monkeypatch.setattr(get_channel_layer(), "group_add", fail)
        socket = WebsocketCommunicator(consumer.as_asgi(), "/ws/polls/")
        await socket.connect()
        assert (await socket.receive_output(5))["code"] == TRY_AGAIN_LATER
        await socket.disconnect()
