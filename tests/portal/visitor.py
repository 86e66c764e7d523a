"""Somebody who asks a portal's server as the reverse proxy asks it: with the site's name, over TLS as it says."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from socket import create_connection
from typing import Any
from urllib.parse import urlencode

from websockets.sync.client import ClientConnection, connect

from tests.portal.servers import HOST

FORM = "application/x-www-form-urlencoded"


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

    def post(self, path: str, form: dict[str, str]) -> Answer:
        headers = {"Origin": self.origin, "Referer": self.origin + path, "Content-Type": FORM}
        return self.ask("POST", path, body=urlencode(form), headers=headers)

    def ask(self, method: str, path: str, *, body: str | None = None, headers: dict[str, str] | None = None) -> Answer:
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
        """Through the admin's form, as a maintainer does it in a browser."""
        page = self.get("/admin/login/").text
        hidden = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert hidden, f"the sign-in page has no form:\n{page}"
        form = {"csrfmiddlewaretoken": hidden[1], "username": username, "password": password, "next": "/admin/"}
        return self.post("/admin/login/", form)

    def is_signed_in(self) -> bool:
        """Whether the admin's first page opens; somebody who is not signed in is sent to the sign-in page."""
        answer = self.get("/admin/")
        if answer.status == 302:
            assert answer.headers["location"].startswith("/admin/login/"), answer
            return False
        assert answer.status == 200, answer
        return True

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
