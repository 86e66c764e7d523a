"""What production refuses although every value is valid.

It refuses embedded backends, debug mode, weak secrets, mail without TLS unless .env asks for it, rings without trusted
proxies in front of plain HTTP, a sign-in with the institute's accounts that cannot work, and servers elsewhere that the
containers could not use.
"""

import hashlib
import ssl
from collections.abc import Callable, Iterator
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import SecretStr

from .environment import DEVELOPMENT_ENCRYPTION_KEY, DEVELOPMENT_SECRET_KEY, Environment, split_encryption_keys
from .portal import Portal
from .problems import Problem
from .processes import FILES, INSTITUTE_SIGN_IN, KEYS, OWNER_PASSWORD, PASSWORDS, SECRETS_OF_PROCESS, password_field
from .server_urls import is_elsewhere, server_url, service_of

SHORTEST_SECRET_KEY = 50  # characters, as Django's check security.W009 asks
FEWEST_DIFFERENT_CHARACTERS = 5  # as the same check asks
SHORTEST_ENCRYPTION_KEY = 32  # characters
SHORTEST_PASSWORD = 16  # characters; the template generates longer ones

WITH_PASSWORD = tuple(PASSWORDS)
WITHOUT_PASSWORD = ("cache_url",)  # Memcached has none: only its clients share a network with it
# `configuration` checks them, and has no URL with them.
WITHOUT_URL = (OWNER_PASSWORD, "redis_gui_password", "database_backup_password", "backup_password")

HOW_TO_MAKE_ONE = 'make one: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'


def check_production(environment: Environment, source: Callable[[str], str]) -> Iterator[Problem]:
    """Yield what to correct before this environment may serve people.

    A process of the containers has only the secrets that it uses, so only those are checked. A process outside
    containers uses the key and every server. `source` returns where a variable was found.
    """
    if environment.debug:
        yield Problem(
            source("DEBUG"),
            "DEBUG",
            "true",
            "false in production: debug pages show settings to visitors",
            "remove DEBUG",
        )
    process = environment.portal_process
    used = SECRETS_OF_PROCESS[process] if process else KEYS | set(PASSWORDS.values())
    if "secret_key" in used:
        yield from check_secret_key(environment.secret_key.get_secret_value(), source("SECRET_KEY"))
    if "encryption_keys" in used:
        yield from check_encryption_keys(split_encryption_keys(environment.encryption_keys), source("ENCRYPTION_KEYS"))
    if "mail_keys" in used and not split_encryption_keys(environment.mail_keys):
        yield Problem(
            source("MAIL_KEYS"),
            "MAIL_KEYS",
            "nothing",
            "the keys of mail, which are made of ENCRYPTION_KEYS",
            "run infrastructure/write-secrets, and start again with the compose.yaml of this portal",
        )
    for field in (*WITH_PASSWORD, *WITHOUT_PASSWORD):
        password = password_field(field, process)
        yield from check_server(environment, field, password if password in used else None, source)
    for field in WITHOUT_URL if process == "configuration" else ():
        value = getattr(environment, field).get_secret_value()
        yield from check_password(field.upper(), value, source(field.upper()))
    yield from check_mail(environment.mail_url, source("MAIL_URL"))
    yield from check_files(environment, source)
    if process == "configuration":
        yield from check_servers_elsewhere(environment, source)


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


FILES_NETWORK_FILE = "compose.files.yaml"  # connects the servers to a network with a way out


def compose_files(environment: Environment) -> list[str]:
    """Return the Compose files of the portal, in their order."""
    return (environment.compose_file or "compose.yaml").split(":")


