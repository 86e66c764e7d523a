"""Uploads of a running portal in an S3-like store: people upload and read them, and meet the portal alone."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterator

import pytest
from dotenv import set_key, unset_key

from tests.stack.test_photos import RESET_LIMIT, remove, send
from tests.support.compose import SITES, TIER_II, Stack, bridge_gateway, run
from tests.support.files_server import BUCKET, SECRET, FilesServer
from tests.support.network import free_port
from tests.support.pictures import png
from tests.support.visitor import Visitor

VARIABLES = ("FILES_URL", "FILES_SECRET", "COMPOSE_FILE")
OVERRIDE = "compose.files.yaml"

PUBLIC = """
import json
from django.core.files.base import ContentFile
from core.files.storage import public_storage
print(json.dumps(public_storage().url(public_storage().save("a b.txt", ContentFile(b"for everyone")))))
"""


@pytest.fixture(scope="module")
def files_server() -> Iterator[FilesServer]:
    """A store on this machine, which containers with a way out reach as the gateway of a bridge."""
    with FilesServer(bridge_gateway(), free_port()) as server:
        yield server


@pytest.fixture(scope="module")
def portal(stack: Stack, sessions: dict, files_server: FilesServer) -> Iterator[Stack]:
    """The stack with FILES_URL. It has volumes again afterwards."""
    values = (files_server.url, SECRET, f"compose.yaml:{OVERRIDE}")
    for name, value in zip(VARIABLES, values, strict=True):
        set_key(stack.portal / ".env", name, value)
    with_files = Stack(stack.portal, overrides=(stack.portal / OVERRIDE,))
    try:
        start(with_files)
        yield with_files
    finally:
        for name in VARIABLES:
            unset_key(stack.portal / ".env", name)
        set_key(stack.portal / ".env", "FILES_SECRET", "", quote_mode="never")
        start(stack)


def start(stack: Stack) -> None:
    """Apply a change of a secret, which creates every container again: those that use others stop first."""
    run("infrastructure/write-secrets", cwd=stack.portal)
    stack.compose("stop", *TIER_II, seconds=240)
    stack.up()
    stack.execute("reverse-proxy", "nginx", "-s", "reload")


Visit = Callable[..., Visitor]


def test_a_photo_is_in_the_store_and_people_with_access_see_it(
    portal: Stack, visit: Visit, files_server: FilesServer, tls: ssl.SSLContext
) -> None:
    portal.python(RESET_LIMIT)
    before = files_server.names()
    uploaded = send(visit("internet", "reader"), png(640, 480, (200, 30, 30)))
    assert uploaded.status == 200, uploaded
    added = [name for name in files_server.names() if name not in before]
    assert len(added) == 2
    assert all(name.startswith("portal/protected/photos/") for name in added)
    for site in SITES:
        visitor = visit(site, "clerk")
        response = visitor.get(uploaded.json()["large"])
        assert (response.status, response.content_type) == (200, "image/webp")
        assert (response.body[:4], response.body[8:12]) == (b"RIFF", b"WEBP")
        assert response.headers.get_all("Cache-Control") == ["private, max-age=3600"]
        assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert BUCKET not in str(response.headers)
        unchanged = visitor.get(uploaded.json()["large"], headers={"If-None-Match": response.headers["ETag"]})
        assert (unchanged.status, unchanged.body) == (304, b"")
        assert visit(site).get(uploaded.json()["large"]).status in {401, 404}
        assert visit(site, "clerk").get("/protected/files-elsewhere").status == 404
        assert visit(site, "clerk").get(f"/protected/{added[0]}").status == 404
    assert remove(visit("internet", "reader")).status == 204
    assert files_server.names() == before


def test_files_for_everyone_are_at_media(portal: Stack, visit: Visit) -> None:
    url = portal.python(PUBLIC)
    for site in SITES:
        response = visit(site).get(url)
        assert (response.status, response.body) == (200, b"for everyone")
        assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
        assert visit(site).get("/media/missing.txt").status == 404
        assert visit(site).get("/media/%2e%2e/protected/x").status in {400, 404}


def test_the_worker_reads_and_writes_files_too(portal: Stack, files_server: FilesServer) -> None:
    code = (
        "import json; from django.core.files.base import ContentFile; from django.core.files.storage import storages\n"
        "s = storages['default']; s.save('files/w.pdf', ContentFile(b'w')); print(json.dumps(s.size('files/w.pdf')))\n"
        "s.delete('files/w.pdf')"
    )
    assert json.loads(str(portal.python(code, service="worker"))) == 1
    assert "portal/protected/files/w.pdf" not in files_server.names()


def test_only_servers_and_worker_have_the_secret_and_the_servers_a_way_out(portal: Stack) -> None:
    services = json.loads(portal.compose("config", "--format", "json").stdout)["services"]
    having = {
        name for name, one in services.items() if "files_secret" in {each["source"] for each in one.get("secrets", [])}
    }
    assert having == {"intranet-server", "internet-server", "worker", "configuration"}
    outward = {name for name, one in services.items() if "outward" in (one.get("networks") or {})}
    assert {"intranet-server", "internet-server", "worker"} <= outward
    assert not outward & {"intranet-sockets", "internet-sockets", "scheduler", "database", "reverse-proxy"}


def test_a_store_that_is_away_is_a_503_for_its_files_alone(
    portal: Stack, visit: Visit, files_server: FilesServer
) -> None:
    url = portal.python(PUBLIC)
    files_server.close()
    assert visit("internet").get(url).status == 503
    assert send(visit("internet", "reader"), png(64, 48, (200, 30, 30))).status == 503
    assert visit("internet").get("/api/portal/").status == 200
