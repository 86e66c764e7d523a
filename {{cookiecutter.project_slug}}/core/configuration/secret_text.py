"""How secrets are kept out of messages, logs and dumps of the settings."""

import re

HIDDEN = "(not shown)"
URL_PASSWORD = re.compile(r"(?<=://)([^\s:/@]*):[^\s/@]+(?=@)")


class SecretText(str):
    """A secret in the form that Django and the servers' clients take: a string whose repr() does not show it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(HIDDEN)


def mask_passwords(text: str) -> str:
    """Replace the password of each URL in `text` with ***."""
    return URL_PASSWORD.sub(r"\1:***", text) if "://" in text else text


def describe_secret(value: str) -> str:
    """Say what a secret looks like, for the message that refuses it: a URL's scheme and server, or the length.

    A refused URL may have its password anywhere, so whatever can be part of one is left out.
    """
    scheme, separator, rest = value.partition("://")
    if not separator:
        return f"a value of {len(value)} characters {HIDDEN}"
    server = rest.partition("?")[0]
    if "@" in server:
        return f"{scheme}://***@{server.rpartition('@')[2]}"
    return f"{scheme}://{HIDDEN}" if ":" in server else f"{scheme}://{server}"
