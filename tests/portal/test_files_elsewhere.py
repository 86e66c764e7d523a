"""Uploads in an S3-like store: Django writes and signs, NGINX sends, and no visitor meets the store."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from tests.support.files_server import BUCKET, SECRET, FilesServer
from tests.support.network import HOST, free_port, is_listening
from tests.support.processes import clean_environment
from tests.support.servers import ServerMissingError, find_program
from tests.support.waiting import wait_until

# Stores a file, reads it back, and prints what NGINX would get for it.
STORE = """
import json, sys
from django.core.files.base import ContentFile
from django.core.files.storage import storages
protected, public = storages["default"], storages["public"]
protected.save("files/one.pdf", ContentFile(b"%PDF-1.7 one"))
name = public.save("a b&c.txt", ContentFile(b"for everyone"))
again = public.save("a b&c.txt", ContentFile(b"another"))
with protected.open("files/one.pdf") as file:
    content = file.read().decode()
protected.save("files/two.pdf", ContentFile(b"two"))
protected.delete("files/two.pdf")
def refused(call):
    try:
        call()
    except Exception as error:
        return type(error).__name__
print(json.dumps({
    "content": content, "size": protected.size("files/one.pdf"), "exists": protected.exists("files/two.pdf"),
    "names": [name, again], "url": public.url(name), "headers": protected.headers_for_nginx("files/one.pdf"),
    "protected_url": refused(lambda: protected.url("files/one.pdf")),
    "outside": refused(lambda: public.headers_for_nginx("../protected/files/one.pdf")),
    "missing": refused(lambda: protected.open("files/none.pdf")),
}))
"""
DOCTOR = """
import json
from core.health.stack import health_checks
(check,) = [one for one in health_checks() if one.service == "files"]
result = check.run(check.examine)
print(json.dumps([result.status, result.detail, str(result.what_to_do.steps[0]) if result.what_to_do else ""]))
"""
UNAVAILABLE = """
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from core.stores.outage import is_outage
try:
    storages["default"].save("files/one.pdf", ContentFile(b"one"))
except Exception as error:
    print(is_outage(error))
