"""The URLs of the servers with their passwords. In containers the two come apart: the password is a file."""

from pydantic import SecretStr

from .environment import Environment
from .processes import OWNER, password_field
from .url_parts import add_authority, add_password, change_user, hosts


def server_url(environment: Environment, field: str) -> str | None:
    """Return the URL in `field` of the environment, such as `database_url`, with its password; None without one.

    It also has the authority of CA_CERTIFICATE, and for `migrations` the role that owns the tables. Several URLs of the
    message broker have semicolons between them.
    """
    urls: SecretStr | None = getattr(environment, field)
    if urls is None:
        return None
    name = password_field(field, environment.portal_process)
    password: SecretStr = getattr(environment, name) if name else SecretStr("")
    complete = []
    for url in urls.get_secret_value().split(";"):
        if field == "database_url" and environment.portal_process == "migrations":
            url = change_user(url, OWNER)
        complete.append(add_authority(add_password(url, password.get_secret_value()), environment.ca_certificate))
    return ";".join(complete)


def is_elsewhere(environment: Environment, field: str) -> bool:
    """Return whether the server in `field` is none of compose.yaml's. A process outside containers does not know."""
    urls: SecretStr | None = getattr(environment, field)
    return environment.in_containers and urls is not None and hosts(urls.get_secret_value()) != [service_of(field)]


def service_of(field: str) -> str:
    """Return the service of compose.yaml that a URL's field is about: `session-store` for `session_store_url`."""
    return field.removesuffix("_url").replace("_", "-")
