"""Collect the texts of a folder that have to be translated."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import yaml
from babel.messages.extract import extract

from .places import Owner

# The functions of Django, and the positions of their texts. The name `_` is what modules import gettext as.
KEYWORDS: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
IGNORED = {"__pycache__", "app_template", "frontend", "locale", "migrations", "node_modules", "tests"}
MANIFEST_TEXTS = ("title", "description", "category")
NOTIFICATION_TEXTS = ("title", "body")

# A text, or its singular and plural, with the context that tells equal texts apart, and the file that has it.
type Text = tuple[str | tuple[str, str], str | None, str]


def texts_of(owner: Owner) -> Iterator[Text]:
    """Yield the texts of an owner, file by file."""
    if owner.is_portal:
        yield from with_file(portal_texts(read_yaml(owner.directory / "portal.yaml")), "portal.yaml")
        return
    manifest = owner.directory / "manifest.yaml"
    if manifest.is_file():
        yield from with_file(manifest_texts(read_yaml(manifest)), owner.label(manifest))
    for path in sources(owner.directory):
        source = path.read_bytes() if path.suffix == ".py" else template_as_python(path)
        for _, message, _, context in extract("python", BytesIO(source), keywords=KEYWORDS):
            yield message, context, owner.label(path)  # type: ignore[misc]  # a tuple has two texts here


def sources(directory: Path) -> Iterator[Path]:
    """Yield the Python files and the templates below a folder, sorted."""
    for path in sorted(directory.iterdir()):
        if path.is_dir():
            if path.name not in IGNORED:
                yield from sources(path)
        elif path.suffix == ".py" or (path.suffix in {".html", ".txt"} and "templates" in path.parts):
            yield path


def template_as_python(path: Path) -> bytes:
    """Return the texts of a Django template as calls of gettext, as Django's own makemessages does."""
    from django.utils.translation.template import templatize

    text = templatize(path.read_text(), origin=str(path))
    return "\n".join(line.strip() for line in text.splitlines()).encode()  # indents mean something in Python


def manifest_texts(manifest: dict[str, Any]) -> Iterator[str]:
    yield from chosen(manifest, MANIFEST_TEXTS)
    for action in manifest.get("actions") or []:
        yield from chosen(action, ("title",))
    yield from (str(text) for text in (manifest.get("scopes") or {}).values())
    for kind in (manifest.get("notifications") or {}).values():
        yield from chosen(kind, NOTIFICATION_TEXTS)


def portal_texts(portal: dict[str, Any]) -> Iterator[str]:
    """Yield the titles and descriptions of roles, and the titles of their details."""
    for role in (portal.get("roles") or {}).values():
        yield from chosen(role, ("title", "description"))
        for detail in (role.get("details") or {}).get("properties", {}).values():
            yield from chosen(detail, ("title",))


def chosen(values: dict[str, Any], keys: Iterable[str]) -> Iterator[str]:
    yield from (str(values[key]) for key in keys if values.get(key))


def with_file(texts: Iterable[str], file: str) -> Iterator[Text]:
    return ((text, None, file) for text in texts)


def read_yaml(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text()) or {}