"""


@pytest.fixture(scope="module")
def files_server() -> Iterator[FilesServer]:
    with FilesServer(HOST, free_port()) as server:
        yield server


def run_in_portal(portal: Path, code: str, url: str) -> str:
    environment = {**clean_environment(), "FILES_URL": url, "FILES_SECRET": SECRET}
    command = [portal / ".venv/bin/python", "manage.py", "shell", "--no-imports", "--verbosity=0", "--command", code]
    done = subprocess.run(command, cwd=portal, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


@pytest.fixture(scope="module")
def stored(portal: Path, files_server: FilesServer) -> dict:
    return json.loads(run_in_portal(portal, STORE, files_server.url))


def test_doctor_writes_and_reads_a_file_and_leaves_none(portal: Path, files_server: FilesServer) -> None:
    before = files_server.names()
    address = f"{files_server.host}:{files_server.port}"
    found = json.loads(run_in_portal(portal, DOCTOR, files_server.url))
    assert found == ["ok", f"written, read, deleted; at {address}, not encrypted", ""]
    assert files_server.names() == before
    status, detail, step = json.loads(run_in_portal(portal, DOCTOR, files_server.url.replace(address, f"{HOST}:1")))
    assert (status, detail.partition(":")[0]) == ("degraded", "ServerDown")
    assert "`FILES_URL`" in step


def test_the_storages_keep_their_promises(stored: dict, files_server: FilesServer) -> None:
    assert stored["content"] == "%PDF-1.7 one"
    assert stored["size"] == 12
    assert stored["exists"] is False
    first, second = stored["names"]
    assert first == "a b&c.txt"
    assert second != first, "the second file replaced the first"
    assert files_server.names() == sorted(
        ["portal/protected/files/one.pdf", f"portal/media/{first}", f"portal/media/{second}"]
    )
    assert stored["url"] == "/media/a%20b%26c.txt"
    assert stored["protected_url"] == "ValueError"
    assert stored["outside"] == "ValueError"
    assert stored["missing"] == "FileNotFoundError"


def test_an_address_is_signed_for_a_minute_and_names_no_server(stored: dict) -> None:
    assert stored["headers"]["X-Accel-Redirect"] == "/protected/files-elsewhere"
    address = stored["headers"]["X-Files-Address"]
    assert address.startswith(f"/{BUCKET}/portal/protected/files/one.pdf?")
    assert "X-Amz-Expires=60&" in address
    assert "X-Amz-Signature=" in address


def test_a_store_that_is_away_is_an_outage(portal: Path) -> None:
    url = f"s3://key@{HOST}:{free_port()}/{BUCKET}?security=none"
    assert run_in_portal(portal, UNAVAILABLE, url) == "True"


# NGINX

CONFIGURATION = """
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    map "" $document_language {{ default en; }}
    map "" $client_ip {{ default unknown; }}
    map "" $is_inside {{ default 1; }}
    map "" $is_closed {{ default 0; }}
    map "" $intranet_server {{ default unused; }}
    map "" $internet_server {{ default unused; }}
    map "" $intranet_sockets {{ default unused; }}
    map "" $internet_sockets {{ default unused; }}
    include snippets/maps.conf;
    upstream django {{ server {host}:{django}; }}
    server {{
        listen {host}:{port};
        set $site intranet;
        set $http_server django;
        set $files_origin http://{host}:{files};
        set $files_host {host}:{files};
        set $files_name {host};
        include snippets/files-elsewhere.conf;
        location / {{ proxy_pass http://django; }}
        location /_errors/ {{ internal; return 200 "error page $uri"; }}
    }}
}}
"""


class Django(BaseHTTPRequestHandler):
    """Answers as Django does: with the location and the address that the test has set."""

    headers_of_response: ClassVar[dict[str, str]] = {}

    def do_GET(self) -> None:
        self.send_response(200)
        for name, value in self.headers_of_response.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, *arguments: object) -> None:
        pass


class Store(BaseHTTPRequestHandler):
    """A store that a visitor must not be able to use, and that answers as the test says."""

    seen: ClassVar[list[tuple[str, str, dict[str, str]]]] = []
    status = 200
    headers_of_response: ClassVar[dict[str, str]] = {}

    def do_GET(self) -> None:
        self.seen.append((self.command, self.path, {name.lower(): value for name, value in self.headers.items()}))
        self.send_response(self.status)
        for name, value in {"Content-Length": "4", **self.headers_of_response}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"file")

    def log_message(self, *arguments: object) -> None:
        pass


@contextlib.contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    server = ThreadingHTTPServer((HOST, 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


Request = Callable[..., tuple[int, dict[str, str], bytes]]


@contextlib.contextmanager
def proxy(portal: Path, folder: Path, files: int) -> Iterator[Request]:
    try:
        program = find_program("nginx")
    except ServerMissingError:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip("NGINX is not installed")
    shutil.copytree(portal / "infrastructure/nginx/snippets", folder / "snippets")
    with serving(Django) as django:
        port = free_port()
        file = folder / "nginx.conf"
        file.write_text(CONFIGURATION.format(folder=folder, host=HOST, port=port, django=django, files=files))
        process = subprocess.Popen([program, "-p", folder, "-c", file])
        try:
            wait_until(lambda: process.poll() is not None or is_listening(port))
            assert process.poll() is None, "NGINX did not start"

            def request(
                path: str = "/api/x/", method: str = "GET", **headers: str
            ) -> tuple[int, dict[str, str], bytes]:
                connection = http.client.HTTPConnection(HOST, port, timeout=10)
                with contextlib.closing(connection):
                    connection.request(method, path, headers={n.replace("_", "-"): v for n, v in headers.items()})
                    response = connection.getresponse()
                    names = [name.lower() for name, _value in response.getheaders()]
                    assert len(names) == len(set(names)), names
                    return response.status, {n.lower(): v for n, v in response.getheaders()}, response.read()

            yield request
        finally:
            process.terminate()
            process.wait(timeout=10)


@pytest.fixture
def request_file(portal: Path, tmp_path: Path, stored: dict, files_server: FilesServer) -> Iterator[Request]:
    """Send a request to NGINX, whose Django answers with the address of the stored file."""
    Django.headers_of_response = {
        **stored["headers"],
        "Content-Type": "application/pdf",
        "Content-Disposition": 'attachment; filename="one.pdf"',
        "Cache-Control": "private, max-age=3600",
    }
    with proxy(portal, tmp_path, files_server.port) as request:
        yield request


@pytest.fixture
def request_store(portal: Path, tmp_path: Path) -> Iterator[Request]:
    """Send a request to NGINX, whose store notes what it gets, and answers as the test says."""
    Store.seen, Store.status, Store.headers_of_response = [], 200, {}
    Django.headers_of_response = {
        "X-Accel-Redirect": "/protected/files-elsewhere",
        "X-Files-Address": "/portal-files/a%20b%2Fc?X-Amz-Signature=s",
        "Content-Type": "application/pdf",
        "Cache-Control": "private, no-store",
    }
    with serving(Store) as port, proxy(portal, tmp_path, port) as request:
        yield request


def test_nginx_sends_the_file_as_django_describes_it(request_file: Request) -> None:
    status, headers, body = request_file()
    assert (status, body) == (200, b"%PDF-1.7 one")
    assert headers["content-type"] == "application/pdf"
    assert headers["content-disposition"] == 'attachment; filename="one.pdf"'
    assert headers["cache-control"] == "private, max-age=3600"
    assert headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert headers["x-content-type-options"] == "nosniff"
    assert not [name for name in headers if name.startswith(("x-amz", "x-files", "x-accel", "access-control"))]
    assert BUCKET not in str(headers)


def test_parts_of_a_file_and_its_head_can_be_had(request_file: Request) -> None:
    status, headers, body = request_file(Range="bytes=0-3")
    assert (status, body) == (206, b"%PDF")
    status, headers, body = request_file(method="HEAD")
    assert (status, headers["content-length"], body) == (200, "12", b"")
    _status, headers, _body = request_file()
    assert request_file(If_None_Match=headers["etag"])[0] == 304


def test_a_file_that_the_store_does_not_have_is_not_found(request_file: Request) -> None:
    Django.headers_of_response["X-Files-Address"] = f"/{BUCKET}/portal/protected/files/none.pdf?X-Amz-Signature=s"
    status, _headers, body = request_file()
    assert status == 404
    assert b"Bucket" not in body


def test_the_store_gets_the_signed_address_and_nothing_of_the_visitor(request_store: Request) -> None:
    request_store(
        Cookie="session=secret", Authorization="Bearer secret", X_Forwarded_For="192.0.2.1", Range="bytes=0-1"
    )
    ((method, path, headers),) = Store.seen
    assert (method, path) == ("GET", "/portal-files/a%20b%2Fc?X-Amz-Signature=s")
    assert set(headers) == {"host", "range"}


@pytest.mark.parametrize("address", ["@192.0.2.1/", ".example.com/", "//192.0.2.1/", ":80/", "", "http://192.0.2.1/"])
def test_django_cannot_send_nginx_to_another_server(request_store: Request, address: str) -> None:
    Django.headers_of_response["X-Files-Address"] = address
    assert request_store()[0] == 503
    assert Store.seen == []


@pytest.mark.parametrize("status", [302, 307, 400, 403, 500, 503])
def test_an_answer_of_the_store_that_is_no_file_is_a_503(request_store: Request, status: int) -> None:
    Store.status, Store.headers_of_response = status, {"Location": "http://192.0.2.1/", "Set-Cookie": "a=b"}
    found, headers, body = request_store()
    assert found == 503
    assert "location" not in headers
    assert "set-cookie" not in headers
    assert body != b"file"


def test_the_store_cannot_make_nginx_read_another_file(request_store: Request) -> None:
    Store.headers_of_response = {
        "X-Accel-Redirect": "/_errors/403.html",
        "Content-Type": "text/html",
        "Set-Cookie": "a=b",
    }
    status, headers, body = request_store()
    assert (status, body) == (200, b"file")
    assert headers["content-type"] == "application/pdf"
    assert "set-cookie" not in headers


def test_visitors_cannot_name_an_address(request_store: Request) -> None:
    status, _headers, _body = request_store("/protected/files-elsewhere", X_Files_Address="/portal-files/a")
    assert status == 404
    assert Store.seen == []
