"""The variables of `.env` and of the process's environment: secrets, servers, and what differs between deployments.

The process's environment takes precedence over `.env`. A key of `.env` that the portal does not know is an error. The
process's environment may hold other variables. Each secret can come from a file: `<NAME>_FILE` names it.
"""

import os
import re
from collections.abc import Callable, Mapping
from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network, ip_address
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import parse_qsl, urlsplit

from dotenv import dotenv_values
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, StringConstraints
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from .files_url import check_files_url
from .portal import SiteName
from .processes import ProcessName
from .secret_files import SUFFIX
from .values import Cidr, Network, check_email

FILE_NAME = ".env"
WIDEST_PROXY_NETWORK = {4: 16, 6: 48}  # IP version → prefix length
DEVELOPMENT_SECRET_KEY = "a secret for development, which production refuses"  # noqa: S105
DEVELOPMENT_ENCRYPTION_KEY = "a key for development that production refuses"


def check_server_url(*schemes: str) -> Callable[[SecretStr | None], SecretStr | None]:
    """Return a validator for the URL of a server with one of `schemes`. It turns an empty URL into None."""
    allowed = " or ".join(f"{scheme}://" for scheme in schemes)

    def check(url: SecretStr | None) -> SecretStr | None:
        if url is None or not url.get_secret_value():
            return None
        try:
            parts = urlsplit(url.get_secret_value())
            parts.port  # noqa: B018 - raises ValueError unless the port is a number
        except ValueError:
            raise ValueError(f"a URL that starts with {allowed}, with a number as its port") from None
        if parts.scheme not in schemes or not (parts.hostname or parts.scheme == "sqlite"):
            raise ValueError(f"a URL that starts with {allowed} and names a host, or nothing (the embedded backend)")
        return url

    return check


def check_broker_urls(urls: SecretStr | None) -> SecretStr | None:
    """Accept a URL for each node of a cluster, with semicolons between them. An empty one becomes None."""
    if urls is None or not urls.get_secret_value():
        return None
    check, nodes = check_server_url("amqp", "amqps"), urls.get_secret_value().split(";")
    if not all(check(SecretStr(node)) for node in nodes) or len({urlsplit(node).scheme for node in nodes}) > 1:
        raise ValueError("a URL for each node, with semicolons between them, all with amqp:// or all with amqps://")
    return urls


def check_security(url: SecretStr | None) -> SecretStr | None:
    """Accept the known options of a mail server's URL only: with a misspelt one, mail would leave without TLS."""
    if url is not None:
        parts = urlsplit(url.get_secret_value())
        options = parse_qsl(parts.query, keep_blank_values=True)
        known = [("security", "starttls"), ("security", "none")] if parts.scheme == "smtp" else []
        if options and options not in [[option] for option in known]:
            raise ValueError("smtps://…, smtp://…?security=starttls or smtp://…?security=none, and no other option")
    return url


def check_mail_from(value: str) -> str:
    check_email(parseaddr(value)[1])
    return value


