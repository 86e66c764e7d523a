"""Reads the configuration and the manifests, once, at start."""

from pathlib import Path

from core.configuration.installed_apps import installed_apps
from core.configuration.loading import Configuration, make_configuration, read_environment, read_portal
from core.configuration.problems import ConfigurationError, Problem, collect
from core.configuration.production import check_institute_sign_in, check_proxies

from .discovery import Plugin, discover
from .pages import page_problems


def load(base_directory: Path) -> tuple[Configuration, tuple[Plugin, ...]]:
    """Read `.env`, `portal.yaml` and every manifest below `base_directory` and in packages.

    Raises ConfigurationError with the problems of all of them.
    """
    problems: list[Problem] = []
    environment = collect(problems, lambda: read_environment(base_directory))
    portal = collect(problems, lambda: read_portal(base_directory))
    plugins = collect(problems, lambda: discover(base_directory, portal, installed_apps()))
    problems.extend(page_problems(plugins or ()))
    if environment and portal and environment.is_production:
        problems.extend(check_proxies(environment, portal))
        problems.extend(check_institute_sign_in(environment, portal))
    if problems or environment is None or portal is None or plugins is None:
        raise ConfigurationError(problems)
    return make_configuration(base_directory, environment, portal), plugins
