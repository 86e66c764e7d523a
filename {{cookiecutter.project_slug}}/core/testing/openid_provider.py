"""A small provider of OpenID Connect for tests: a real HTTP server on this machine, with a key of its own.

A test decides who signs in (`claims`) and what goes wrong. `python -m core.testing.openid_provider` serves one for a
portal in another process.

https://openid.net/specs/openid-connect-core-1_0.html
"""

import argparse
import base64
import hashlib
import html
import json
import secrets
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, unquote_plus, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "portal", "the secret of the client"
KEY_ID = "key-1"

ASHA = {"sub": "248289761001", "email": "asha@example.edu", "email_verified": True, "name": "Asha Rao"}


def make_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def public_jwk(key: rsa.RSAPrivateKey, key_id: str = KEY_ID) -> dict[str, Any]:
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {**jwk, "kid": key_id, "use": "sig", "alg": "RS256"}


class OpenIdProvider:
    """The provider. Start it with `with`. What a test changes holds from the next request on."""

    def __init__(self, port: int = 0, key: rsa.RSAPrivateKey | None = None):
        self.key = key or make_key()
        self.server = ThreadingHTTPServer(("127.0.0.1", port), handler_of(self))
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.reset()

    def reset(self) -> None:
        """Work as a provider does, for Asha."""
        self.claims: dict[str, Any] = dict(ASHA)  # of the person who signs in
        self.userinfo: dict[str, Any] = {}  # further claims, which are not in the ID token
        self.metadata: dict[str, Any] = {}  # changes of the metadata
        self.keys = [public_jwk(self.key)]
        self.make_token: Callable[[dict[str, Any]], str] = self.sign
        self.before: dict[str, Callable[[Any], bool]] = {}  # path → what answers in its place, when it returns true
        self.requests: list[tuple[str, str, dict[str, str]]] = []  # method, path and fields
        self.codes: dict[str, dict[str, str]] = {}  # code → the authorization request

    def __enter__(self) -> Self:
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": KEY_ID})

    def paths(self) -> list[str]:
        """The paths of the requests so far."""
        return [path for _, path, _ in self.requests]

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            **self.metadata,
        }

    def authorize(self, fields: dict[str, str]) -> str:
        """Sign the person in, and return where the browser goes next."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = fields
        return f"{fields['redirect_uri']}?{urlencode({'code': code, 'state': fields['state']})}"

    def deny(self, fields: dict[str, str]) -> str:
        return f"{fields['redirect_uri']}?{urlencode({'error': 'access_denied', 'state': fields['state']})}"

    def token(self, fields: dict[str, str], credentials: tuple[str, str]) -> dict[str, Any] | None:
        """Exchange a code, once, for its own client and verifier; None if it is refused."""
        request = self.codes.pop(fields.get("code", ""), None)
        digest = hashlib.sha256(fields.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if (
            request is None
            or credentials != (CLIENT_ID, CLIENT_SECRET)
            or fields.get("grant_type") != "authorization_code"
            or fields.get("redirect_uri") != request["redirect_uri"]
            or challenge != request["code_challenge"]
        ):
            return None
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": request["nonce"],
            **self.claims,
        }
        return {"access_token": "access", "token_type": "Bearer", "id_token": self.make_token(claims)}


def handler_of(provider: OpenIdProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            fields = first_values(parts.query)
            if self.begins("GET", parts.path, fields):
                return
            match parts.path:
                case "/.well-known/openid-configuration":
                    self.answer(200, provider.discovery())
                case "/keys":
                    self.answer(200, {"keys": provider.keys})
                case "/userinfo" if self.headers["Authorization"] == "Bearer access":
                    self.answer(200, {"sub": provider.claims["sub"], **provider.userinfo})
                case "/authorize" if is_authorization(fields):
                    self.authorize(fields, parts.query)
                case _:
                    self.answer(400, {"error": "invalid_request"})

        def do_POST(self) -> None:
            fields = first_values(self.rfile.read(int(self.headers["Content-Length"])).decode())
            if self.begins("POST", self.path, fields):
                return
            scheme, _, text = self.headers.get("Authorization", "").partition(" ")
            if scheme == "Basic":
                name, _, secret = base64.b64decode(text).decode().partition(":")
                credentials = (unquote_plus(name), unquote_plus(secret))
            else:
                credentials = (fields.get("client_id", ""), fields.get("client_secret", ""))
            answer = provider.token(fields, credentials) if self.path == "/token" else None
            if answer is None:
                self.answer(400, {"error": "invalid_grant"})
            else:
                self.answer(200, answer)

        def begins(self, method: str, path: str, fields: dict[str, str]) -> bool:
            """Remember the request. Return whether the test has answered it."""
            provider.requests.append((method, path, fields))
            before = provider.before.get(path)
            return before is not None and before(self)

        def authorize(self, fields: dict[str, str], query: str) -> None:
            """Show the page on which a person decides, or act as decided."""
            if "decision" in fields:
                location = provider.authorize(fields) if fields["decision"] == "yes" else provider.deny(fields)
                self.send_response(302)
                self.send_header("Location", location)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            name = html.escape(str(provider.claims.get("name", provider.claims["sub"])))
            links = [("yes", f"Continue as {name}"), ("no", "Cancel")]
            page = "".join(f'<p><a href="?{html.escape(query)}&amp;decision={one}">{text}</a>' for one, text in links)
            title = "<!doctype html><html lang=en><title>Institute</title><link rel=icon href=data:,><h1>Institute</h1>"
            self.send(200, "text/html", f"{title}{page}".encode())

        def answer(self, status: int, data: dict[str, Any]) -> None:
            self.send(status, "application/json", json.dumps(data).encode())

        def send(self, status: int, content_type: str, content: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: Any) -> None:
            pass

    return Handler


def first_values(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


def is_authorization(fields: dict[str, str]) -> bool:
    """Return whether the request has what this provider requires of the portal."""
    needed = {"redirect_uri", "state", "nonce", "code_challenge"}
    return (
        needed <= fields.keys()
        and fields.get("client_id") == CLIENT_ID
        and fields.get("response_type") == "code"
        and fields.get("code_challenge_method") == "S256"
        and "openid" in fields.get("scope", "").split()
    )


def main() -> None:
    """Serve a provider until this process ends."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--claims", type=json.loads, default={}, help="JSON of claims in place of Asha's")
    arguments = parser.parse_args()
    with OpenIdProvider(arguments.port) as provider:
        provider.claims |= arguments.claims
        print(provider.issuer, flush=True)  # noqa: T201 - a command
        threading.Event().wait()


if __name__ == "__main__":
    main()
