"""Only the cookie opens a session; nothing that the portal stores does."""

import json
import time
from types import SimpleNamespace
from unittest.mock import patch

import pytest
from allauth.usersessions.models import UserSession
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.core.cache import caches
from redis.exceptions import ConnectionError as RedisConnectionError

from core.encryption import decrypt
from core.sessions import store
from core.sessions.sockets import session_middleware_stack
from core.sessions.store import SITE, STARTED_AT, WRITTEN_AT, SessionStore, key_of
from core.testing.client import PortalClient

COOKIE = settings.SESSION_COOKIE_NAME
DAY = 24 * 3600


def session_store_content() -> dict[str, bytes]:
    """Return every key and value in the session store."""
    client = caches["sessions"].client.get_client(write=True)
    return {key.decode(): client.get(key) for key in client.scan_iter(f"{caches['sessions'].key_prefix}:*")}


def test_the_session_store_does_not_contain_the_token(reader):
    content = session_store_content()
    assert any(key_of(reader.token) in key for key in content)
    assert not any(reader.token in key or reader.token.encode() in value for key, value in content.items())


def test_the_content_of_the_session_store_is_no_cookie(reader):
    for key in [key_of(reader.token), *session_store_content()]:
        attacker = PortalClient()
        attacker.cookies[COOKIE] = key
        assert attacker.get("/api/notifications/").status_code == 401
    assert reader.get("/api/notifications/").status_code == 200


def test_sessions_are_stored_as_encrypted_json(reader, person):
    (value,) = session_store_content().values()
    for part in (SITE, settings.SITE, "_auth_user_hash", person.get_session_auth_hash()):
        assert part.encode() not in value
    assert json.loads(decrypt(value.decode(), purpose="session"))[SITE] == settings.SITE


def test_a_session_that_no_key_decrypts_is_signed_out(reader, settings):
    settings.ENCRYPTION_KEYS = ["another key of enough characters for tests"]
    answer = reader.get("/api/notifications/")
    assert answer.status_code == 401
    assert reader.get("/api/portal/").json()["person"] is None


def test_a_new_first_key_keeps_sessions_and_encrypts_new_ones(reader, person, settings):
    old = list(settings.ENCRYPTION_KEYS)
    settings.ENCRYPTION_KEYS = ["another key of enough characters for tests", *old]
    assert reader.get("/api/notifications/").status_code == 200
    newer = PortalClient().sign_in(person)
    settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS[:1]
    assert newer.get("/api/notifications/").status_code == 200


def test_a_session_from_before_encryption_is_signed_out_and_not_an_error(reader):
    (name, value) = next(iter(session_store_content().items()))
    plain, old_name = decrypt(value.decode(), purpose="session").encode(), name.replace(":2:sessions:", ":1:sessions:")
    client = caches["sessions"].client.get_client(write=True)
    client.delete(name)
    client.set(old_name, plain)
    token = reader.token
    assert reader.get("/api/notifications/").status_code == 401
    client.delete(old_name)
    client.set(name, plain)  # and if it had the new name
    reader.cookies[COOKIE] = token
    assert reader.get("/api/notifications/").status_code == 401


@pytest.mark.parametrize("cookie", ["", "x", "x" * 5000, "clé", "../../etc/passwd"])
def test_a_made_up_cookie_opens_no_session(db, cookie):
    client = PortalClient()
    client.cookies[COOKIE] = cookie
    assert client.get("/api/notifications/").status_code == 401


def test_a_session_of_the_other_site_is_refused(reader, settings):
    settings.SITE = "internet"
    assert reader.get("/api/notifications/").status_code == 401


def test_signing_in_replaces_the_token(db, make_person, visitor):
    session = SessionStore()
    session["basket"] = 1
    session.save()
    visitor.cookies[COOKIE] = session.token
    visitor.sign_in(make_person())
    assert visitor.token != session.token
    assert SessionStore.from_token(session.token).load() == {}


def test_signing_out_deletes_the_session(reader):
    token = reader.token
    reader.logout()
    assert SessionStore.from_token(token).load() == {}


def test_a_new_key_keeps_the_data_and_ends_the_old_key():
    session = SessionStore()
    session["colour"] = "blue"
    session.save()
    old = session.token
    session.cycle_key()
    assert SessionStore.from_token(session.token)["colour"] == "blue"
    assert SessionStore.from_token(old).load() == {}


async def test_sessions_work_in_asynchronous_code():
    session = SessionStore()
    await session.aset("colour", "blue")
    await session.asave()
    old = session.token
    await session.acycle_key()
    again = SessionStore.from_token(session.token)
    assert await again.aget("colour") == "blue"
    assert await SessionStore.from_token(old).aload() == {}
    await again.aflush()
    assert await SessionStore.from_token(session.token).aload() == {}


def test_a_revoked_session_is_not_saved_again():
    session = SessionStore()
    session["colour"] = "blue"
    session.save()
    SessionStore.from_token(session.token).delete()
    session["colour"] = "green"
    with pytest.raises(UpdateError):
        session.save()