def check_files(environment: Environment, source: Callable[[str], str]) -> Iterator[Problem]:
    """Yield a problem for a store of files without a secret, or one that the servers cannot reach."""
    process = environment.portal_process
    used = SECRETS_OF_PROCESS[process] if process else {FILES}
    if environment.files_url and FILES in used and not environment.files_secret.get_secret_value():
        found, allowed = "nothing, with FILES_URL", "the secret of the access key in FILES_URL"
        yield Problem(source(FILES.upper()), FILES.upper(), found, allowed, "set it in .env")
    files = compose_files(environment)
    if process == "configuration" and bool(environment.files_url) != (FILES_NETWORK_FILE in files):
        if environment.files_url:
            found, allowed = "with FILES_URL", "the servers write files to the store"
            names, do = (
                [*files, FILES_NETWORK_FILE],
                f"write COMPOSE_FILE={':'.join([*files, FILES_NETWORK_FILE])} into .env",
            )
        else:
            found, allowed = "without FILES_URL", "the servers need no way out to a store"
            names, do = [one for one in files if one != FILES_NETWORK_FILE], "remove it from COMPOSE_FILE in .env"
        yield Problem(
            source("COMPOSE_FILE"),
            "COMPOSE_FILE",
            f"{environment.compose_file or 'nothing'}, {found}",
            f"{':'.join(names)}: {allowed}",
            do,
        )


# A Compose file for each server, which leaves the service out and gives a way out to what uses the server.
ELSEWHERE = "infrastructure/elsewhere"


def check_servers_elsewhere(environment: Environment, source: Callable[[str], str]) -> Iterator[Problem]:
    """Yield what to correct before the containers can use servers that are not theirs."""
    fields = [*WITH_PASSWORD, *WITHOUT_PASSWORD]
    given = compose_files(environment)
    wanted = [one for one in given if not one.startswith(f"{ELSEWHERE}/")]
    wanted += [f"{ELSEWHERE}/{service_of(field)}.yaml" for field in fields if is_elsewhere(environment, field)]
    if set(wanted) != set(given):
        found = f"{environment.compose_file or 'nothing'}, which does not fit the URLs of the servers in .env"
        allowed = f"{':'.join(wanted)}: a file for each server that lies elsewhere"
        do = f"write COMPOSE_FILE={':'.join(wanted)} into .env"
        yield Problem(source("COMPOSE_FILE"), "COMPOSE_FILE", found, allowed, do)
    for field in fields:
        url: SecretStr | None = getattr(environment, field)
        if url is not None and is_elsewhere(environment, field):
            yield from check_url_elsewhere(field, url.get_secret_value(), source(field.upper()))
    if environment.ca_certificate:
        yield from check_authority(environment.ca_certificate, source("CA_CERTIFICATE"))


def check_url_elsewhere(field: str, url: str, where: str) -> Iterator[Problem]:
    """Yield a problem for a URL with a password, and for a database with other names or without a word about TLS."""
    variable, parts = field.upper(), urlsplit(url)
    if any(urlsplit(one).password is not None for one in url.split(";")):
        password = PASSWORDS[field].upper() if field in PASSWORDS else "no variable, because Memcached has none"
        found = "a URL with a password (not shown), which everyone who may run docker inspect can read"
        yield Problem(where, variable, found, f"a URL without one: the password is {password} of .env")
    if field != "database_url":
        return
    if (parts.username, parts.path) != ("portal", "/portal"):
        found = f"the user {parts.username or 'nobody'} and the database {parts.path.lstrip('/') or 'without a name'}"
        allowed = "postgresql://portal@HOST:5432/portal: the roles and the database have these names"
        do = "run infrastructure/postgres/elsewhere.sql there, as docs/operate/use-servers-elsewhere.md says"
        yield Problem(where, variable, found, allowed, do)
    if (mode := dict(parse_qsl(parts.query)).get("sslmode")) not in SSL_MODES:
        found = f"sslmode={mode}" if mode else "no sslmode"
        allowed = "sslmode=verify-full. Only sslmode=disable lets everyone on the way read the data"
        yield Problem(where, variable, found, allowed, "add ?sslmode=verify-full to DATABASE_URL")


SSL_MODES = ("verify-full", "verify-ca", "disable")  # of PostgreSQL: the others do not check who answers


def check_authority(file: str, where: str) -> Iterator[Problem]:
    try:
        ssl.create_default_context(cafile=file)
    except OSError as error:  # an SSLError is one too
        found = f"a file that cannot be used ({error.strerror or error})"
        allowed = "the path of a PEM file with the certificates of the authorities, which user 101 can read"
        yield Problem(where, "CA_CERTIFICATE", found, allowed)


def signing_key(environment: Environment) -> str:
    """Return the key that signs tokens and links; empty in a process of production that has none."""
    key = environment.secret_key.get_secret_value()
    return "" if environment.is_production and key == DEVELOPMENT_SECRET_KEY else key


