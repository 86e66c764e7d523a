"""Finds the services and apps by their manifests.

A folder with a manifest is a *plugin*. Its name is its app label, and its path below /api/, /ws/ and /. All manifests
are checked, and all problems reported, before any plugin is imported.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from keyword import iskeyword
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from core.catalogues.texts import translate
from core.configuration.portal import Portal
from core.configuration.prefixes import API, PREFIXES, SCHEMA, first_segment
from core.configuration.problems import ConfigurationError, Problem, nearest_name
from core.configuration.validation import problems_of
from core.configuration.yaml import read_yaml
from core.plugins.manifest import FILE_NAME, Manifest

Layer = Literal["services", "apps"]
LAYERS: tuple[Layer, ...] = ("services", "apps")

NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

# Labels of the Django apps that every portal has.
TAKEN_LABELS = frozenset(
    """
    account admin allauth allauth_idp_oidc auth channels contenttypes core core_audit core_mail core_people core_tokens
    daphne drf_spectacular headless messages mfa rest_framework sessions socialaccount staticfiles usersessions
    """.split()  # noqa: SIM905 - easier to read without quotes
)
API_PATHS = frozenset({first_segment(SCHEMA.removeprefix(API))})
# No service or app has these names, and no service has a page at these paths.
RESERVED_PATHS = frozenset({"app", "directory"}) | API_PATHS | frozenset(map(first_segment, PREFIXES))
# The topic of a person is `person:<id>`.
RESERVED_NAMES = TAKEN_LABELS | RESERVED_PATHS | {"person"}


@dataclass(frozen=True, slots=True)
class Plugin:
    """An installed service or app."""

    name: str
    layer: Layer
    directory: Path
    manifest: Manifest

    @property
    def title(self) -> str:
        """The title in the language of the request. Sort and show this one, and not that of the manifest."""
        return translate(self.manifest.title)

    @property
    def module(self) -> str:
        return f"{self.layer}.{self.name}"

    def has(self, submodule: str) -> bool:
        """Return whether the folder contains the module `submodule`, without importing it."""
        return (self.directory / f"{submodule}.py").is_file() or (self.directory / submodule / "__init__.py").is_file()


def discover(base_directory: Path, portal: Portal | None) -> tuple[Plugin, ...]:
    """Return all plugins by name, services before apps. Raises ConfigurationError with the problems of all of them."""
    problems: list[Problem] = []
    plugins: dict[str, Plugin] = {}
    for layer, directory in folders(base_directory):
        file = f"{layer}/{directory.name}/{FILE_NAME}"
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
                    "rename the folder",
                )
            )
        else:
            try:
                manifest = read_manifest(directory, file)
            except ConfigurationError as error:
                problems.extend(error.problems)
                continue
            problems.extend(reference_problems(manifest, portal, file))
            plugins[directory.name] = Plugin(directory.name, layer, directory, manifest)
    if problems:
        raise ConfigurationError(problems)
    return tuple(plugins.values())


def folders(base_directory: Path) -> Iterator[tuple[Layer, Path]]:
    """Yield the layer and the folder of each manifest."""
    for layer in LAYERS:
        for manifest in sorted((base_directory / layer).glob(f"*/{FILE_NAME}")):
            yield layer, manifest.parent


def name_problem(name: str) -> Problem | None:
    """Return why a folder must not have this name; None if it may."""
    folder = f"the folder {name}"
    if not NAME.fullmatch(name):
        return Problem(
            folder,
            "its name",
            repr(name),
            "lower-case letters, digits and _, at most 40, starting with a letter",
        )
    if iskeyword(name):
        return Problem(folder, "its name", name, "a name that is not a keyword of Python, because Python imports it")
    if name in RESERVED_NAMES:
        return Problem(folder, "its name", name, f"any name but {', '.join(sorted(RESERVED_NAMES))}")
    return None


def read_manifest(directory: Path, file: str) -> Manifest:
    """Read a manifest, which messages call `file`. Raises ConfigurationError with all problems."""
    data = read_yaml(directory / FILE_NAME, file)
    try:
        return Manifest.model_validate(data)
    except ValidationError as error:
        raise ConfigurationError(problems_of(error, Manifest, lambda key: file)) from error


def reference_problems(manifest: Manifest, portal: Portal | None, file: str) -> Iterator[Problem]:
    """Yield a problem for each ring or role of a manifest that `portal.yaml` does not have."""
    if portal is None:
        return
    for key, names, known in (
        ("audience.rings", manifest.audience.rings, portal.rings),
        ("audience.roles", manifest.audience.roles, portal.roles),
    ):
        for name in names:
            if name not in known:
                allowed = f"a name in portal.yaml: {', '.join(sorted(known)) or '(none)'}"
                yield Problem(file, key, name, allowed, nearest_name(name, known))
