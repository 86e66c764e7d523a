"""Requests to the provider, within limits of time and size. No redirect is followed."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from .errors import BadAnswer, Refused, Unavailable

SECONDS = 5.0  # for a whole request, from the connection to the last byte
LARGEST_BYTES = 256 * 1024  # of an answer
CHUNK = 16 * 1024

# Requests of this process at the same time. A provider that hangs must not hold all threads, which serve every page.
SLOTS = threading.BoundedSemaphore(2)
SLOT_SECONDS = 1.0


def get_json(url: str, *, token: str = "") -> dict[str, Any]:
    """Return the JSON object at `url`. `token` is an access token. Raises the errors of `send`."""
    return send("GET", url, headers={"Authorization": f"Bearer {token}"} if token else {})


def post_form(url: str, fields: Mapping[str, str], *, authorization: str = "") -> dict[str, Any]:
    """Send a form, and return the JSON object of the answer. Raises the errors of `send`."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    if authorization:
        headers["Authorization"] = authorization
    return send("POST", url, headers=headers, body=urlencode(fields).encode())


def send(method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None) -> dict[str, Any]:
    """Send a request, and return the JSON object of the answer.

    Raises Unavailable when there is no answer in time, or one that says that the server does not work. Raises Refused
    for an answer of 400 to 499, and BadAnswer for any other that is not JSON of the right size.
    """
    if not SLOTS.acquire(timeout=SLOT_SECONDS):
        raise Unavailable("other requests to the provider are still waiting for its answer")
    try:
        status, content = exchange(method, url, headers, body)
    finally:
        SLOTS.release()
    return read_answer(url, status, content)


def exchange(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> tuple[int, bytes]:
    """Send a request, and return the status and the content of the answer."""
    parts = urlsplit(url)
    deadline = time.monotonic() + SECONDS
    connection = connect(parts.scheme, parts.hostname or "", parts.port)
    # The timeout of a socket is for each read. So this ends a connection of which single bytes arrive.
    timer = threading.Timer(SECONDS, abort, [connection])
    timer.daemon = True
    timer.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, path, body, {"Accept": "application/json", "User-Agent": "portal", **headers})
        response = connection.getresponse()
        content = b""
        # The connection leaves a response that ends with it to its reader. `abort` does not end that one.
        with response:
            while len(content) <= LARGEST_BYTES and (chunk := response.read1(CHUNK)):
                content += chunk
                if time.monotonic() >= deadline:
                    raise TimeoutError
        if response.length and len(content) <= LARGEST_BYTES:  # the connection ended early
            raise Unavailable(f"{place(url)} sent only a part of its answer")
    except (OSError, HTTPException, ValueError) as error:
        if time.monotonic() >= deadline:
            raise Unavailable(f"{place(url)} did not answer within {SECONDS:g} seconds") from error
        raise Unavailable(f"{place(url)} does not answer ({type(error).__name__}: {error})") from error
    finally:
        timer.cancel()
        connection.close()
    if time.monotonic() >= deadline:
        raise Unavailable(f"{place(url)} did not answer within {SECONDS:g} seconds")
    if len(content) > LARGEST_BYTES:
        raise BadAnswer(f"{place(url)} sent more than {LARGEST_BYTES} bytes")
    return response.status, content


def connect(scheme: str, host: str, port: int | None) -> HTTPConnection:
    """Return a connection that is not open yet. Raises Unavailable when CA_CERTIFICATE cannot be read."""
    if scheme == "https":
        return HTTPSConnection(host, port, timeout=SECONDS, context=tls_context())
    return HTTPConnection(host, port, timeout=SECONDS)


def tls_context() -> ssl.SSLContext:
    """Return a context that trusts the system's authorities and those of CA_CERTIFICATE."""
    context = ssl.create_default_context()
    if file := settings.CONFIGURATION.environment.ca_certificate:
        try:
            context.load_verify_locations(file)
        except OSError as error:  # an SSLError is one too
            raise Unavailable(f"CA_CERTIFICATE names a file that cannot be used ({error})") from error
    return context


def abort(connection: HTTPConnection) -> None:
    """End a connection of another thread, which then gets an error or the end of the answer."""
    if (sock := connection.sock) is not None:
        with suppress(OSError):  # it has ended by itself
            sock.shutdown(socket.SHUT_RDWR)


def read_answer(url: str, status: int, content: bytes) -> dict[str, Any]:
    if status >= 500 or status == 429:
        raise Unavailable(f"{place(url)} answered {status}")
    if status != 200 and not 400 <= status < 500:
        raise BadAnswer(f"{place(url)} answered {status}")
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        answer = None
    if status != 200:
        reason = answer.get("error") if isinstance(answer, dict) else None
        raise Refused(f"{place(url)} answered {status}", error=str(reason or "")[:100])
    if not isinstance(answer, dict):
        raise BadAnswer(f"{place(url)} did not answer with a JSON object")
    return answer


def place(url: str) -> str:
    """Return the URL for messages, without its query."""
    return url.partition("?")[0][:200]
