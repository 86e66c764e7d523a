"""The health checks of the four Redis servers and the cache."""

import asyncio
import secrets
from datetime import timedelta
from typing import cast

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from channels_redis.pubsub import RedisPubSubChannelLayer
from django.conf import settings
from django.core.cache import caches
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from pymemcache.exceptions import MemcacheError

from core.live.publishing import UPDATE, redis_client
from core.stores.application_store import application_store
from core.stores.memcached import PersistentMemcachedCache
from core.stores.redis_internals import socket_of

from .checks import HealthCheck, check_same
from .elsewhere import tls_version

RECEIVE_SECONDS = 2


class RedisCheck(HealthCheck):
    """A store behind one of Django's cache aliases."""

    alias: str
    technology = "Redis"
    embedded_backend = "fakeredis"

    @property
    def client(self):  # type: ignore[no-untyped-def]  # redis-py's client has no useful type
        return caches[self.alias].client.get_client(write=True)  # type: ignore[attr-defined]  # django-redis has it

    def ping(self) -> str:
        self.client.ping()
        return "answers"

    def encryption(self) -> str:
        return tls_version(socket_of(self.client))

    def version(self) -> str:
        # fakeredis, which is embedded, does not know INFO.
        return "" if self.is_embedded else str(self.client.info("server")["redis_version"])


class SessionStoreCheck(RedisCheck):
    service = "session-store"
    title = _("Session store")
    variable = "SESSION_STORE_URL"
    alias = "sessions"
    required = True

    def round_trip(self) -> str:
        store, key, value = caches[self.alias], f"health:{secrets.token_hex(8)}", secrets.token_hex(8)
        store.set(key, value, timeout=60)
        check_same(value, store.get(key))
        store.delete(key)
        check_same(None, store.get(key))
        return "written, read, deleted"


class NotificationStoreCheck(RedisCheck):
    service = "notification-store"
    title = _("Notification store")
    variable = "NOTIFICATION_STORE_URL"
    alias = "notifications"

    def round_trip(self) -> str:
        client, name = self.client, f"health:{secrets.token_hex(8)}"
        entries = caches[self.alias].client.make_key(name)  # type: ignore[attr-defined]  # django-redis has it
        try:
            client.zadd(entries, {"older": 1, "newer": 2})
            client.zpopmin(entries)
            check_same([b"newer"], client.zrange(entries, 0, -1))
        finally:
            client.delete(entries)
        return f"written, trimmed, read; {import_string(settings.NOTIFICATION_STORE_REPORT)()}"


class ApplicationStoreCheck(RedisCheck):
    service = "application-store"
    title = _("Application store")
    variable = "APPLICATION_STORE_URL"
    alias = "application"

    def round_trip(self) -> str:
        store, key, value = application_store("core"), f"health:{secrets.token_hex(8)}", secrets.token_hex(8)
        store.set(key, value, lifetime=timedelta(seconds=60))
        if store.remaining(key) is None:
            raise RuntimeError("the value has no lifetime")
        check_same(value, store.take(key))
        return "written with a lifetime, read, deleted"


class ChannelLayerCheck(HealthCheck):
    service = "channel-layer"
    title = _("Channel layer")
    technology = "Redis"
    variable = "CHANNEL_LAYER_URL"
    embedded_backend = gettext_noop("in-memory layer")

    @property
    def active_embedded_backend(self) -> str:
        # Beside a development server, its fakeredis serves the channel layer.
        served = isinstance(get_channel_layer(), RedisPubSubChannelLayer)
        return "fakeredis" if self.is_embedded and served else super().active_embedded_backend

    def ping(self) -> str:
        if isinstance(get_channel_layer(), RedisPubSubChannelLayer):
            redis_client().ping()
        return "answers"

    def round_trip(self) -> str:
        value = secrets.token_hex(8)
        check_same(value, async_to_sync(self.send_and_receive)(value))
        return "sent to a group, received"

    def encryption(self) -> str:
        return tls_version(socket_of(redis_client()))

    def version(self) -> str:
        return "" if self.is_embedded else str(redis_client().info("server")["redis_version"])

    async def send_and_receive(self, value: str) -> object:
        layer = get_channel_layer()
        group = f"core.health.{secrets.token_hex(8)}"
        channel = await layer.new_channel()
        await layer.group_add(group, channel)
        try:
            await layer.group_send(group, {"type": UPDATE, "update": value})
            message = await asyncio.wait_for(layer.receive(channel), RECEIVE_SECONDS)
        finally:
            await layer.group_discard(group, channel)
        return message["update"]


class CacheCheck(HealthCheck):
    service = "cache"
    title = _("Cache")
    technology = "Memcached"
    variable = "CACHE_URL"
    embedded_backend = gettext_noop("local memory")

    def ping(self) -> str:
        if not self.is_embedded:
            cast(PersistentMemcachedCache, caches["cache"]).ping()
        return "answers"

    def round_trip(self) -> str:
        store, key, value = caches["cache"], f"health:{secrets.token_hex(8)}", secrets.token_hex(8)
        store.set(key, value, timeout=60)
        if store.get(key) is None:
            raise MemcacheError("does not keep values")
        check_same(value, store.get(key))
        store.delete(key)
        check_same(None, store.get(key))
        return "written, read, deleted"

    def version(self) -> str:
        if self.is_embedded:
            return ""
        return cast(PersistentMemcachedCache, caches["cache"]).ping()