def split_networks(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def split_encryption_keys(keys: SecretStr) -> list[str]:
    """Return the keys of `ENCRYPTION_KEYS`: the first encrypts, all of them decrypt."""
    return [key.strip() for key in keys.get_secret_value().split(",") if key.strip()]


def check_encryption_keys(keys: SecretStr) -> SecretStr:
    if not split_encryption_keys(keys):
        raise ValueError("one or more keys, with commas between them")
    return keys


def check_publish_address(value: str) -> str:
    """Accept an IP address as Compose takes it, with brackets around IPv6."""
    try:
        version: int = ip_address(value.removeprefix("[").removesuffix("]")).version
    except ValueError:
        version = 0
    if version == 0 or (version == 6) is not value.startswith("["):
        raise ValueError("an IP address of this machine such as 127.0.0.1, 0.0.0.0 or [::], with brackets around IPv6")
    return value


def check_times(value: str) -> str:
    """Accept the times of day of BACKUP_AT, as infrastructure/backup/settings.py reads them."""
    times = [] if value.strip() in ("", "never") else value.split(",")
    if not all(re.fullmatch(r"\s*([01]\d|2[0-3]):[0-5]\d\s*", one) for one in times):
        raise ValueError("times of day such as 02:30, with commas between them, or never")
    return value


def check_subnet(value: Network) -> Network:
    if not isinstance(value, IPv4Network) or value.prefixlen > 29:
        raise ValueError("an IPv4 network of at least 8 addresses, such as 172.16.240.0/24")
    return value


def check_proxy(value: Network) -> Network:
    """Refuse a network that is too wide to hold only proxies: every machine in it could claim any IP address."""
    widest = WIDEST_PROXY_NETWORK[value.version]
    if isinstance(value, IPv6Network) and value.network_address.ipv4_mapped:
        raise ValueError("an IPv4 network as IPv4: 192.0.2.10/32, and not ::ffff:192.0.2.10/128")
    if value.prefixlen < widest:
        raise ValueError(
            f"the IP addresses of the proxies, such as 192.0.2.10/32, or a network of /{widest} or narrower that holds "
            "nothing but proxies: the portal believes every machine in it"
        )
    return value


def empty_is_absent(value: Any) -> Any:
    """Turn an empty value into None: Compose passes a variable that is not set as an empty one."""
    return None if value == "" else value


DatabaseUrl = Annotated[SecretStr | None, AfterValidator(check_server_url("postgresql", "postgres", "sqlite"))]
RedisUrl = Annotated[SecretStr | None, AfterValidator(check_server_url("redis", "rediss"))]
MemcachedUrl = Annotated[SecretStr | None, AfterValidator(check_server_url("memcached"))]
BrokerUrl = Annotated[SecretStr | None, AfterValidator(check_broker_urls)]
MailUrl = Annotated[SecretStr | None, AfterValidator(check_server_url("smtp", "smtps")), AfterValidator(check_security)]

Proxy = Annotated[Cidr, AfterValidator(check_proxy)]
Subnet = Annotated[Cidr, AfterValidator(check_subnet)]
Port = Annotated[int, Field(ge=1, le=65535)]
Processes = Annotated[int | None, Field(ge=1, le=64), BeforeValidator(empty_is_absent)]
Replicas = Annotated[int, Field(ge=1, le=64)]
Image = Annotated[str, StringConstraints(max_length=300)]
Release = Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?$")]


def read_dotenv(path: Path) -> dict[str, str | None]:
    """Return the variables of `.env` as they are written: `${NAME}` in a value is text and not a reference.

    Raises UnicodeDecodeError when the file is not UTF-8.
    """
    return dict(dotenv_values(path, encoding="utf-8", interpolate=False)) if path.is_file() else {}


# compose.yaml takes these from .env. Development and tests do not: they must not change the data of a portal that runs.
SERVER_URLS = frozenset(
    {
        "DATABASE_URL",
        "SESSION_STORE_URL",
        "NOTIFICATION_STORE_URL",
        "CHANNEL_LAYER_URL",
        "APPLICATION_STORE_URL",
        "CACHE_URL",
        "MESSAGE_BROKER_URL",
    }
)


def is_production(written: Mapping[str, str | None]) -> bool:
    """Return whether the process's environment, or else `.env`, says that this is production."""
    return (os.environ.get("PORTAL_ENVIRONMENT") or written.get("PORTAL_ENVIRONMENT")) == "production"


class Environment(BaseSettings):
    """Every variable that the portal knows. A field's name is the variable's name in lower case.

    A field that may hold a password is a SecretStr, which no repr shows. Errors do not show what was found either:
    `describe_secret` makes the messages of those fields.
    """

    model_config = SettingsConfigDict(extra="forbid", frozen=True, env_nested_delimiter=None, hide_input_in_errors=True)

    # What this process is.
    portal_environment: Literal["development", "testing", "production"] = "development"
    site: SiteName | None = None
    portal_process: ProcessName | None = None  # compose.yaml sets it; it decides which secrets this process has
    in_containers: bool = False  # compose.yaml sets it; doctor then checks the servers through the reverse proxy
    front_network: str = ""  # compose.yaml sets it; a server listens there: core/deployment/listening.py
    debug: bool | None = None

    # Secrets, one for each server that has one.
    secret_key: Annotated[SecretStr, Field(min_length=1)] = SecretStr(DEVELOPMENT_SECRET_KEY)
    encryption_keys: Annotated[SecretStr, AfterValidator(check_encryption_keys)] = SecretStr(DEVELOPMENT_ENCRYPTION_KEY)
    mail_keys: SecretStr = SecretStr("")  # made of encryption_keys, for the worker, which does not have those
    database_password: SecretStr = SecretStr("")  # of the role that reads and writes
    database_owner_password: SecretStr = SecretStr("")  # of the role that owns the tables and migrates
    database_backup_password: SecretStr = SecretStr("")  # of the role that reads everything, for backups
    session_store_password: SecretStr = SecretStr("")
    notification_store_password: SecretStr = SecretStr("")
    channel_layer_password: SecretStr = SecretStr("")
    application_store_password: SecretStr = SecretStr("")
    message_broker_password: SecretStr = SecretStr("")
    redis_gui_password: SecretStr = SecretStr("")
    institute_sign_in_secret: SecretStr = SecretStr("")  # of the client at the institute's provider; see portal.yaml

    # The servers' URLs. Without one, development and testing use the embedded backend.
    database_url: DatabaseUrl = None
    session_store_url: RedisUrl = None
    notification_store_url: RedisUrl = None
    channel_layer_url: RedisUrl = None
    application_store_url: RedisUrl = None
    cache_url: MemcachedUrl = None
    message_broker_url: BrokerUrl = None
    ca_certificate: str = ""  # a file with authorities beside the public ones: of these servers and of the provider

    # An S3-like store for uploads. Without it, they are in folders, which are volumes in containers.
    files_url: Annotated[str, AfterValidator(check_files_url)] = ""
    files_secret: SecretStr = SecretStr("")  # of the access key in the URL

    # Mail.
    mail_url: MailUrl = None
    mail_from: Annotated[str, AfterValidator(check_mail_from)] = "Portal <portal@localhost.localdomain>"

    # Backups. infrastructure/backup reads these too, and checks them when it starts.
    backup_password: SecretStr = SecretStr("")  # of the repository
    backup_bucket_access_key: SecretStr = SecretStr("")
    backup_bucket_secret_key: SecretStr = SecretStr("")
    backup_bucket_region: str = ""
    backup_repository: str = ""  # a folder in the container, or s3:https://host/bucket/path
    backup_folder: str = ""  # of this machine, in place of the volume `backups`
    backup_at: Annotated[str, AfterValidator(check_times)] = ""
    backup_keep_daily: Annotated[int, Field(ge=0, le=9999)] = 7
    backup_keep_weekly: Annotated[int, Field(ge=0, le=9999)] = 5
    backup_keep_monthly: Annotated[int, Field(ge=0, le=9999)] = 12

    # What the reverse proxy publishes, and the proxies in front of it.
    publish_address: Annotated[str, AfterValidator(check_publish_address)] = "127.0.0.1"
    publish_http_port: Port = 80
    publish_https_port: Port = 443
    trusted_proxies: Annotated[list[Proxy], NoDecode, BeforeValidator(split_networks)] = []
    edge_subnet: Subnet = IPv4Network("172.16.240.0/24")  # Docker assigns networks from 172.17.0.0 on by itself
    internet_certificate: str = ""
    internet_certificate_key: str = ""
    intranet_certificate: str = ""
    intranet_certificate_key: str = ""

    # The reverse proxy's limits for one IP address. A whole campus may share one.
    limit_requests: Annotated[int, Field(ge=1, le=100_000)] = 50  # a second
    limit_burst: Annotated[int, Field(ge=0, le=100_000)] = 200
    limit_connections: Annotated[int, Field(ge=1, le=65_535)] = 200  # requests at the same time; NGINX takes no more
    limit_sockets: Annotated[int, Field(ge=1, le=65_535)] = 1000
    limit_sign_ins: Annotated[int, Field(ge=1, le=100_000)] = 30  # a minute
    limit_body_megabytes: Annotated[int, Field(ge=1, le=40)] = 6  # of an upload; other bodies have at most 1 MB

    # The limits for one person, whatever the IP address.
    limit_writes: Annotated[int, Field(ge=1, le=100_000)] = 120  # a minute
    limit_searches: Annotated[int, Field(ge=1, le=100_000)] = 60  # a minute
    limit_uploads: Annotated[int, Field(ge=1, le=100_000)] = 20  # an hour

    # The number of processes. The default of servers is the number of processors, as far as their memory allows.
    server_processes: Processes = None
    server_memory_megabytes: Annotated[int, Field(ge=256, le=1_048_576)] = 768  # of each server's container
    worker_processes: Processes = None

    # The number of containers, of each site's server and sockets, and of workers.
    server_replicas: Replicas = 1
    sockets_replicas: Replicas = 1
    worker_replicas: Replicas = 1

    # Compose alone reads these.
    compose_project_name: str = ""
    release: Release = ""  # the tag of the portal's own images; `make up` writes it
    compose_file: str = ""  # `configuration` reads it too: the network of the servers follows from it
    python_image: Image = ""
    node_image: Image = ""
    postgres_image: Image = ""
    redis_image: Image = ""
    memcached_image: Image = ""
    rabbitmq_image: Image = ""
    nginx_image: Image = ""
    redis_commander_image: Image = ""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        path = getattr(dotenv_settings, "env_file", None)
        values = read_dotenv(path) if isinstance(path, Path) else {}
        values = {name: value for name, value in values.items() if name not in cls.file_variables()}
        if not is_production(values):
            values = {name: value for name, value in values.items() if name not in SERVER_URLS}
        return init_settings, env_settings, InitSettingsSource(settings_cls, values)

    @classmethod
    def is_secret(cls, variable: str) -> bool:
        """Return whether messages must not show the value of `variable`."""
        field = cls.model_fields.get(variable.partition(".")[0].lower())  # TRUSTED_PROXIES.0 is a part of one
        return field is None or SecretStr in (field.annotation, *get_args(field.annotation))

    @classmethod
    def secret_names(cls) -> list[str]:
        """Return the variables that are secret: each may come from a file."""
        return [name.upper() for name in cls.model_fields if cls.is_secret(name)]

    @classmethod
    def file_variables(cls) -> set[str]:
        """Return the variables that name the file of a secret."""
        return {name + SUFFIX for name in cls.secret_names()}

    @property
    def is_published(self) -> bool:
        """Whether other machines can reach the portal."""
        return not ip_address(self.publish_address.strip("[]")).is_loopback

    @property
    def is_production(self) -> bool:
        return self.portal_environment == "production"

    @property
    def is_testing(self) -> bool:
        return self.portal_environment == "testing"
