"""The icons of manifests: one of Lucide by its name, or the app's own file `icon.svg`.

`lucide.json` has all icons of Lucide (https://lucide.dev, licence in lucide-license.txt), each as one path. It is a
file of the repository and no package of npm, for two reasons. The back end needs names and shapes where there is no
node_modules: in the image, and in tests. And the package has 67 MB, which each `npm ci` would unpack for a dozen icons.
`make roll` writes the file anew: infrastructure/development/move_icons.py. Browsers get the shapes of the apps that
they show, in /api/portal/.
"""

import json
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from core.configuration.problems import Problem

from .discovery import Plugin
from .manifest import DEFAULT_ICON, FILE_NAME, ICON_FILE
from .registry import installed_plugins
from .svg import Icon, SvgError, read_svg

LUCIDE = Path(__file__).with_name("lucide.json")
ALLOWED = f"a name of https://lucide.dev/icons, {DEFAULT_ICON} for the first letter of the title, or {ICON_FILE}"


def lucide_paths() -> dict[str, str]:
    """Return name → path of all icons of Lucide. It takes some milliseconds."""
    paths: dict[str, str] = json.loads(LUCIDE.read_text())["icons"]
    return paths


def icon_name(plugin: Plugin) -> str:
    """Return the name of a plugin's icon in answers of the API. That of an own file has the name of its app."""
    return f"{plugin.name}/icon.svg" if plugin.manifest.icon == ICON_FILE else plugin.manifest.icon


def icon_shapes(names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Return icon name → its shape, for the names of installed icons."""
    shapes = installed_shapes()
    return {name: shapes[name] for name in names if name in shapes}


@cache
def installed_shapes() -> dict[str, dict[str, Any]]:
    """Return icon name → its shape, of all installed plugins. A wrong icon has none: a check reports it."""
    lucide = lucide_paths()
    shapes = {}
    for plugin in installed_plugins().values():
        if icon := find_icon(plugin, lucide):
            shapes[icon_name(plugin)] = {"path": icon.path, "box": icon.box, "filled": icon.filled}
    return shapes


def find_icon(plugin: Plugin, lucide: dict[str, str]) -> Icon | None:
    """Return the icon of a plugin, or None if it has none or a wrong one."""
    if plugin.manifest.icon == ICON_FILE:
        try:
            return read_svg(plugin.directory / ICON_FILE)
        except (SvgError, OSError):
            return None
    path = lucide.get(plugin.manifest.icon)
    return Icon(path) if path else None


def icon_problem(plugin: Plugin, lucide: dict[str, str]) -> Problem | None:
    """Return what is wrong with the icon of a manifest, or None."""
    folder, name = f"{plugin.layer}/{plugin.name}", plugin.manifest.icon
    if name == ICON_FILE:
        try:
            read_svg(plugin.directory / ICON_FILE)
        except SvgError as error:
            return Problem(f"{folder}/icon.svg", "the icon", error.found, error.allowed, error.do)
        except OSError:
            missing = f"{name}, and no such file"
            return Problem(f"{folder}/{FILE_NAME}", "icon", missing, ALLOWED, f"add {folder}/icon.svg")
    elif name != DEFAULT_ICON and name not in lucide:
        return Problem(f"{folder}/{FILE_NAME}", "icon", name, ALLOWED, nearest(name, lucide))
    return None


def nearest(name: str, known: Iterable[str]) -> str:
    """Return what to do about an unknown name: write one of the nearest ones. A word of a name counts as near."""
    known = list(known)
    near = get_close_matches(name, known, n=3)
    near += [one for one in known if name in one.split("-") and one not in near][: 3 - len(near)]
    return f"write {', '.join(near[:-1])}{' or ' if near[1:] else ''}{near[-1]}" if near else "look for one there"