def test_an_outage_of_the_session_store_signs_nobody_out(reader):
    with patch.object(SessionStore, "load", side_effect=RedisConnectionError("down")):
        response = reader.get("/api/notifications/")
    assert response.status_code == 503
    assert response["Content-Type"] == "application/problem+json"
    assert response["Retry-After"]
    assert COOKIE not in response.cookies
    assert reader.get("/api/notifications/").status_code == 200


def test_a_session_in_use_does_not_expire_and_is_seldom_written(reader):
    assert COOKIE not in reader.get("/api/notifications/").cookies
    session = reader.session
    data = session.load()
    data[WRITTEN_AT] -= settings.SESSION_COOKIE_AGE // 5
    caches["sessions"].set(session.cache_key, data)
    response = reader.get("/api/notifications/")
    assert response.cookies[COOKIE].value == reader.token
    assert response.cookies[COOKIE]["max-age"] == settings.SESSION_COOKIE_AGE
    assert reader.session.load()[WRITTEN_AT] > data[WRITTEN_AT]


class TestLifetime:
    """A session ends 30 days after it began, however much it is used."""

    @pytest.fixture
    def clock(self, monkeypatch):
        """Set the time for sessions. The store's own expiry stays as it is."""
        clock = SimpleNamespace(now=time.time())
        monkeypatch.setattr(store, "time", SimpleNamespace(time=lambda: clock.now))
        return clock

    @staticmethod
    def status(client):
        return client.get("/api/notifications/").status_code

    def test_it_is_30_days(self):
        assert settings.SESSION_LIFETIME_SECONDS == 30 * DAY

    def test_use_does_not_extend_it(self, reader, clock):
        for _ in range(29):
            clock.now += DAY
            assert self.status(reader) == 200
        clock.now += DAY
        assert self.status(reader) == 401

    def test_the_store_deletes_it_then(self, reader, clock):
        def expiry():
            return caches["sessions"].ttl(reader.session.cache_key)

        assert expiry() == pytest.approx(14 * DAY, abs=60)
        clock.now += 28 * DAY
        response = reader.get("/api/notifications/")
        assert expiry() == pytest.approx(2 * DAY, abs=60)
        assert response.cookies[COOKIE]["max-age"] == pytest.approx(2 * DAY, abs=60)

    def test_a_shorter_lifetime_counts_for_open_sessions(self, reader, clock, settings):
        clock.now += 2 * DAY
        settings.SESSION_LIFETIME_SECONDS = DAY
        assert self.status(reader) == 401

    def test_it_is_not_in_the_list_of_sessions_then(self, reader, person, clock):
        UserSession.objects.create(user=person, session_key=reader.session.session_key, ip="10.0.0.1", user_agent="x")
        assert len(UserSession.objects.purge_and_list(person)) == 1
        clock.now += 30 * DAY
        assert UserSession.objects.purge_and_list(person) == []

    def test_it_begins_with_the_sign_in(self, visitor, person, clock):
        session = SessionStore()
        session["basket"] = 1
        session.save()
        visitor.cookies[COOKIE] = session.token
        clock.now += 10 * DAY
        visitor.sign_in(person)
        assert visitor.session["basket"] == 1
        clock.now += 29 * DAY
        assert self.status(visitor) == 200

    def test_a_new_password_does_not_extend_it(self, reader, clock):
        started = reader.session[STARTED_AT]
        session = reader.session
        session.load()
        clock.now += DAY
        session.cycle_key()  # as a change of the password does
        session.save()
        assert session[STARTED_AT] == started

    def test_a_session_from_before_begins_with_its_first_use(self, reader, clock):
        data = reader.session.load()
        del data[STARTED_AT]
        caches["sessions"].set(reader.session.cache_key, data)
        clock.now += 5
        assert self.status(reader) == 200
        assert reader.session[STARTED_AT] == int(clock.now)
        clock.now += 30 * DAY
        assert self.status(reader) == 401

    async def test_it_ends_in_asynchronous_code_too(self, clock):
        session = SessionStore()
        await session.aset("colour", "blue")
        await session.asave()
        clock.now += 30 * DAY
        assert await SessionStore.from_token(session.token).aload() == {}


def test_scripts_and_other_sites_cannot_read_the_cookie(person, visitor):
    cookie = visitor.sign_in(person).session
    assert cookie is not None
    assert settings.SESSION_COOKIE_HTTPONLY is True
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"


async def test_a_socket_has_the_session_of_its_cookie():
    session = SessionStore()
    await session.aset("colour", "blue")
    await session.asave()

    async def inner(scope, receive, send):
        await receive()
        await send({"type": "websocket.accept"})
        colour = await scope["session"].aget("colour")
        await send({"type": "websocket.send", "text": str(colour)})

    for cookie, colour in ((session.token, "blue"), (session.session_key, "None")):
        socket = WebsocketCommunicator(
            session_middleware_stack(inner), "/", headers=[(b"cookie", f"{COOKIE}={cookie}".encode())]
        )
        await socket.connect()
        assert await socket.receive_from() == colour
        await socket.disconnect()
