"""`.env` and the process's environment: addresses, secrets, and what differs between deployments.

The process's environment wins over `.env`. A key of `.env` that nobody reads is an error; the process's
environment may hold anything else beside ours.
"""

from collections.abc import Mapping
from email.utils import parseaddr
from ipaddress import IPv4Network, ip_address
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from .portal import SiteName
from .values import Cidr, Network, check_email

FILE_NAME = ".env"
DEVELOPMENT_SECRET_KEY = "a secret for development alone, which production refuses"  # noqa: S105


def server_url(*schemes: str) -> Any:
    """The type of a server's address with one of `schemes`; an empty one counts as absent."""
    listed = " or ".join(f"{scheme}://" for scheme in schemes)

    def check(value: str | None) -> str | None:
        if not value:
            return None
        try:
            parts = urlsplit(value)
            parts.port  # noqa: B018 - raises when the port is not a number
        except ValueError as error:
            raise ValueError(f"an address that starts with {listed}, with a port that is a number") from error
        if parts.scheme not in schemes or not (parts.hostname or parts.scheme == "sqlite"):
            raise ValueError(f"an address that starts with {listed}, or nothing (the embedded stand-in)")
        return value

    return Annotated[str | None, AfterValidator(check)]


def check_mail_from(value: str) -> str:
    check_email(parseaddr(value)[1])
    return value


def split_networks(value: Any) -> Any:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def check_publish_address(value: str) -> str:
    """An address as Compose takes it: IPv6 stands in brackets."""
    try:
        version = ip_address(value.removeprefix("[").removesuffix("]")).version
    except ValueError:
        version = 0
    if version == 0 or (version == 6) is not value.startswith("["):
        raise ValueError("an address of this machine such as 127.0.0.1, 0.0.0.0 or [::]: IPv6 in brackets")
    return value


def check_subnet(value: Network) -> Network:
    if not isinstance(value, IPv4Network) or value.prefixlen > 29:
        raise ValueError("an IPv4 network of at least 8 addresses, such as 172.16.240.0/24")
    return value


def empty_is_absent(value: Any) -> Any:
    """Compose passes a variable that is not set as an empty one."""
    return None if value == "" else value


RedisUrl = server_url("redis", "rediss")
Subnet = Annotated[Cidr, AfterValidator(check_subnet)]
Port = Annotated[int, Field(ge=1, le=65535)]
Processes = Annotated[int, Field(ge=1, le=64)]
Image = Annotated[str, StringConstraints(max_length=300)]


class LiteralDotEnv(DotEnvSettingsSource):
    """Reads `.env` as it stands: a `${…}` in a value is text, as it is for anyone who looks at the file."""

    def _read_env_file(self, file_path: Path) -> Mapping[str, str | None]:
        values = dotenv_values(file_path, encoding="utf-8", interpolate=False)
        return {key.lower(): value for key, value in values.items()}


class Environment(BaseSettings):
    """Every variable that the portal knows. Field names are the variables' names in lower case."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, env_nested_delimiter=None)

    SECRETS: ClassVar = ("SECRET", "PASSWORD", "_URL")  # a name that holds one of these is never shown with its value

    # Which process this is.
    portal_environment: Literal["development", "testing", "production"] = "development"
    site: SiteName | None = None
    in_containers: bool = False  # compose.yaml says so: then doctor asks the servers through the reverse proxy
    debug: bool | None = None

    # Secrets, one for each server that has one.
    secret_key: Annotated[str, StringConstraints(min_length=1)] = DEVELOPMENT_SECRET_KEY
    database_password: str = ""
    session_store_password: str = ""
    notification_store_password: str = ""
    channel_layer_password: str = ""
    application_store_password: str = ""
    message_broker_password: str = ""
    redis_gui_password: str = ""

    # The rows' addresses: absent, the embedded stand-in serves (in development and testing).
    database_url: server_url("postgresql", "postgres", "sqlite") = None  # type: ignore[valid-type]
    session_store_url: RedisUrl = None
    notification_store_url: RedisUrl = None
    channel_layer_url: RedisUrl = None
    application_store_url: RedisUrl = None
    cache_url: server_url("memcached") = None  # type: ignore[valid-type]
    message_broker_url: server_url("amqp", "amqps") = None  # type: ignore[valid-type]

    # Mail.
    mail_url: server_url("smtp", "smtps") = None  # type: ignore[valid-type]
    mail_from: Annotated[str, AfterValidator(check_mail_from)] = "Portal <portal@localhost.localdomain>"

    # What the reverse proxy publishes, and what stands in front of it.
    publish_address: Annotated[str, AfterValidator(check_publish_address)] = "127.0.0.1"
    publish_http_port: Port = 80
    publish_https_port: Port = 443
    trusted_proxies: Annotated[list[Cidr], NoDecode, BeforeValidator(split_networks)] = []
    edge_subnet: Subnet = IPv4Network("172.16.240.0/24")  # Docker gives networks from 172.17.0.0 on by itself
    internet_certificate: str = ""
    internet_certificate_key: str = ""
    intranet_certificate: str = ""
    intranet_certificate_key: str = ""

    # What one address may do, by the reverse proxy's count. A campus may be one address.
    limit_requests: Annotated[int, Field(ge=1, le=100_000)] = 50  # a second
    limit_burst: Annotated[int, Field(ge=0, le=100_000)] = 200
    limit_connections: Annotated[int, Field(ge=1, le=100_000)] = 1000
    limit_sign_ins: Annotated[int, Field(ge=1, le=100_000)] = 30  # a minute
    limit_body_megabytes: Annotated[int, Field(ge=1, le=1024)] = 6

    # How many processes serve and work; absent, as many as there are processors.
    server_processes: Annotated[Processes | None, BeforeValidator(empty_is_absent)] = None
    worker_processes: Annotated[Processes | None, BeforeValidator(empty_is_absent)] = None

    # What Compose alone reads.
    compose_project_name: str = ""
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
        env_file = getattr(dotenv_settings, "env_file", None)
        return init_settings, env_settings, LiteralDotEnv(settings_cls, env_file=env_file)

    @property
    def is_published(self) -> bool:
        """Whether others than this machine can reach the portal."""
        return not ip_address(self.publish_address.strip("[]")).is_loopback

    @property
    def is_production(self) -> bool:
        return self.portal_environment == "production"

    @property
    def is_testing(self) -> bool:
        return self.portal_environment == "testing"
