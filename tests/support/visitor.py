"""An HTTP and WebSocket client that keeps cookies as a browser does, and sends what the portal's pages send."""

import json
import socket as sockets
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPMessage
from http.cookies import SimpleCookie
from typing import Any, Self
from urllib.parse import urlsplit

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from tests.support.network import HOST

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
PROBLEM = "application/problem+json"
SIGN_IN = "/_allauth/browser/v1/auth/login"
SESSION = "/_allauth/browser/v1/auth/session"
GIVES_CSRF_COOKIE = "/_allauth/browser/v1/config"
TIMEOUT_SECONDS = 20
TRY_NEXT_SECONDS = 1


@dataclass(frozen=True)
class Response:
    status: int
    headers: HTTPMessage
    body: bytes
    set_cookies: dict[str, str] = field(default_factory=dict)  # name → value; "" for a cookie that is deleted

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")

    @property
    def content_type(self) -> str:
        return self.headers.get_content_type()

    def json(self) -> Any:
        return json.loads(self.body)

    def problem(self) -> dict[str, Any]:
        """Return the problem details. Fails when the response has none, or when they differ from its headers."""
        if self.content_type != PROBLEM:
            raise AssertionError(f"no problem details: {self.status} {self.content_type}: {self.text[:300]}")
        problem = self.json()
        is_consistent = (
            problem["status"] == self.status
            and problem["title"]
            and problem.get("request_id") == self.headers["X-Request-ID"]
        )
        if not is_consistent:
            raise AssertionError(f"problem details that differ from the response's headers: {problem}")
        return problem


