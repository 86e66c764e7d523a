"""Somebody who asks a site from this machine, through the reverse proxy and over TLS, as a browser does."""

from __future__ import annotations

import json
import select
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPMessage
from http.cookies import SimpleCookie
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.stack.stack import HOST

FORM = "application/x-www-form-urlencoded"
SIGN_IN = "/_allauth/browser/v1/auth/login"
PROBLEM = "application/problem+json"
SECONDS = 20


@dataclass(frozen=True)
class Answer:
    status: int
    headers: HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")

    @property
    def kind(self) -> str:
        return self.headers.get_content_type()

    def json(self) -> Any:
        return json.loads(self.body)

    def problem(self) -> dict[str, Any]:
        """The problem details of a refusal, which say the same as its status."""
        assert self.kind == PROBLEM, f"{self.status} {self.kind}: {self.text[:300]}"
        problem = self.json()
        assert problem["status"] == self.status, problem
        assert problem["title"], problem
        assert problem.get("request_id") == self.headers["X-Request-ID"], problem
        return problem


class TurnTakingSocket(ssl.SSLSocket):
    """A TLS socket that a thread may read while another writes.

    OpenSSL's connections are not for two threads at once, and the WebSocket client reads in a thread of its own: once
    in some hundred times what the other one wrote was never sent. Here one waits for the other, and neither keeps the
    other waiting for the network.
    """

    @property
    def turn(self) -> threading.RLock:
        return self.__dict__.setdefault("_turn", threading.RLock())

    def recv(self, buflen: int = 1024, flags: int = 0) -> bytes:
        while True:
            with self.turn:
                patience = self.gettimeout()
                self.settimeout(0)
                try:
                    return super().recv(buflen, flags)
                except ssl.SSLWantReadError:
                    pass  # nothing yet, or nothing but what TLS says to itself
                finally:
                    self.settimeout(patience)
            if not select.select([self], [], [], patience)[0]:
                raise TimeoutError

    def sendall(self, data: Any, flags: int = 0) -> None:
        with self.turn:
            super().sendall(data, flags)


@dataclass
class Visitor:
    """Keeps cookies, `Secure` ones too; follows no redirect. Trusts the local authority's certificate and no other."""

    domain: str
    port: int
    tls: ssl.SSLContext
    cookies: dict[str, str] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """As the browser's address line shows it."""
        return self.domain if self.port == 443 else f"{self.domain}:{self.port}"

    @property
    def origin(self) -> str:
        return f"https://{self.host}"

    def connection(self) -> HTTPConnection:
        """A connection to the reverse proxy that names this site in its handshake."""
        plain = socket.create_connection((HOST, self.port), timeout=SECONDS)
        connection = HTTPConnection(self.domain, timeout=SECONDS)
        try:
            connection.sock = self.tls.wrap_socket(plain, server_hostname=self.domain)
        except BaseException:
            plain.close()
            raise
        return connection

    def get(self, path: str, **options: Any) -> Answer:
        return self.ask("GET", path, **options)

    def ask(
        self,
        method: str,
        path: str,
        *,
        body: bytes | str | None = None,
        headers: dict[str, str] | None = None,
        connection: HTTPConnection | None = None,
    ) -> Answer:
        """One request, on a connection of its own unless one is given."""
        one = connection or self.connection()
        try:
            one.request(method, path, body=body, headers={"Host": self.host, **self.cookie_header(), **(headers or {})})
            response = one.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        finally:
            if connection is None:
                one.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
                if not morsel.value or morsel["max-age"] == "0":
                    del self.cookies[name]
        return answer

    def cookie_header(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}

    def send(self, method: str, path: str, data: Any) -> Answer:
        """JSON to the API, as the portal's own pages send it."""
        return self.send_body(method, path, json.dumps(data), "application/json")

    def send_file(self, method: str, path: str, field: str, content: bytes, *, name: str, kind: str) -> Answer:
        """A form with one file, as the portal's own pages send it."""
        boundary = "----boundary-of-a-form"
        part = f'Content-Disposition: form-data; name="{field}"; filename="{name}"\r\nContent-Type: {kind}'
        body = f"--{boundary}\r\n{part}\r\n\r\n".encode() + content + f"\r\n--{boundary}--\r\n".encode()
        return self.send_body(method, path, body, f"multipart/form-data; boundary={boundary}")

    def send_body(self, method: str, path: str, body: bytes | str, kind: str) -> Answer:
        if self.csrf_token is None:
            self.get("/api/portal/")
        headers = {"Content-Type": kind, "Origin": self.origin, "X-CSRFToken": self.csrf_token or ""}
        return self.ask(method, path, body=body, headers=headers)

    @property
    def csrf_token(self) -> str | None:
        return next((value for name, value in self.cookies.items() if name.endswith("_csrf")), None)

    def sign_in(self, username: str, password: str, *, origin: str | None = None) -> Answer:
        """As the portal's own sign-in page does it."""
        self.get("/_allauth/browser/v1/config")  # hands out the CSRF cookie
        headers = {
            "Content-Type": "application/json",
            "X-CSRFToken": self.csrf_token or "",
            "Origin": origin or self.origin,
            "Referer": f"{self.origin}/sign-in/",
        }
        body = json.dumps({"username": username, "password": password})
        return self.ask("POST", SIGN_IN, body=body, headers=headers)

    @property
    def person(self) -> str | None:
        """Who the portal takes this visitor for."""
        answer = self.get("/api/portal/")
        assert answer.status == 200, answer
        person = answer.json()["person"]
        return person and person["username"]

    @contextmanager
    def socket(self, path: str, *, origin: str | None = None, **headers: str) -> Iterator[ClientConnection]:
        """A WebSocket from a page of the site, or of another `origin`. Raises InvalidStatus when it is refused."""
        with connect(
            f"wss://{self.host}{path}",
            sock=socket.create_connection((HOST, self.port), timeout=SECONDS),
            ssl=self.tls,
            server_hostname=self.domain,
            origin=origin or self.origin,
            additional_headers=[*self.cookie_header().items(), *headers.items()],
            proxy=None,
            open_timeout=SECONDS,
            close_timeout=5,
            max_size=None,
        ) as connection:
            yield connection
