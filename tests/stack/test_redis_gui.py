"""Maintainers can read the four stores. Nobody else can, and nobody can write to them."""

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
import yaml

from tests.support.browser import find_chromium, running_browser
from tests.support.compose import STORES, Stack
from tests.support.visitor import FORM, Visitor
from tests.support.waiting import wait_until

Visit = Callable[..., Visitor]

STORE_VALUES = """
from datetime import timedelta
from core.stores.application_store import application_store
from core.stores.session_store import session_store
for namespace, key in (("polls", "code"), ("apps", "code"), ("polls", "of:apps:code")):
    session_store(namespace).set(key, "a secret", lifetime=timedelta(minutes=10))
application_store("polls").set("open", "to see", lifetime=timedelta(minutes=10))
"""
ECHO = """
require("http").createServer((request, response) => {
    response.setHeader("Set-Cookie", "tracking=1");
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify(request.headers));
}).listen(8081);
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
    response = visit("intranet", "chief").get(f"/redis/apiv2/server/{connection_id(store)}/info")
    assert response.status == 200
    assert re.search("redis.version", response.text, re.IGNORECASE)


def connection_id(store: str) -> str:
    return f"R:{store}:6379:0"


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


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@pytest.mark.parametrize(
    "path",
    [
        "",
        "connections",
        "login",
        "login/detectDb",
        "logout/R:session-store:6379:0",
        "tools/import",
        "apiv1/exec/R:session-store:6379:0",
        "apiv2/exec/R:session-store:6379:0",
        "apiv2/key/R:session-store:6379:0/portal:1:x",
        "apiv2/keys/R:session-store:6379:0/portal:1:x",
    ],
)
def test_only_reads_pass(visit: Visit, sessions: dict, method: str, path: str) -> None:
    visitor = visit("intranet", "chief")
    headers = {"Content-Type": FORM, "Origin": visitor.origin}
    response = visitor.request(method, f"/redis/{path}", body=urlencode({"cmd": "info"}), headers=headers)
    assert response.status in {404, 405}


@pytest.mark.parametrize(
    "path",
    [
        "sso",
        "login",
        "tools/export?connection=R:session-store:6379:0",
        "tools/forms/import",
        "apiv1/server/info",
        "apiv1/key/R:session-store:6379:0/portal:1:x",
        "apiv2/server/info",
        "apiv2/keys/R:session-store:6379:0/portal",
        "apiv2/key/R:another-host:6379:1/x",
        "apiv2/hash/key/R:session-store:6379:0/x?field=y",
        "tools/../../redis/tools/forms/import",
        "scripts/%2e%2e/tools/forms/import",
        "apiv2/hash/key/R:session-store:6379:0/../../../../tools/forms/import",
        "healthcheck",
    ],
)
def test_what_the_page_does_not_read_does_not_pass(visit: Visit, sessions: dict, path: str) -> None:
    assert visit("intranet", "chief").get(f"/redis/{path}").status == 404


HOSTILE = ["');alert(1);('", "<img src=x onerror=alert(1)>", 'a"b', "a b", "a%27b", "a/b", "a;b", "a\nb"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_key_that_could_be_code_cannot_be_opened(visit: Visit, sessions: dict, stack: Stack, name: str) -> None:
    """The portal writes no such key. If anything did, the page's handlers would never get it."""
    key = f"portal:1:apps:polls:{name}"
    assert stack.redis("application-store", "portal", "SET", key, "x", "EX", "60") == "OK"
    try:
        path = f"/redis/apiv2/key/{connection_id('application-store')}/{quote(key, safe='')}"
        assert visit("intranet", "chief").get(path).status == 404
    finally:
        stack.redis("application-store", "portal", "DEL", key)


def test_no_key_of_the_portal_could_be_code(visit: Visit, sessions: dict, stack: Stack, stored_values: None) -> None:
    visit("internet", "reader").get("/api/portal/")
    for store in STORES:
        keys = stack.redis(store, "viewer", "--scan").splitlines()
        assert keys or store == "channel-layer"
        assert not [key for key in keys if not re.fullmatch(r"[A-Za-z0-9._:@-]+", key)]


def test_the_gui_gets_and_sets_no_cookie(visit: Visit, sessions: dict, stack: Stack, tmp_path: Path) -> None:
    """A program in place of Redis Commander answers with what it was sent, and tries to set a cookie."""
    program = tmp_path / "echo.js"
    program.write_text(ECHO)
    tmp_path.chmod(0o755)
    override = tmp_path / "echo.yaml"
    service = {"command": ["node", "/echo.js"], "volumes": [f"{program}:/echo.js:ro"]}
    override.write_text(yaml.safe_dump({"services": {"redis-gui": service}}))
    changed = Stack(stack.portal, project=stack.project, overrides=(override,))
    changed.compose("up", "--detach", "--no-deps", "redis-gui")
    try:
        maintainer = visit("intranet", "chief")
        assert maintainer.cookies

        def answer():
            response = maintainer.get("/redis/config", headers={"Authorization": "Basic of-the-visitor"})
            return response if response.status == 200 else None

        response = wait_until(answer, seconds=30, every=0.5)
        sent = response.json()
        assert sent["host"]
        assert "cookie" not in sent
        assert "authorization" not in sent
        assert not response.headers.get_all("Set-Cookie")
    finally:
        stack.compose("up", "--detach", "--no-deps", "--wait", "redis-gui")


def test_the_page_lists_the_stores_and_shows_a_value(
    visit: Visit, sessions: dict, stack: Stack, stored_values: None
) -> None:
    chromium = find_chromium()
    if not chromium:
        pytest.skip("there is no Chromium")
    cookie = sessions["intranet"]["chief"]
    with running_browser(chromium) as browser:
        context = browser.new_context(ignore_https_errors=True)
        context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": stack.origin("intranet")}])
        page = context.new_page()
        requests, dialogs = [], []
        page.on("response", lambda response: requests.append((response.request.method, response.url, response.status)))
        page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
        page.goto(f"{stack.origin('intranet')}/redis/")
        tree = page.locator("#keyTree")
        for store in STORES:
            tree.get_by_text(f"{store} (", exact=False).first.wait_for()
        key = tree.get_by_text("open", exact=True)

        def expand() -> bool:
            page.evaluate("$('#keyTree').jstree('open_all')")
            return key.count() == 1

        wait_until(expand, seconds=20, every=0.5)
        key.click()
        value = page.locator("#stringValue")
        value.wait_for()
        assert "to see" in value.input_value()
        assert page.locator("#itemData").get_by_text("portal:1:apps:polls:open").count() == 1
        tree.get_by_text("session-store (", exact=False).first.click()
        page.get_by_text(re.compile("redis.version", re.IGNORECASE)).first.wait_for()
    origin = stack.origin("intranet")
    posts = {url.removeprefix(origin) for method, url, _ in requests if method != "GET"}
    assert posts <= {"/redis/signin"}, "the reverse proxy answers this one itself"
    assert not [one for one in requests if one[2] >= 400]
    assert not dialogs


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
