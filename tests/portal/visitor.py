"""Somebody who asks a portal's server as the reverse proxy asks it: with the site's name, over TLS as it says."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from socket import create_connection
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.portal.servers import HOST

SIGN_IN = "/_allauth/browser/v1/auth/login"
SESSION = "/_allauth/browser/v1/auth/session"


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]  # by lower-case name
    text: str
    set_cookies: dict[str, str]

    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class Visitor:
    """Keeps cookies as a browser does, `Secure` ones too; follows no redirect."""

    port: int
    host: str  # as the browser's address line shows it
    cookies: dict[str, str] = field(default_factory=dict)
    scheme: str = "https"
    forwarded: bool = True  # False: asks the server directly, past the reverse proxy

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.host}"

    def get(self, path: str) -> Answer:
        return self.ask("GET", path)

    def ask(
        self, method: str, path: str, *, body: str | bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        connection = HTTPConnection(HOST, self.port, timeout=20)
        try:
            connection.request(method, path, body=body, headers=self.all_headers() | (headers or {}))
            response = connection.getresponse()
            text = response.read().decode(errors="replace")
        finally:
            connection.close()
        set_cookies = {}
        for line in response.headers.get_all("Set-Cookie") or []:
            for name, morsel in SimpleCookie(line).items():
                set_cookies[name] = morsel.value
                if morsel.value and morsel["max-age"] != "0":
                    self.cookies[name] = morsel.value
                else:
                    self.cookies.pop(name, None)
        names = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, names, text, set_cookies)

    def all_headers(self) -> dict[str, str]:
        by_proxy = {"X-Forwarded-Proto": self.scheme, "X-Forwarded-For": "203.0.113.7"} if self.forwarded else {}
        cookies = {"Cookie": self.cookie_header()} if self.cookies else {}
        return {"Host": self.host, "Accept": "text/html, */*;q=0.8", **by_proxy, **cookies}

    def cookie_header(self) -> str:
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def sign_in(self, username: str, password: str) -> Answer:
        """As the portal's own sign-in page does it."""
        self.get("/_allauth/browser/v1/config")  # hands out the CSRF cookie
        return self.send("POST", SIGN_IN, {"username": username, "password": password})

    def sign_out(self) -> Answer:
        return self.send("DELETE", SESSION)

    def send(self, method: str, path: str, data: Any = None) -> Answer:
        return self.ask(method, path, body=None if data is None else json.dumps(data), headers=self.page_headers())

    def page_headers(self) -> dict[str, str]:
        """What a page of the portal's sends along with JSON."""
        return {
            "Content-Type": "application/json",
            "X-CSRFToken": next((value for name, value in self.cookies.items() if name.endswith("_csrf")), ""),
            "Origin": self.origin,
            "Referer": f"{self.origin}/sign-in/",
        }

    def is_signed_in(self) -> bool:
        """Whether the portal knows who this is."""
        answer = self.get("/api/portal/")
        assert answer.status == 200, answer
        return answer.json()["person"] is not None

    @contextmanager
    def socket(self, path: str, *, origin: str | None = None) -> Iterator[ClientConnection]:
        """A WebSocket from a page of the site, or of another `origin`. Raises InvalidStatus when it is refused."""
        with connect(
            f"ws://{self.host}{path}",
            sock=create_connection((HOST, self.port), timeout=20),
            origin=origin or self.origin,
            additional_headers=[("Cookie", self.cookie_header())] if self.cookies else [],
            proxy=None,
            open_timeout=20,
            close_timeout=5,
            max_size=None,
        ) as connection:
            yield connection
