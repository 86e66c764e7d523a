"""The URL of an S3-like store for uploads: `FILES_URL`, `s3://ACCESS_KEY@host[:port]/bucket[/folder][?region=…]`.

NGINX's configuration holds parts of it, so each part has only characters that need no escaping.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

SCHEME = "s3"
EXAMPLE = "s3://ACCESS_KEY@s3.example.edu/bucket?region=eu-central-1"
DEFAULT_REGION = "us-east-1"  # what stores that have no regions expect
OPTIONS = {"region": r"[a-z0-9-]{1,40}", "security": "none"}

HOST = r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?"
PATH = r"/(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?P<folder>(/[A-Za-z0-9_-]{1,60}){0,5})/?"


@dataclass(frozen=True, slots=True)
class FilesServer:
    """Where uploads are. `folder` is empty, or a path in the bucket without a slash at its ends."""

    host: str
    port: int | None
    bucket: str
    folder: str
    region: str
    access_key: str
    is_encrypted: bool

    @property
    def address(self) -> str:
        """The host, with the port if the URL names one."""
        return self.host if self.port is None else f"{self.host}:{self.port}"

    @property
    def origin(self) -> str:
        return f"{'https' if self.is_encrypted else 'http'}://{self.address}"

    def location(self, kind: str) -> str:
        """Return the folder of `media` or `protected` in the bucket."""
        return f"{self.folder}/{kind}" if self.folder else kind


def parse_files_url(url: str) -> FilesServer:
    """Return the parts of a URL. Raises ValueError with what is allowed."""
    try:
        parts = urlsplit(url)
        port = parts.port
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError:
        raise ValueError(f"a URL such as {EXAMPLE}, with a number as its port") from None
    path = re.fullmatch(PATH, parts.path)
    host = parts.hostname or ""
    if parts.scheme != SCHEME or not re.fullmatch(HOST, host) or not path or not parts.username or parts.fragment:
        raise ValueError(f"a URL such as {EXAMPLE}, with an access key, a host and a bucket")
    if parts.password is not None:
        raise ValueError("a URL without the secret of the access key, which is FILES_SECRET")
    for name, value in options.items():
        if name not in OPTIONS or not re.fullmatch(OPTIONS[name], value):
            raise ValueError(f"a URL such as {EXAMPLE}, with no other options than region and security=none")
    return FilesServer(
        host=host,
        port=port,
        bucket=path["bucket"],
        folder=path["folder"].strip("/"),
        region=options.get("region", DEFAULT_REGION),
        access_key=unquote(parts.username),
        is_encrypted="security" not in options,
    )


def check_files_url(url: str) -> str:
    if url:
        parse_files_url(url)
    return url
