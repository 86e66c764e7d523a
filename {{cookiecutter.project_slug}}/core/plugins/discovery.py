"""Finds the services and the apps by their manifests; nothing else lists them.

A folder with a manifest is a *plugin*: its name is its app label, its address below /api/, /ws/ and the frontend.
All manifests are read, and all that is wrong with them is reported, before anything of them is imported.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from keyword import iskeyword
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from core.configuration.portal import Portal
from core.configuration.prefixes import API, PREFIXES, SCHEMA, first_segment
from core.configuration.problems import ConfigurationError, Problem
from core.configuration.validation import problems_of
from core.configuration.yaml import read_yaml
from core.plugins.manifest import FILE_NAME, Manifest

Layer = Literal["services", "apps"]
LAYERS: tuple[Layer, ...] = ("services", "apps")

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

# Labels of the Django apps that every portal has.
TAKEN_LABELS = frozenset(
    """
    account admin allauth allauth_idp_oidc auth channels contenttypes core core_people daphne drf_spectacular headless
    messages mfa rest_framework sessions socialaccount staticfiles usersessions
    """.split()  # noqa: SIM905 - a list of thirty words is read more easily without thirty pairs of quotes
)
API_PATHS = frozenset({first_segment(SCHEMA.removeprefix(API))})
# No service or app has these names, and no service has a page at these paths.
RESERVED_PATHS = frozenset({"app", "directory"}) | API_PATHS | frozenset(map(first_segment, PREFIXES))
RESERVED_NAMES = TAKEN_LABELS | RESERVED_PATHS


@dataclass(frozen=True, slots=True)
class Plugin:
    """A service or an app that is installed."""

    name: str
    layer: Layer
    directory: Path
    manifest: Manifest

    @property
    def module(self) -> str:
        return f"{self.layer}.{self.name}"

    def has(self, submodule: str) -> bool:
        """Whether the folder holds the module `submodule`, without importing it."""
        return (self.directory / f"{submodule}.py").is_file() or (self.directory / submodule / "__init__.py").is_file()


def discover(base_directory: Path, portal: Portal | None) -> tuple[Plugin, ...]:
    """Every plugin, services before apps, by name.

    Raises ConfigurationError with all that is wrong with any of them.
    """
    problems: list[Problem] = []
    plugins: dict[str, Plugin] = {}
    for layer, directory in folders(base_directory):
        where = f"{layer}/{directory.name}/{FILE_NAME}"
        if problem := name_problem(directory.name):
            problems.append(problem)
        elif directory.name in plugins:
            other = plugins[directory.name]
            problems.append(
                Problem(
                    f"{layer}/{directory.name}",
                    "the folder's name",
                    f"the name of {other.layer}/{other.name}",
                    "a name that no other service or app has",
                )
            )
        else:
            try:
                manifest = read_manifest(directory, where)
            except ConfigurationError as error:
                problems.extend(error.problems)
                continue
            problems.extend(reference_problems(manifest, portal, where))
            plugins[directory.name] = Plugin(directory.name, layer, directory, manifest)
    if problems:
        raise ConfigurationError(problems)
    return tuple(plugins.values())


def folders(base_directory: Path) -> Iterator[tuple[Layer, Path]]:
    for layer in LAYERS:
        for manifest in sorted((base_directory / layer).glob(f"*/{FILE_NAME}")):
            yield layer, manifest.parent


def name_problem(name: str) -> Problem | None:
    """Why a folder may not be named so; None when it may."""
    where = f"the folder {name}"
    if not NAME.fullmatch(name):
        return Problem(
            where,
            "its name",
            repr(name),
            "lower-case letters, digits and _, at most 40, beginning with a letter",
        )
    if iskeyword(name):
        return Problem(where, "its name", name, "a name that is no word of Python's own, for it is imported by it")
    if name in RESERVED_NAMES:
        return Problem(where, "its name", name, f"any name but {', '.join(sorted(RESERVED_NAMES))}")
    return None


def read_manifest(directory: Path, where: str) -> Manifest:
    data = read_yaml(directory / FILE_NAME, where)
    try:
        return Manifest.model_validate(data)
    except ValidationError as error:
        raise ConfigurationError(problems_of(error, Manifest, lambda key: where)) from error


def reference_problems(manifest: Manifest, portal: Portal | None, where: str) -> Iterator[Problem]:
    """A manifest may name only the rings and roles that `portal.yaml` has."""
    if portal is None:
        return
    for key, names, known in (
        ("audience.rings", manifest.audience.rings, portal.rings),
        ("audience.roles", manifest.audience.roles, portal.roles),
    ):
        for name in names:
            if name not in known:
                yield Problem(where, key, name, f"one of portal.yaml's: {', '.join(sorted(known)) or '(none)'}")
