"""What doctor says of a server that lies elsewhere: where it is, how the connection is encrypted, why it fails."""

import re
import ssl
from typing import Any

NOT_ENCRYPTED = "not encrypted"

# What the clients of PostgreSQL, Redis and RabbitMQ say → what it means, and what to do. {url} and {password} are
# variables of .env. The first that fits counts.
REASONS = {
    r"Hostname mismatch|IP address mismatch|does not match host name": (
        "its certificate is for another name: {url} must have the name that is in the certificate"
    ),
    r"Missing (Authority|Subject) Key Identifier|does not include key usage": (
        "its certificate or that of its authority lacks an extension that RFC 5280 requires: make it again with it"
    ),
    r"certificate has expired": "its certificate has expired: its operators must renew it",
    r"certificate verify failed|CERTIFICATE_VERIFY_FAILED|root certificate file": (
        "its certificate is of an authority that is not trusted: CA_CERTIFICATE in .env names the file of one"
    ),
    r"does not support SSL|WRONG_VERSION_NUMBER|RECORD_LAYER_FAILURE|UNEXPECTED_EOF|packet length too long": (
        "it has no TLS at this port: correct the port in {url}"
    ),
    r"password authentication failed|no password supplied|WRONGPASS|NOAUTH|invalid username-password|ACCESS_REFUSED": (
        "it refuses the user or the password: correct {password} in .env, then run make up"
    ),
    r"could not translate host name|Name or service not known|name resolution|nodename nor servname|gaierror": (
        "the name of its host is not known: correct {url}"
    ),
    r"no pg_hba\.conf entry": "its pg_hba.conf does not let this role connect from here, or not without TLS",
    r"refused|Connect call failed|timed out|timeout|No route to host|unreachable": (
        "it does not answer: check the host and the port of {url}, and whether this machine may reach it"
    ),
}


def reason(error: BaseException, *, url: str, password: str) -> str:
    """Return why a server elsewhere failed and what to do, with the client's own words, for operators."""
    own = f"{type(error).__name__}: {error}"
    for pattern, text in REASONS.items():
        if re.search(pattern, own):
            return f"{text.format(url=url, password=password)} ({own})"
    return own


def tls_version(connection: Any) -> str:
    """Return the version of TLS that a socket speaks, such as `TLS 1.3`, or NOT_ENCRYPTED."""
    version = connection.version() if isinstance(connection, ssl.SSLSocket) else None
    return readable(version)


def readable(version: str | None) -> str:
    """Return `TLS 1.3` for OpenSSL's `TLSv1.3`."""
    return version.replace("TLSv", "TLS ") if version else NOT_ENCRYPTED