def encryption_keys(environment: Environment) -> list[str]:
    """Return the keys that encrypt at rest; none in a process of production that has none."""
    keys = split_encryption_keys(environment.encryption_keys)
    return [] if environment.is_production and DEVELOPMENT_ENCRYPTION_KEY in keys else keys


def mail_keys(environment: Environment) -> list[str]:
    """Return the keys that encrypt mail and sign its links: those of `MAIL_KEYS`, or those made of `ENCRYPTION_KEYS`.

    A key of mail is a digest of an encryption key, from which the latter cannot be computed.
    infrastructure/write-secrets makes the same ones for the worker, which decrypts mail and nothing else.
    """
    if given := split_encryption_keys(environment.mail_keys):
        return given
    return [hashlib.sha256(f"portal mail {key}".encode()).hexdigest() for key in encryption_keys(environment)]


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
            "set TRUSTED_PROXIES in .env (docs/operate/use-a-proxy.md), or choose another tls in portal.yaml",
        )


NETWORK_FILE = "compose.institute-sign-in.yaml"  # connects the servers to a network with a way out


def check_institute_sign_in(
    environment: Environment, portal: Portal, where: str = "the environment"
) -> Iterator[Problem]:
    """Yield a problem when `institute_sign_in` has no secret or no TLS, or when the servers cannot reach the provider.

    Without it, the servers must have no way out.
    """
    sign_in, process = portal.institute_sign_in, environment.portal_process
    if sign_in and not sign_in.is_encrypted:
        found, allowed = sign_in.issuer, "a URL that starts with https:// in production"
        yield Problem("portal.yaml", "institute_sign_in.issuer", found, allowed)
    has_secret = process is None or INSTITUTE_SIGN_IN in SECRETS_OF_PROCESS[process]
    if sign_in and has_secret and not environment.institute_sign_in_secret.get_secret_value():
        yield Problem(
            where,
            INSTITUTE_SIGN_IN.upper(),
            "nothing, with institute_sign_in in portal.yaml",
            "the secret that the provider gave to this portal",
            "set it in .env (docs/how-to/sign-in-with-institute-accounts.md), or remove institute_sign_in",
        )
    files = compose_files(environment)
    if process == "configuration" and bool(sign_in) != (NETWORK_FILE in files):
        found = environment.compose_file or "nothing"
        if sign_in:
            found += ", with institute_sign_in in portal.yaml"
            wanted = ":".join([*files, NETWORK_FILE])
            allowed, do = f"{wanted}: the servers call the provider", f"write COMPOSE_FILE={wanted} into .env"
        else:
            found += ", without institute_sign_in in portal.yaml"
            allowed, do = f"no {NETWORK_FILE}: the servers need no way out", "remove it from COMPOSE_FILE in .env"
        yield Problem(where, "COMPOSE_FILE", found, allowed, do)


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


def check_server(
    environment: Environment, field: str, password_name: str | None, source: Callable[[str], str]
) -> Iterator[Problem]:
    """Yield a problem unless the URL in `field` is a real server's, with a password when this process uses it."""
    variable, url = field.upper(), server_url(environment, field)
    do = f"set {variable}, as .env.example shows"
    if url is None:
        found, allowed = "nothing, which is the embedded backend", "the URL of a server in production"
        yield Problem(source(variable), variable, found, allowed, do)
        return
    parts = urlsplit(url.split(";")[0])
    if parts.scheme == "sqlite":
        yield Problem(source(variable), variable, "SQLite", "the URL of a PostgreSQL server in production", do)
    elif password_name is not None:
        # The message names the variable that has the password: the URL's own, or the one beside it.
        own = urlsplit(getattr(environment, field).get_secret_value())
        name = variable if own.password is not None or not own.username else password_name.upper()
        yield from check_password(name, unquote(parts.password or ""), source(name))


def check_password(variable: str, password: str, where: str) -> Iterator[Problem]:
    if len(password) < SHORTEST_PASSWORD:
        yield Problem(
            where,
            variable,
            f"a password of {len(password)} characters (not shown)",
            f"a password of at least {SHORTEST_PASSWORD} characters in production",
            HOW_TO_MAKE_ONE,
        )
