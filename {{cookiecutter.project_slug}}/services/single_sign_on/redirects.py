"""Redirect URIs: which ones a client may register, and which one a request may name.

A request names a registered one byte for byte (RFC 9700, section 2.1). Only the port of a native client's loopback
address may differ, because the system chooses it (RFC 8252, section 7.3).
"""

import re
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MAX_URI = 500
MAX_URIS = 20
LOOPBACK = frozenset({"127.0.0.1", "::1"})
HOST = re.compile(r"[a-z0-9.-]+|[0-9a-f:]*:[0-9a-f:.]*")  # a content security policy takes ; and , for an end


def is_loopback(parts: SplitResult) -> bool:
    return parts.scheme == "http" and parts.hostname in LOOPBACK


def split(uri: str) -> SplitResult | None:
    """Return the parts of a URL that a browser and every library read alike; None for any other text."""
    # A browser takes \ for /, and cuts white space: what one program checks would not be what another opens.
    if len(uri) > MAX_URI or not uri.isascii() or not uri.isprintable() or set(uri) & set(' \\"<>^`{|}*'):
        return None
    try:
        parts = urlsplit(uri)
        parts.port  # noqa: B018 - raises ValueError unless the port is a number
    except ValueError:
        return None
    return parts


def check_redirect_uri(uri: str, *, is_native: bool) -> None:
    """Raise ValidationError unless a client may register `uri`."""
    parts = split(uri)
    is_web = parts is not None and parts.scheme == "https" and bool(HOST.fullmatch(parts.hostname or ""))
    is_local = parts is not None and is_native and is_loopback(parts)
    if parts is None or not (is_web or is_local) or "@" in parts.netloc or "#" in uri:
        message = _(
            "“%(uri)s” cannot be a redirect URI. Allowed is a URL that starts with https:// and has no user, no * and"
            " no # (for an app or a command line also http://127.0.0.1 or http://[::1])."
        )
        raise ValidationError(message % {"uri": uri[:MAX_URI]}, code="redirect_uri")


def is_registered(uri: str, registered: Iterable[str], *, is_native: bool) -> bool:
    """Return whether a request may name `uri`."""
    if uri in registered:
        return True
    wanted = without_port(uri) if is_native else None
    return wanted is not None and any(wanted == without_port(one) for one in registered)


def without_port(uri: str) -> str | None:
    """Return a loopback URI without its port, None for any other one."""
    parts = split(uri)
    if parts is None or not is_loopback(parts) or "@" in parts.netloc:
        return None
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else str(parts.hostname)
    scheme, _separator, rest = uri.partition("://")
    return f"{scheme}://{host}{rest[len(parts.netloc) :]}"


def origin_of(uri: str) -> str:
    """Return scheme, host and port of a URI, as a content security policy names it."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"
