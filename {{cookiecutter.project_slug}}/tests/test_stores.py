"""Apps keep drafts in the application store, codes and counters in the session store, computed values in the cache."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.cache import caches
from redis.exceptions import OutOfMemoryError, ReadOnlyError, ResponseError

from core.stores.application_store import application_store
from core.stores.cache import cached
from core.stores.outage import is_outage
from core.stores.session_store import session_store
from core.testing.waiting import wait_until

HOUR = timedelta(hours=1)


def test_a_value_is_kept_for_its_lifetime():
    store = application_store("polls")
    store.set("draft", {"question": "Why?"}, lifetime=HOUR)
    assert store.get("draft") == {"question": "Why?"}
    assert timedelta(minutes=59) < store.remaining("draft") <= HOUR


@pytest.mark.parametrize("open_store", [application_store, session_store])
@pytest.mark.parametrize("lifetime", [None, 60, timedelta(0), timedelta(seconds=-1), timedelta(days=365)])
def test_an_invalid_lifetime_is_refused(open_store, lifetime):
    store = open_store("polls")
    for write in (store.set, store.add):
        with pytest.raises((TypeError, ValueError)):
            write("draft", 1, lifetime=lifetime)
    with pytest.raises((TypeError, ValueError)):
        store.count("draft", lifetime=lifetime)
    assert store.get("draft") is None


def test_a_write_requires_a_lifetime():
    with pytest.raises(TypeError):
        application_store("polls").set("draft", 1)


def test_namespaces_are_separate():
    application_store("polls").set("draft", "polls", lifetime=HOUR)
    application_store("library").set("draft", "library", lifetime=HOUR)
    session_store("polls").set("draft", "protected", lifetime=HOUR)
    assert application_store("polls").get("draft") == "polls"
    assert session_store("polls").get("draft") == "protected"


@pytest.mark.parametrize("namespace", ["", "Polls", "a:b", "1a"])
def test_a_namespace_must_be_an_apps_name(namespace):
    with pytest.raises(ValueError, match="namespace"):
        application_store(namespace)


def test_add_does_not_overwrite():
    store = application_store("polls")
    assert store.add("once", 1, lifetime=HOUR)
    assert not store.add("once", 2, lifetime=HOUR)
    assert store.get("once") == 1


@pytest.mark.parametrize("open_store", [application_store, session_store])
def test_a_value_can_be_taken_once(open_store):
    store = open_store("polls")
    store.set("code", "1234", lifetime=HOUR)
    assert (store.take("code"), store.take("code")) == ("1234", None)


@pytest.mark.parametrize("open_store", [application_store, session_store])
def test_a_counter_expires_after_its_first_increments_lifetime(open_store):
    store = open_store("polls")
    assert [store.count("tries", lifetime=HOUR) for _ in range(3)] == [1, 2, 3]
    assert store.remaining("tries") <= HOUR
    assert store.count("short", lifetime=timedelta(milliseconds=50)) == 1
    wait_until(lambda: store.get("short") is None)
    assert store.count("short", lifetime=HOUR) == 1


def test_a_long_key_is_refused():
    with pytest.raises(ValueError, match="200"):
        application_store("polls").get("x" * 201)


HOSTILE = ["');alert(1);('", "<img src=x onerror=alert(1)>", 'a"b', "a b", "a/b", "a%27b", "दून", "a\nb", "a*"]


@pytest.mark.parametrize("key", HOSTILE)
def test_a_key_that_the_redis_gui_would_show_as_code_is_refused(key):
    store = application_store("polls")
    for use in (store.get, store.delete, store.take, store.remaining):
        with pytest.raises(ValueError, match="only letters, digits and"):
            use(key)
    for use in (store.set, store.add):
        with pytest.raises(ValueError, match="only letters, digits and"):
            use(key, 1, lifetime=HOUR)
    with pytest.raises(ValueError, match="only letters, digits and"):
        store.count(key, lifetime=HOUR)


@pytest.mark.parametrize("alias", ["application", "sessions", "notifications"])
@pytest.mark.parametrize("key", HOSTILE)
def test_no_store_that_the_redis_gui_shows_gets_such_a_key(alias, key):
    with pytest.raises(ValueError, match="only letters, digits and"):
        caches[alias].set(key, 1)


def test_a_key_may_have_letters_digits_and_some_signs():
    store = application_store("polls")
    store.set("Draft:42_of.asha@example-edu", 1, lifetime=HOUR)
    assert store.get("Draft:42_of.asha@example-edu") == 1


@pytest.mark.parametrize("alias", ["default", "application", "cache", "sessions", "notifications"])
def test_every_store_has_a_default_lifetime(alias):
    assert settings.CACHES[alias]["TIMEOUT"] > 0


def test_values_of_libraries_expire():
    caches["default"].set("allauth:ratelimit", 1)
    assert 0 < caches["default"].ttl("allauth:ratelimit") <= settings.CACHES["default"]["TIMEOUT"]


def test_what_must_not_be_evicted_is_in_the_session_store_under_its_own_prefix():
    assert settings.CACHES["default"]["LOCATION"] == settings.CACHES["sessions"]["LOCATION"]
    assert settings.CACHES["application"]["LOCATION"] != settings.CACHES["sessions"]["LOCATION"]
    session_store("polls").set("code", "1234", lifetime=HOUR)
    caches["default"].set("allauth:ratelimit", 1)
    client = caches["sessions"].client.get_client(write=True)
    names = [name.decode() for name in client.scan_iter(f"{settings.CACHES['default']['KEY_PREFIX']}:*")]
    assert len(names) == 2
    assert caches["sessions"].keys("*") == []


@pytest.mark.parametrize("typed", ["asha@example.edu", "<img src=x onerror=alert(1)>", "a b'c\"d\n", "दून 😀"])
def test_the_names_of_protected_keys_hold_nothing_that_was_typed(typed):
    caches["default"].set(f"login:{typed}", 1)
    session_store("polls").set(typed, 1, lifetime=HOUR)
    client = caches["default"].client.get_client(write=True)
    prefix = settings.CACHES["default"]["KEY_PREFIX"]
    names = [name.decode() for name in client.scan_iter(f"{prefix}:*")]
    assert len(names) == 2
    assert all(re.fullmatch(rf"{prefix}:1:[0-9a-f]{{64}}", name) for name in names)
    assert caches["default"].get(f"login:{typed}") == session_store("polls").get(typed) == 1


def test_a_protected_value_has_a_limit_of_bytes():
    store = session_store("polls")
    for write in (store.set, store.add):
        with pytest.raises(ValueError, match="65536 bytes"):
            write("code", "x" * 70_000, lifetime=HOUR)
    assert store.get("code") is None


@pytest.mark.parametrize(
    "refusal",
    [
        OutOfMemoryError("command not allowed when used memory > 'maxmemory'."),
        ReadOnlyError("You can't write against a read only replica."),
        ResponseError("MISCONF Errors writing to the AOF file: No space left on device"),
    ],
)
def test_a_store_that_refuses_to_write_is_an_outage(refusal):
    assert is_outage(refusal)
    assert not is_outage(ResponseError("unknown command"))


def test_the_cache_computes_a_value_once():
    calls = []

    def compute():
        calls.append(1)
        return [1, 2]

    for _ in range(3):
        assert cached("polls").get_or_compute("once", compute, lifetime=HOUR) == [1, 2]
    assert len(calls) == 1


def test_the_cache_keeps_none():
    calls = []
    for _ in range(2):
        assert cached("polls").get_or_compute("none", lambda: calls.append(1), lifetime=HOUR) is None
    assert len(calls) == 1


def test_many_values_cost_one_round_trip(round_trips):
    values = cached("polls")
    # No other test uses these keys: clear() makes Memcached forget only what is older than a second.
    keys = [f"many:{number}" for number in range(20)]

    def compute(missing):
        return {key: [key, None] for key in missing}

    with round_trips(sql=0, stores=2):
        first = values.get_many_or_compute(keys, compute, lifetime=HOUR)
    with round_trips(sql=0, stores=1):
        assert values.get_many_or_compute(keys, pytest.fail, lifetime=HOUR) == first
    assert list(first) == keys
    assert first["many:7"] == ["many:7", None]


def test_only_missing_values_are_computed():
    values = cached("polls")
    values.get_or_compute("a", lambda: None, lifetime=HOUR)
    computed = []

    def compute(missing):
        computed.extend(missing)
        return dict.fromkeys(missing, "new")

    assert values.get_many_or_compute(["b", "a", "c"], compute, lifetime=HOUR) == {"b": "new", "a": None, "c": "new"}
    assert computed == ["b", "c"]


def test_no_keys_cost_nothing(round_trips):
    with round_trips(sql=0, stores=0):
        assert cached("polls").get_many_or_compute([], pytest.fail, lifetime=HOUR) == {}
