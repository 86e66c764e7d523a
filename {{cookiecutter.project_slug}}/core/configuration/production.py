"""What production refuses, though every value is well-formed: stand-ins, debug, secrets that others know."""

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from .environment import DEVELOPMENT_SECRET_KEY, Environment
from .problems import Problem

SHORTEST_SECRET_KEY = 50  # characters; Django's own check security.W009 asks as many
SHORTEST_PASSWORD = 16  # characters; the hook makes longer ones

WITH_PASSWORD = (
    "session_store_url",
    "notification_store_url",
    "channel_layer_url",
    "application_store_url",
    "database_url",
    "message_broker_url",
)
WITHOUT_PASSWORD = ("cache_url",)  # Memcached has none: only what uses it shares a network with it


def check_production(environment: Environment, where: str = "the environment") -> Iterator[Problem]:
    """Yield what must be mended before these settings may serve people."""
    if environment.debug:
        yield Problem(where, "DEBUG", "true", "false in production: debug pages show settings to anonymous visitors")
    key = environment.secret_key
    if key == DEVELOPMENT_SECRET_KEY:
        yield Problem(where, "SECRET_KEY", "the default, which everybody knows", "a secret of your own", make_secret())
    elif len(key) < SHORTEST_SECRET_KEY or len(set(key)) < 5:
        found = f"{len(key)} characters, {len(set(key))} of them different (not shown)"
        yield Problem(where, "SECRET_KEY", found, f"at least {SHORTEST_SECRET_KEY} random characters", make_secret())
    for name in (*WITH_PASSWORD, *WITHOUT_PASSWORD):
        variable = name.upper()
        address = getattr(environment, name)
        if address is None:
            yield Problem(
                where, variable, "nothing, which is the embedded stand-in", "the address of a real server in production"
            )
        elif address.startswith("sqlite:"):
            yield Problem(where, variable, "SQLite", "the address of a PostgreSQL server in production")
        elif name in WITH_PASSWORD:
            password = unquote(urlsplit(address).password or "")
            if len(password) < SHORTEST_PASSWORD:
                yield Problem(
                    where,
                    variable,
                    f"a password of {len(password)} characters (not shown)",
                    f"a password of at least {SHORTEST_PASSWORD} characters in production",
                    make_secret(),
                )


def make_secret() -> str:
    return """make one: python3 -c "import secrets; print(secrets.token_urlsafe(48))" """.strip()
