"""The settings are composed by name: no module leaks a name, and no name overwrites another."""

import ast
import importlib
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from django.conf import global_settings
from django.conf import settings as portal_settings

from config import settings as index

FOLDER = Path(index.__file__).parent
MODULES = sorted(FOLDER.glob("*.py"))
SOURCES = ("config", "core", "services", "apps")

# Django has no default for these.
DJANGO = {"MAILERS", "ROOT_URLCONF"}
# The settings that a library reads.
LIBRARIES = re.compile(
    r"(ACCOUNT|ALLAUTH|HEADLESS|IDP_OIDC|MFA|USERSESSIONS|DJANGO_STRUCTLOG)_[A-Z_]+|REST_FRAMEWORK|SPECTACULAR_SETTINGS"
    r"|CHANNEL_LAYERS|ASGI_APPLICATION"
)


def bound_names(tree: ast.AST) -> Iterator[str]:
    """Yield the names that a module binds outside its functions, once for each time."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.FunctionDef() | ast.ClassDef():
                yield node.name
            case ast.Import() | ast.ImportFrom():
                yield from ((alias.asname or alias.name).partition(".")[0] for alias in node.names)
            case ast.Name(ctx=ast.Store()):
                yield node.id
            case ast.Lambda() | ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                pass
            case _:
                yield from bound_names(node)


def values(module: ModuleType) -> dict[str, object]:
    return {
        name: value
        for name, value in vars(module).items()
        if not name.startswith("__") and not isinstance(value, ModuleType)
    }


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_binds_each_name_once_and_imports_by_name(path):
    names = Counter(bound_names(ast.parse(path.read_text())))
    assert [name for name, count in names.items() if count > 1] == []
    assert "*" not in names


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_a_module_assigns_constants_only(path):
    assignments = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.Assign)]
    names = {name for node in assignments for name in bound_names(ast.Module([node]))}
    assert {name for name in names if not name.isupper()} == set()


def test_the_index_holds_settings_only():
    assert {name for name in values(index) if not name.isupper()} == set()


def test_every_setting_is_read_by_django_a_library_or_the_portal():
    code = "\n".join(
        path.read_text()
        for folder in SOURCES
        for path in (portal_settings.BASE_DIRECTORY / folder).rglob("*.py")
        if "tests" not in path.parts
    )
    read = {*DJANGO, *dir(global_settings), *re.findall(r"\bsettings\.([A-Z_]+)", code)}
    read |= set(re.findall(r'"([A-Z]+_CSP)"', code))  # core/http/middleware.py gets them by name
    unread = {name for name in values(index) if name not in read and not LIBRARIES.fullmatch(name)}
    assert unread == set()


def test_tests_have_the_same_settings():
    testing = importlib.import_module("config.testing")
    assert {name for name in values(testing) if name.isupper()} - {"CAMPUS"} == set(values(index))
    assert index.CONFIGURATION.environment.is_testing


def test_celery_reads_its_own_module():
    from celery import current_app

    assert current_app.conf.task_default_queue == importlib.import_module("config.settings.tasks").NAME
