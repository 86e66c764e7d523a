"""The further pages of services: paths such as /sign-in, which a service's manifest lists under `pages`.

Each is the module frontend/pages/<path>/index.jsx of the service. The frontend's build finds them by this pattern. The
home page has no tile for them. A service that wants no tile lists its own name, and has no frontend/index.jsx.
"""

from collections.abc import Iterable, Iterator

from core.configuration.problems import Problem

from .discovery import RESERVED_PATHS, Plugin
from .manifest import FILE_NAME

FOLDER = "frontend/pages"
MODULE = "index.jsx"


def page_problems(plugins: Iterable[Plugin]) -> Iterator[Problem]:
    """Yield a problem for each page that is taken, reserved, not there, not listed, or listed by an app."""
    plugins = tuple(plugins)
    # A path has - where a name has _. An app called sign_in would be mistaken for the page /sign-in.
    owners = {plugin.name: f"{plugin.layer}/{plugin.name}" for plugin in plugins}
    for plugin in plugins:
        where = f"{plugin.layer}/{plugin.name}/{FILE_NAME}"
        listed = plugin.manifest.pages
        if listed and plugin.layer != "services":
            yield Problem(
                where,
                "pages",
                ", ".join(listed),
                "this key only in a service",
                f"remove it: an app's page is /{plugin.name}/",
            )
            continue
        if plugin.name in listed and not (plugin.directory / "frontend" / MODULE).is_file():
            del owners[plugin.name]
        for page in listed:
            yield from path_problems(where, page, owners)
            owners[as_name(page)] = f"{plugin.layer}/{plugin.name}"
            if not (plugin.directory / FOLDER / page / MODULE).is_file():
                file = f"{plugin.layer}/{plugin.name}/{FOLDER}/{page}/{MODULE}"
                yield Problem(where, "pages", page, f"a page with a module: {file}")
        for module in sorted(plugin.directory.glob(f"{FOLDER}/*/{MODULE}")):
            if (page := module.parent.name) not in listed:
                yield Problem(where, "pages", ", ".join(listed) or "nothing", f"every folder of {FOLDER}: add {page}")


def path_problems(where: str, page: str, owners: dict[str, str]) -> Iterator[Problem]:
    """Yield a problem when `page` is a reserved path, the name of a service or app, or listed already."""
    if page in RESERVED_PATHS:
        reserved = ", ".join(sorted(RESERVED_PATHS))
        yield Problem(where, "pages", page, f"a path that is not reserved; reserved are {reserved}")
    elif owner := owners.get(as_name(page)):
        yield Problem(where, "pages", page, f"a path that is not taken: {owner} has it")


def as_name(page: str) -> str:
    return page.replace("-", "_")


def page_owner(name: str, plugins: Iterable[Plugin]) -> Plugin | None:
    """Return the service that has a page at the path of an app called `name`."""
    return next((one for one in plugins if name in map(as_name, one.manifest.pages)), None)
