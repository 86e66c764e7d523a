"""The parts of servers' URLs that .env does not have: the password, the role, the authority. They are added here.

core/deployment/wait.py uses this too, so it imports nothing but the standard library.
"""

from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

# The authorities that Debian's package ca-certificates trusts. PostgreSQL's client does not find them by itself.
PUBLIC_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"


def hosts(urls: str) -> list[str]:
    """Return the host of each URL. The message broker may have several, with semicolons between them."""
    return [urlsplit(url).hostname or "" for url in urls.split(";")]


def add_password(url: str, password: str) -> str:
    """Return `url` with `password`, if the URL names a user and has no password of its own."""
    parts = urlsplit(url)
    if not password or not parts.username or parts.password is not None:
        return url
    user, _, server = parts.netloc.rpartition("@")
    host = f"{user}:{quote(password, safe='')}@{server}"
    return urlunsplit((parts.scheme, host, parts.path, parts.query, parts.fragment))


def change_user(url: str, user: str) -> str:
    """Return `url` with another user, unless it has a password, which belongs to its own."""
    parts = urlsplit(url)
    if not parts.username or parts.password is not None:
        return url
    host = f"{user}@{parts.netloc.rpartition('@')[2]}"
    return urlunsplit((parts.scheme, host, parts.path, parts.query, parts.fragment))


def add_authority(url: str, file: str) -> str:
    """Return `url` with the file of the authorities that the client accepts, where the client takes it from the URL.

    Without `file`, these are the public ones. The message broker's client does not take it from the URL.
    """
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    if parts.scheme in {"postgresql", "postgres"} and options.get("sslmode", "").startswith("verify-"):
        options.setdefault("sslrootcert", file or PUBLIC_AUTHORITIES)
    elif parts.scheme == "rediss" and file:
        options.setdefault("ssl_ca_certs", file)
    else:
        return url
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(options, safe="/"), parts.fragment))