@dataclass
class Visitor:
    """A client of one site. It keeps `Secure` cookies over plain connections too, and follows no redirect."""

    origin: str  # as in the browser's address bar: https://portal.example.edu:8443
    port: int  # where the server listens, on each of `addresses`
    tls: ssl.SSLContext | None = None  # None: the connection is plain, whatever `origin` says
    headers: dict[str, str] = field(default_factory=dict)  # added to every request
    cookies: dict[str, str] = field(default_factory=dict)
    addresses: tuple[str, ...] = (HOST,)  # as a name has them in DNS: a browser tries the next one when one is away

    @classmethod
    def local(cls, port: int) -> Self:
        """Return a visitor of a development server, which has no reverse proxy and no domain."""
        return cls(f"http://{HOST}:{port}", port)

    @classmethod
    def proxied(cls, port: int, domain: str) -> Self:
        """Return a visitor whose requests arrive as the reverse proxy passes them on: plain, with its headers."""
        headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
        return cls(f"https://{domain}", port, headers=headers)

    @property
    def host(self) -> str:
        return urlsplit(self.origin).netloc

    @property
    def domain(self) -> str:
        return urlsplit(self.origin).hostname

    def plain_connection(self) -> sockets.socket:
        """Connect to the first address that answers. Raises OSError when none does."""
        for address in self.addresses[:-1]:
            try:
                connection = sockets.create_connection((address, self.port), timeout=TRY_NEXT_SECONDS)
            except OSError:
                continue
            connection.settimeout(TIMEOUT_SECONDS)
            return connection
        return sockets.create_connection((self.addresses[-1], self.port), timeout=TIMEOUT_SECONDS)

    def connection(self) -> HTTPConnection:
        """Open a connection. Over TLS, the handshake names the site's domain."""
        plain = self.plain_connection()
        connection = HTTPConnection(self.domain, timeout=TIMEOUT_SECONDS)
        try:
            connection.sock = self.tls.wrap_socket(plain, server_hostname=self.domain) if self.tls else plain
        except BaseException:
            plain.close()
            raise
        return connection

    def get(self, path: str, **options: Any) -> Response:
        return self.request("GET", path, **options)

    def request(
        self,
        method: str,
        path: str,
        *,
        body: bytes | str | None = None,
        headers: dict[str, str] | None = None,
        connection: HTTPConnection | None = None,
    ) -> Response:
        """Send one request, on a connection of its own unless one is given. `headers` replace the visitor's own."""
        used = connection or self.connection()
        sent = {"Host": self.host, "Accept": "text/html, */*;q=0.8", **self.headers, **self.cookie_header()}
        try:
            used.request(method, path, body=body, headers=sent | (headers or {}))
            raw = used.getresponse()
            content = raw.read()
        finally:
            if connection is None:
                used.close()
        return Response(raw.status, raw.headers, content, self.keep_cookies(raw.headers))

    def keep_cookies(self, headers: HTTPMessage) -> dict[str, str]:
        set_cookies = {}
        for line in headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                set_cookies[name] = morsel.value
                if morsel.value and morsel["max-age"] != "0":
                    self.cookies[name] = morsel.value
                else:
                    self.cookies.pop(name, None)
        return set_cookies

    def cookie_header(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}

    # What the portal's pages do.

    @property
    def csrf_token(self) -> str:
        """The token of the CSRF cookie, which is fetched when there is none yet."""
        tokens = [value for name, value in self.cookies.items() if name.endswith("_csrf")]
        if not tokens:
            self.get(GIVES_CSRF_COOKIE)
            tokens = [value for name, value in self.cookies.items() if name.endswith("_csrf")]
        return tokens[0] if tokens else ""

    def page_headers(self, content_type: str = JSON) -> dict[str, str]:
        """Return the headers with which a page of the portal changes something."""
        return {
            "Content-Type": content_type,
            "X-CSRFToken": self.csrf_token,
            "Origin": self.origin,
            "Referer": f"{self.origin}/",
        }

    def send(self, method: str, path: str, data: Any = None, **headers: str) -> Response:
        """Send JSON to the API as a page does. Without `data` the request has no body."""
        body = None if data is None else json.dumps(data)
        return self.request(method, path, body=body, headers=self.page_headers() | headers)

    def send_file(self, method: str, path: str, field: str, content: bytes, *, name: str, kind: str) -> Response:
        """Send a form with one file of the content type `kind` as a page does."""
        boundary = "----boundary-of-a-form"
        part = f'Content-Disposition: form-data; name="{field}"; filename="{name}"\r\nContent-Type: {kind}'
        body = f"--{boundary}\r\n{part}\r\n\r\n".encode() + content + f"\r\n--{boundary}--\r\n".encode()
        headers = self.page_headers(f"multipart/form-data; boundary={boundary}")
        return self.request(method, path, body=body, headers=headers)

    def sign_in(self, username: str, password: str, **headers: str) -> Response:
        return self.send("POST", SIGN_IN, {"username": username, "password": password}, **headers)

    def sign_in_as(self, account: str) -> Self:
        """Sign in with an account of the demo content. Returns the visitor."""
        response = self.sign_in(account, f"welcome-{account}")
        if response.status != 200:
            raise AssertionError(f"{account} cannot sign in: {response.status} {response.text[:300]}")
        return self

    def sign_out(self) -> Response:
        return self.send("DELETE", SESSION)

    def portal(self) -> dict[str, Any]:
        """Return what the shell gets: the person, the apps, the site."""
        response = self.get("/api/portal/")
        if response.status != 200:
            raise AssertionError(f"/api/portal/ answered {response.status}: {response.text[:300]}")
        return response.json()

    @property
    def username(self) -> str | None:
        """Who the portal recognises, None for an anonymous visitor."""
        person = self.portal()["person"]
        return person and person["username"]

    @property
    def apps(self) -> list[str]:
        """The names of the apps that the portal lists for this visitor."""
        return [app["name"] for app in self.portal()["apps"]]

    @contextmanager
    def socket(self, path: str, *, origin: str | None = None, **headers: str) -> Iterator[ClientConnection]:
        """Open a WebSocket from a page of the site, or from a page of another `origin`.

        Raises websockets.exceptions.InvalidStatus when the handshake is refused.
        """
        over_tls = {"ssl": self.tls, "server_hostname": self.domain} if self.tls else {}
        with connect(
            f"{'wss' if self.tls else 'ws'}://{self.host}{path}",
            sock=self.plain_connection(),
            origin=origin or self.origin,
            additional_headers=[*self.cookie_header().items(), *headers.items()],
            proxy=None,
            open_timeout=TIMEOUT_SECONDS,
            close_timeout=5,
            max_size=None,
            **over_tls,
        ) as connection:
            yield connection


def close_code(connection: ClientConnection) -> int | None:
    """Return the code with which the server closes the socket, None when it disconnects without a code.

    Messages that arrive before are skipped.
    """
    try:
        while True:
            connection.recv(timeout=15)
    except ConnectionClosed as closed:
        return closed.rcvd and closed.rcvd.code


def subscribe(connection: ClientConnection, *topics: str) -> dict[str, Any]:
    """Subscribe to topics over a socket of /ws/portal/, and return the answer."""
    connection.send(json.dumps({"subscribe": topics}))
    return json.loads(connection.recv(timeout=TIMEOUT_SECONDS))


def receive_topics(connection: ClientConnection, publish: Callable[[], object] = lambda: None) -> set[str]:
    """Call `publish`, wait for the updates that arrive, acknowledge them, and return their topics."""
    publish()
    updates = json.loads(connection.recv(timeout=TIMEOUT_SECONDS))["updates"]
    connection.send(json.dumps({"acknowledge": updates}))
    return set(updates)
