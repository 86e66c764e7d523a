"""Finds the services and apps by their manifests, in the portal's folders and in installed packages.

A folder with a manifest is a *plugin*. Its name is its app label, and its path below /api/, /ws/ and /. All manifests
are checked, and all problems reported, before any plugin is imported.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from keyword import iskeyword
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from core.catalogues.texts import translate
from core.configuration.installed_apps import GROUP, InstalledApp
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
    account admin allauth allauth_idp_oidc auth channels contenttypes core core_audit core_backups core_mail core_people
    core_tokens daphne drf_spectacular headless idp messages mfa rest_framework sessions socialaccount staticfiles
    usersessions
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


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder that may be a plugin's. Messages call it `label`."""

    layer: Layer
    directory: Path
    label: str


def discover(base_directory: Path, portal: Portal | None, installed: Iterable[InstalledApp] = ()) -> tuple[Plugin, ...]:
    """Return all plugins by name, services before apps, and the installed apps last.

    Raises ConfigurationError with the problems of all of them.
    """
    problems: list[Problem] = []
    plugins: dict[str, Plugin] = {}
    labels: dict[str, str] = {}
    found = [*folders(base_directory)]
    for app in installed:
        if problem := package_problem(app):
            problems.append(problem)
        else:
            found.append(Folder("apps", app.directory, f"{app.package}: apps/{app.name}"))
    for folder in found:
        name, file = folder.directory.name, f"{folder.label}/{FILE_NAME}"
        if problem := name_problem(name):
            problems.append(problem)
        elif name in plugins:
            problems.append(
                Problem(
                    folder.label,
                    "the folder's name",
                    f"the name of {labels[name]}",
                    "a name that no other service or app has",
                    "rename the folder"
                    if ":" not in folder.label
                    else f"remove one of them: make uninstall app={name}",
                )
            )
        else:
            try:
                manifest = read_manifest(folder.directory, file)
            except ConfigurationError as error:
                problems.extend(error.problems)
                continue
            problems.extend(reference_problems(manifest, portal, file))
            plugins[name] = Plugin(name, folder.layer, folder.directory, manifest)
            labels[name] = folder.label
    if problems:
        raise ConfigurationError(problems)
    return tuple(plugins.values())


def folders(base_directory: Path) -> Iterator[Folder]:
    """Yield the folder of each manifest below the portal's folder."""
    for layer in LAYERS:
        for manifest in sorted((base_directory / layer).glob(f"*/{FILE_NAME}")):
            yield Folder(layer, manifest.parent, f"{layer}/{manifest.parent.name}")


def package_problem(app: InstalledApp) -> Problem | None:
    """Return why a package does not contain an app as it says; None if it does."""
    where, key = f"the package {app.package}", f"the entry point {app.name} in {GROUP}"
    build = "build the package as docs/how-to/publish-an-app-as-a-package.md describes"
    if app.module != f"apps.{app.name}":
        return Problem(where, key, app.module, f"apps.{app.name}", build)
    if not (app.directory / FILE_NAME).is_file():
        return Problem(where, key, f"no file apps/{app.name}/{FILE_NAME}", "a package with this file", build)
    return None


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
