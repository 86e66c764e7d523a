"""Maintainers can read the four stores. Nobody else can, and nobody can write to them."""

import hashlib
import json
from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from tests.support.compose import STORES, Stack
from tests.support.visitor import FORM, Response, Visitor

Visit = Callable[..., Visitor]

STORE_VALUES = """
from datetime import timedelta
from core.stores.application_store import application_store
from core.stores.session_store import session_store
for namespace, key in (("polls", "code"), ("apps", "code"), ("polls", "of:apps:code")):
    session_store(namespace).set(key, "a secret", lifetime=timedelta(minutes=10))
application_store("polls").set("open", "to see", lifetime=timedelta(minutes=10))
"""
PREFIX = "portal:1"  # Django's prefix: KEY_PREFIX and VERSION


def test_a_maintainer_sees_the_four_stores(visit: Visit, sessions: dict) -> None:
    maintainer = visit("intranet", "chief")
    page = maintainer.get("/redis/")
    assert page.status == 200
    assert "Redis Commander" in page.text
    connections = maintainer.get("/redis/connections").json()["connections"]
    assert sorted(one["label"] for one in connections) == sorted(STORES)


@pytest.mark.parametrize("store", STORES)
def test_a_maintainer_can_read_each_store(visit: Visit, sessions: dict, store: str) -> None:
    response = run_command(visit("intranet", "chief"), store, "info server")
    assert "redis_version" in response.text


@pytest.mark.parametrize("path", ["/redis/", "/redis/connections", "/redis/scripts/redisCommander.js"])
def test_an_anonymous_visitor_is_sent_to_sign_in(visit: Visit, path: str) -> None:
    response = visit("intranet").get(path)
    assert response.status == 302
    assert response.headers["Location"] == "/admin/login/?next=/redis/"


@pytest.mark.parametrize("person", ["clerk", "reader"])
@pytest.mark.parametrize("path", ["/redis/", "/redis/connections"])
def test_a_person_who_is_no_maintainer_is_refused(visit: Visit, sessions: dict, person: str, path: str) -> None:
    visitor = visit("intranet", person)
    assert visitor.username == person
    response = visitor.get(path)
    assert response.status == 403
    assert "Redis Commander" not in response.text
    assert '<link rel="stylesheet" href="/static/error.css">' in response.text, "this is not the portal's error page"


def test_a_session_of_the_internet_site_grants_no_access(visit: Visit, sessions: dict) -> None:
    visitor = visit("intranet")
    visitor.cookies["__Host-intranet_session"] = sessions["internet"]["chief"]["value"]
    assert visitor.get("/redis/").status == 302


def run_command(visitor: Visitor, store: str, command: str) -> Response:
    headers = {"Content-Type": FORM, "Origin": visitor.origin}
    return visitor.request(
        "POST", f"/redis/apiv1/exec/R:{store}:6379:0", body=urlencode({"cmd": command}), headers=headers
    )


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("command", ["set portal:1:apps:polls:open x", "flushall", "config set maxmemory 1", "del x"])
def test_the_gui_cannot_write(stack: Stack, visit: Visit, sessions: dict, store: str, command: str) -> None:
    response = run_command(visit("intranet", "chief"), store, command)
    reply = response.json()["data"]
    assert "read-only" in reply or "NOPERM" in reply, reply


@pytest.mark.parametrize("store", STORES)
def test_a_client_without_a_user_is_refused(stack: Stack, store: str) -> None:
    done = stack.execute(store, "sh", "-c", "unset REDISCLI_AUTH; redis-cli ping; redis-cli get x")
    assert done.stdout.count("NOAUTH") == 2
    assert "WRONGPASS" in stack.redis(store, "default", "ping"), "the default user is enabled"


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize(
    "command", ["SET portal:1:x y", "DEL portal:1:x", "EXPIRE portal:1:x 1", "FLUSHALL", "CONFIG SET maxmemory 1"]
)
def test_the_viewer_cannot_write(stack: Stack, store: str, command: str) -> None:
    assert "NOPERM" in stack.redis(store, "viewer", *command.split())


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize(
    "command",
    ["CONFIG GET requirepass", "CONFIG SET maxmemory 1", "FLUSHALL", "ACL LIST", "SHUTDOWN", "SAVE", "GET other:key"],
)
def test_the_portal_cannot_administer_a_store(stack: Stack, store: str, command: str) -> None:
    assert "NOPERM" in stack.redis(store, "portal", *command.split())


@pytest.fixture(scope="module")
def stored_values(stack: Stack) -> None:
    stack.python(STORE_VALUES)


def test_the_viewer_can_read_what_is_not_secret(stack: Stack, stored_values: None) -> None:
    assert json.loads(stack.redis("application-store", "viewer", "GET", f"{PREFIX}:apps:polls:open")) == "to see"


@pytest.mark.parametrize("key", ["apps:polls:code", "apps:apps:code", "apps:polls:of:apps:code"])
@pytest.mark.parametrize("command", [["GET"], ["TYPE"], ["STRLEN"], ["MEMORY", "USAGE"]])
def test_the_viewer_cannot_read_codes_counters_and_mail(
    stack: Stack, stored_values: None, key: str, command: list[str]
) -> None:
    name = f"portal:default:1:{hashlib.sha256(key.encode()).hexdigest()}"
    assert "a secret" in stack.redis("session-store", "portal", "GET", name), "nobody can read it"
    assert "NOPERM" in stack.redis("session-store", "viewer", *command, name)


def test_the_viewer_sees_sessions_encrypted(stack: Stack, sessions: dict) -> None:
    keys = stack.redis("session-store", "viewer", "KEYS", "portal:2:sessions:*").split()
    assert keys
    for key in keys:
        value = stack.redis("session-store", "viewer", "GET", key)
        assert value.startswith("gAAAA"), "this is not encrypted"
        assert "_auth_user_hash" not in value


@pytest.mark.parametrize("key", ["portal:1:sessions:of-before-encryption", "portal:1:code", "portal:default:1:code"])
@pytest.mark.parametrize("command", [["GET"], ["TYPE"], ["STRLEN"], ["MEMORY", "USAGE"]])
def test_the_viewer_reads_nothing_else_in_the_session_store(stack: Stack, key: str, command: list[str]) -> None:
    assert "OK" in stack.redis("session-store", "portal", "SET", key, "a secret", "EX", "600")
    assert "NOPERM" in stack.redis("session-store", "viewer", *command, key)
