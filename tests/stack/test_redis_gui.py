"""Maintainers look into the four stores; nobody else does, and nothing is written."""

import json
from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from tests.support.compose import STORES, Stack
from tests.support.visitor import FORM, Response, Visitor

Visit = Callable[..., Visitor]

WRITE_SECRETS = """
from datetime import timedelta
from core.stores.application_store import application_store
for namespace, key in (("polls", "code"), ("apps", "code"), ("polls", "of:apps:code")):
    application_store(namespace, secret=True).set(key, "a secret", lifetime=timedelta(minutes=10))
application_store("polls").set("open", "to see", lifetime=timedelta(minutes=10))
"""
PREFIX = "portal:1"  # Django puts the version of its format there


def test_a_maintainer_sees_the_four_stores(visit: Visit, sessions: dict) -> None:
    maintainer = visit("intranet", "chief")
    page = maintainer.get("/redis/")
    assert page.status == 200
    assert "Redis Commander" in page.text
    shown = maintainer.get("/redis/connections").json()["connections"]
    assert sorted(one["label"] for one in shown) == sorted(STORES)


@pytest.mark.parametrize("store", STORES)
def test_a_maintainer_sees_what_a_store_holds(visit: Visit, sessions: dict, store: str) -> None:
    answer = ask_store(visit("intranet", "chief"), store, "info server")
    assert "redis_version" in answer.text


@pytest.mark.parametrize("path", ["/redis/", "/redis/connections", "/redis/scripts/redisCommander.js"])
def test_an_anonymous_visitor_is_sent_to_sign_in(visit: Visit, path: str) -> None:
    answer = visit("intranet").get(path)
    assert answer.status == 302
    assert answer.headers["Location"] == "/admin/login/?next=/redis/"


@pytest.mark.parametrize("person", ["clerk", "reader"])
@pytest.mark.parametrize("path", ["/redis/", "/redis/connections"])
def test_whoever_is_no_maintainer_is_refused(visit: Visit, sessions: dict, person: str, path: str) -> None:
    visitor = visit("intranet", person)
    assert visitor.username == person
    answer = visitor.get(path)
    assert answer.status == 403
    assert "Redis Commander" not in answer.text
    assert '<link rel="stylesheet" href="/static/error.css">' in answer.text, "the page of our own"


def test_a_session_of_the_internet_site_opens_nothing(visit: Visit, sessions: dict) -> None:
    visitor = visit("intranet")
    visitor.cookies["__Host-intranet_session"] = sessions["internet"]["chief"]["value"]
    assert visitor.get("/redis/").status == 302


def ask_store(visitor: Visitor, store: str, command: str) -> Response:
    headers = {"Content-Type": FORM, "Origin": visitor.origin}
    return visitor.request(
        "POST", f"/redis/apiv1/exec/R:{store}:6379:0", body=urlencode({"cmd": command}), headers=headers
    )


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize("command", ["set portal:1:apps:polls:open x", "flushall", "config set maxmemory 1", "del x"])
def test_the_gui_writes_nothing(stack: Stack, visit: Visit, sessions: dict, store: str, command: str) -> None:
    answer = ask_store(visit("intranet", "chief"), store, command)
    said = answer.json()["data"]
    assert "read-only" in said or "NOPERM" in said, said


@pytest.mark.parametrize("store", STORES)
def test_whoever_names_no_user_is_refused(stack: Stack, store: str) -> None:
    done = stack.execute(store, "sh", "-c", "unset REDISCLI_AUTH; redis-cli ping; redis-cli get x")
    assert done.stdout.count("NOAUTH") == 2
    assert "WRONGPASS" in stack.redis(store, "default", "ping"), "the default user is off"


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize(
    "command", ["SET portal:1:x y", "DEL portal:1:x", "EXPIRE portal:1:x 1", "FLUSHALL", "CONFIG SET maxmemory 1"]
)
def test_the_viewer_cannot_write(stack: Stack, store: str, command: str) -> None:
    assert "NOPERM" in stack.redis(store, "viewer", *command.split())


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize(
    "command",
    ["CONFIG GET requirepass", "CONFIG SET maxmemory 1", "FLUSHALL", "ACL LIST", "SHUTDOWN", "SAVE", "GET elsewhere"],
)
def test_the_portal_itself_cannot_govern_a_store(stack: Stack, store: str, command: str) -> None:
    assert "NOPERM" in stack.redis(store, "portal", *command.split())


@pytest.fixture(scope="module")
def written(stack: Stack) -> None:
    stack.python(WRITE_SECRETS)


def test_the_viewer_reads_what_is_open(stack: Stack, written: None) -> None:
    assert json.loads(stack.redis("application-store", "viewer", "GET", f"{PREFIX}:apps:polls:open")) == "to see"


@pytest.mark.parametrize("key", ["secrets:polls:code", "secrets:apps:code", "secrets:polls:of:apps:code"])
@pytest.mark.parametrize("command", [["GET"], ["TYPE"], ["STRLEN"], ["MEMORY", "USAGE"]])
def test_the_viewer_reads_no_secret(stack: Stack, written: None, key: str, command: list[str]) -> None:
    assert "a secret" in stack.redis("application-store", "portal", "GET", f"{PREFIX}:{key}"), "the portal itself does"
    assert "NOPERM" in stack.redis("application-store", "viewer", *command, f"{PREFIX}:{key}")
