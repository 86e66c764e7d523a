"""The URLs of the servers with their passwords. In containers the two come apart: the password is a file."""

from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import SecretStr

from .environment import Environment
from .processes import password_field


def server_url(environment: Environment, field: str) -> str | None:
    """Return the URL in `field` of the environment, such as `database_url`, with its password; None without one."""
    url: SecretStr | None = getattr(environment, field)
    if url is None:
        return None
    name = password_field(field, environment.portal_process)
    password: SecretStr = getattr(environment, name) if name else SecretStr("")
    return add_password(url.get_secret_value(), password.get_secret_value())


def add_password(url: str, password: str) -> str:
    """Return `url` with `password`, if the URL names a user and has no password of its own."""
    parts = urlsplit(url)
    if not password or not parts.username or parts.password is not None:
        return url
    user, _, server = parts.netloc.rpartition("@")
    host = f"{user}:{quote(password, safe='')}@{server}"
    return urlunsplit((parts.scheme, host, parts.path, parts.query, parts.fragment))
