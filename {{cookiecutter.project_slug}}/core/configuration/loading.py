"""Reads `.env` and `portal.yaml`, and reports every problem of a file at once."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from . import environment as environment_file
from . import portal as portal_file
from .embedded import embedded_urls
from .environment import Environment, read_dotenv
from .portal import Portal
from .problems import WHOLE_FILE, ConfigurationError, Problem
from .production import check_production
from .secret_files import SUFFIX, SecretFiles
from .secret_text import SecretText
from .server_urls import server_url
from .validation import problems_of
from .yaml import read_yaml


@dataclass(frozen=True, slots=True)
class Configuration:
    """The contents of `.env` and `portal.yaml`: read at start, never changed."""

    base_directory: Path
    environment: Environment
    portal: Portal
    embedded: dict[str, str]

    def url(self, variable: str) -> SecretText | None:
        """Return the URL of a server, with its password; None when this process holds the embedded backend."""
        found = server_url(self.environment, variable.lower()) or self.embedded.get(variable)
        return SecretText(found) if found else None

    def is_embedded(self, variable: str) -> bool:
        """Return whether an embedded backend serves, in this process or in the development server's."""
        return getattr(self.environment, variable.lower()) is None


def make_configuration(base_directory: Path, environment: Environment, portal: Portal) -> Configuration:
    """Join the two files, and in development the embedded stores of a development server that runs beside."""
    development = environment.portal_environment == "development"
    return Configuration(base_directory, environment, portal, embedded_urls(base_directory) if development else {})


def read_environment(base_directory: Path) -> Environment:
    """Read `.env` and the process's environment.

    Raises ConfigurationError with every problem, and with what production refuses when this is production.
    """
    files = SecretFiles()
    environment = parse_environment(base_directory, files)
    if environment.is_production and (problems := list(check_production(environment, files.source))):
        raise ConfigurationError(problems)
    return environment


def parse_environment(base_directory: Path, files: SecretFiles) -> Environment:
    """Read `.env`, the process's environment and the files that they name, and add the files to `files`."""
    path = base_directory / environment_file.FILE_NAME
    try:
        written = read_dotenv(path)
    except UnicodeDecodeError:
        raise ConfigurationError([Problem(path.name, WHOLE_FILE, "bytes that are not UTF-8", "UTF-8 text")]) from None

    def where(key: str) -> str:
        key = key.partition(".")[0]
        if key in files.paths:
            return files.source(key)
        if key in os.environ or key not in written:
            return "the environment"
        return f"{path.name}, line {line_of(path, key)}"

    problems: list[Problem] = []
    for variables, place in ((os.environ, lambda key: "the environment"), (written, where)):
        # The process's environment takes precedence over .env, with a value or with a file.
        decided = os.environ if variables is written else {}
        names = [name for name in Environment.secret_names() if not (decided.get(name) or decided.get(name + SUFFIX))]
        problems += files.read(variables, names, place)
    from_files: dict[str, Any] = {name.lower(): value for name, value in files.values.items()}
    try:
        environment = Environment(_env_file=path, **from_files)
    except ValidationError as error:
        problems += problems_of(error, Environment, where, is_secret=Environment.is_secret, spell=str.upper)
    # Without the cause: pydantic's error holds the values, which a traceback would show.
    if problems:
        raise ConfigurationError(problems) from None
    return environment


def line_of(path: Path, key: str) -> int:
    """Return the number of the last line of `.env` that sets `key`, which is the one that counts."""
    lines = path.read_text().splitlines()
    return max((n for n, line in enumerate(lines, 1) if line.strip().upper().startswith(key)), default=1)


def read_portal(base_directory: Path) -> Portal:
    """Read `portal.yaml`. Raises ConfigurationError with every problem."""
    data = read_yaml(base_directory / portal_file.FILE_NAME, portal_file.FILE_NAME)
    try:
        return Portal.model_validate(data)
    except ValidationError as error:
        raise ConfigurationError(problems_of(error, Portal, lambda key: portal_file.FILE_NAME)) from error
