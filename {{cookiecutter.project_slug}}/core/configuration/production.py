"""What production refuses although every value is valid.

It refuses embedded backends, debug mode, weak secrets, mail without TLS unless .env asks for it, and rings without
trusted proxies in front of plain HTTP.
"""

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from .environment import DEVELOPMENT_ENCRYPTION_KEY, DEVELOPMENT_SECRET_KEY, Environment, split_encryption_keys
from .portal import Portal
from .problems import Problem

SHORTEST_SECRET_KEY = 50  # characters, as Django's check security.W009 asks
FEWEST_DIFFERENT_CHARACTERS = 5  # as the same check asks
SHORTEST_ENCRYPTION_KEY = 32  # characters
SHORTEST_PASSWORD = 16  # characters; the template generates longer ones

WITH_PASSWORD = (
    "session_store_url",
    "notification_store_url",
    "channel_layer_url",
    "application_store_url",
    "database_url",
    "message_broker_url",
)
WITHOUT_PASSWORD = ("cache_url",)  # Memcached has none: only its clients share a network with it

HOW_TO_MAKE_ONE = 'make one: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'


def check_production(environment: Environment, where: str = "the environment") -> Iterator[Problem]:
    """Yield what to correct before this environment may serve people."""
    if environment.debug:
        yield Problem(
            where, "DEBUG", "true", "false in production: debug pages show settings to visitors", "remove DEBUG"
        )
    yield from check_secret_key(environment.secret_key.get_secret_value(), where)
    yield from check_encryption_keys(split_encryption_keys(environment.encryption_keys), where)
    for name in (*WITH_PASSWORD, *WITHOUT_PASSWORD):
        yield from check_server(name, getattr(environment, name), where)
    yield from check_mail(environment.mail_url, where)


def check_mail(url: SecretStr | None, where: str) -> Iterator[Problem]:
    """Yield a problem for mail without TLS, which anyone on the way could read or change, with its one-time links."""
    parts = urlsplit(url.get_secret_value() if url else "")
    if parts.scheme == "smtp" and not parts.query:
        yield Problem(
            where,
            "MAIL_URL",
            "smtp:// without TLS",
            "smtps://…, or smtp://…?security=starttls. Only smtp://…?security=none sends mail unencrypted",
            "add ?security=starttls to MAIL_URL, or ask the mail server's operator for a port with TLS",
        )


def check_proxies(environment: Environment, portal: Portal, where: str = "the environment") -> Iterator[Problem]:
    """Yield a problem when rings depend on IP addresses that nobody is trusted to report.

    With `tls: none` a proxy in front makes all connections. Without its name, no client's IP address is known.
    """
    if portal.tls == "none" and portal.rings and not environment.trusted_proxies:
        yield Problem(
            where,
            "TRUSTED_PROXIES",
            f"nothing, with tls: none and rings ({', '.join(portal.rings)}) in portal.yaml",
            "the IP addresses of the proxies that end TLS, such as 192.0.2.10/32: rings need the addresses they report",
            "set TRUSTED_PROXIES in .env (docs/how-to/use-a-proxy.md), or choose another tls in portal.yaml",
        )


def check_secret_key(key: str, where: str) -> Iterator[Problem]:
    different = len(set(key))
    if key == DEVELOPMENT_SECRET_KEY:
        yield Problem(where, "SECRET_KEY", "the public default", "a secret of your own", HOW_TO_MAKE_ONE)
    elif len(key) < SHORTEST_SECRET_KEY or different < FEWEST_DIFFERENT_CHARACTERS:
        found = f"{len(key)} characters, {different} of them different (not shown)"
        yield Problem(where, "SECRET_KEY", found, f"at least {SHORTEST_SECRET_KEY} random characters", HOW_TO_MAKE_ONE)


def check_encryption_keys(keys: list[str], where: str) -> Iterator[Problem]:
    for number, key in enumerate(keys, 1):
        different = len(set(key))
        if key == DEVELOPMENT_ENCRYPTION_KEY:
            yield Problem(where, "ENCRYPTION_KEYS", "the public default", "a key of your own", HOW_TO_MAKE_ONE)
        elif len(key) < SHORTEST_ENCRYPTION_KEY or different < FEWEST_DIFFERENT_CHARACTERS:
            found = f"key {number} with {len(key)} characters, {different} of them different (not shown)"
            allowed = f"at least {SHORTEST_ENCRYPTION_KEY} random characters for each key"
            yield Problem(where, "ENCRYPTION_KEYS", found, allowed, HOW_TO_MAKE_ONE)


def check_server(name: str, url: SecretStr | None, where: str) -> Iterator[Problem]:
    """Yield a problem unless `url` is a real server with a password of its own, where that server has one."""
    variable = name.upper()
    do = f"set {variable}, as .env.example shows"
    if url is None:
        yield Problem(
            where, variable, "nothing, which is the embedded backend", "the URL of a server in production", do
        )
        return
    parts = urlsplit(url.get_secret_value())
    if parts.scheme == "sqlite":
        yield Problem(where, variable, "SQLite", "the URL of a PostgreSQL server in production", do)
    elif name in WITH_PASSWORD and len(password := unquote(parts.password or "")) < SHORTEST_PASSWORD:
        yield Problem(
            where,
            variable,
            f"a password of {len(password)} characters (not shown)",
            f"a password of at least {SHORTEST_PASSWORD} characters in production",
            HOW_TO_MAKE_ONE,
        )
