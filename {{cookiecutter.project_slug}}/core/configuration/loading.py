"""Reads `.env` and `portal.yaml`, and reports every problem of a file at once."""

import os
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values
from pydantic import ValidationError

from . import environment as environment_file
from . import portal as portal_file
from .embedded import embedded_urls
from .environment import Environment
from .portal import Portal
from .problems import ConfigurationError, Problem
from .production import check_production
from .validation import problems_of
from .yaml import read_yaml


@dataclass(frozen=True, slots=True)
class Configuration:
    """The contents of `.env` and `portal.yaml`: read at start, never changed."""

    base_directory: Path
    environment: Environment
    portal: Portal
    embedded: dict[str, str]

    def url(self, variable: str) -> str | None:
        """A row's address; None where its stand-in is to be made in this process."""
        explicit: str | None = getattr(self.environment, variable.lower())
        return explicit or self.embedded.get(variable)

    def is_embedded(self, variable: str) -> bool:
        """Whether a row is served by its stand-in, in this process or in the development server's."""
        return getattr(self.environment, variable.lower()) is None


def make_configuration(base_directory: Path, environment: Environment, portal: Portal) -> Configuration:
    """Join the two files, and in development the embedded stores of a development server that runs beside."""
    development = environment.portal_environment == "development"
    return Configuration(base_directory, environment, portal, embedded_urls(base_directory) if development else {})


def read_environment(base_directory: Path) -> Environment:
    """Read `.env` and the process's environment.

    Raises ConfigurationError with every problem, and with what production refuses when this is production.
    """
    environment = parse_environment(base_directory)
    if environment.is_production and (problems := list(check_production(environment))):
        raise ConfigurationError(problems)
    return environment


def parse_environment(base_directory: Path) -> Environment:
    path = base_directory / environment_file.FILE_NAME
    try:
        written = dotenv_values(path, encoding="utf-8", interpolate=False) if path.is_file() else {}
        return Environment(_env_file=path)  # type: ignore[call-arg]
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            [Problem(path.name, "(the whole file)", "bytes that are not UTF-8", "UTF-8 text")]
        ) from error
    except ValidationError as error:

        def where(key: str) -> str:
            key = key.partition(".")[0]
            if key in os.environ or key not in written:
                return "the environment"
            return f"{path.name}, line {line_of(path, key)}"

        def secret(key: str) -> bool:
            return any(word in key for word in Environment.SECRETS)

        raise ConfigurationError(problems_of(error, Environment, where, secret=secret, spell=str.upper)) from error


def line_of(path: Path, key: str) -> int:
    """The last line of `.env` that sets `key`: the one that counts."""
    lines = path.read_text().splitlines()
    return max((n for n, line in enumerate(lines, 1) if line.strip().upper().startswith(key)), default=1)


def read_portal(base_directory: Path) -> Portal:
    """Read `portal.yaml`. Raises ConfigurationError with every problem."""
    data = read_yaml(base_directory / portal_file.FILE_NAME, portal_file.FILE_NAME)
    try:
        return Portal.model_validate(data)
    except ValidationError as error:
        raise ConfigurationError(problems_of(error, Portal, lambda key: portal_file.FILE_NAME)) from error
