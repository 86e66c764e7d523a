"""Private APIs of libraries are used in one module each, and a release that moves one is reported by name."""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
import redis
from channels_redis.pubsub import RedisPubSubLoopLayer
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csp import csp_override
from pymemcache import HashClient
from rest_framework.request import Request

from core.api.rest_framework_internals import django_request
from core.http.django_internals import has_own_policy
from core.live.channels_redis_internals import group_channel
from core.stores.django_internals import AdaptableMemcachedCache

BASE = settings.BASE_DIRECTORY
PORTAL = ("config", "core", "services", "apps")
MODULES = [
    path
    for folder in PORTAL
    for path in sorted((BASE / folder).rglob("*.py"))
    if not {"tests", "migrations", "app_template"} & set(path.parts)
]
INTERNALS = [path for folder in PORTAL for path in sorted((BASE / folder).rglob("*_internals.py"))]

# These begin with an underscore and are documented.
DOCUMENTED = {"_meta", "_state", "_db", "_default_manager", "_base_manager"}
PRIVATE = re.compile(r"_[a-z]\w*")


def module_of(path: Path) -> ModuleType:
    return importlib.import_module(".".join(path.relative_to(BASE).with_suffix("").parts).removesuffix(".__init__"))


def resolve(name: str) -> object:
    """Return what the dotted `name` refers to. Raises ImportError or AttributeError when it is not there."""
    parts = name.split(".")
    for count in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:count]))
        except ModuleNotFoundError:
            continue
        for attribute in parts[count:]:
            found = getattr(found, attribute)
        return found
    raise ImportError(name)


def private_names() -> list[tuple[Path, str]]:
    return [(path, name) for path in INTERNALS for name in getattr(module_of(path), "PRIVATE", ())]


@pytest.mark.parametrize(("path", "name"), private_names(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_private_name_is_where_the_portal_looks_for_it(path, name):
    try:
        resolve(name)
    except (ImportError, AttributeError):
        library = name.partition(".")[0]
        pytest.fail(f"{library} moved {name}: correct {path.relative_to(BASE)}, the only module that uses it")


def test_drf_keeps_djangos_request():
    request = HttpRequest()
    assert django_request(Request(request)) is request, "DRF moved Request._request: see rest_framework_internals.py"


def test_django_marks_a_view_with_its_own_policy():
    @csp_override({"default-src": ["'none'"]})
    def view(request):
        return HttpResponse()

    assert has_own_policy(view(HttpRequest())), "Django moved _csp_config: see core/http/django_internals.py"
    assert not has_own_policy(HttpResponse())


def test_django_sends_every_command_to_the_client_of_the_cache():
    asked = []

    class Recorder(HashClient):
        def __getattribute__(self, name):
            if name in {"get", "set", "delete"}:
                asked.append(name)
                return lambda *arguments, **options: None
            return super().__getattribute__(name)

    class Cache(AdaptableMemcachedCache):
        client = Recorder([])

    cache = Cache("127.0.0.1:1", {})
    cache.get("key")
    cache.set("key", "value")
    assert set(asked) >= {"get", "set"}, "Django moved BaseMemcachedCache._cache: see core/stores/django_internals.py"


def test_channels_redis_subscribes_to_the_channel_that_the_portal_publishes_to():
    layer = RedisPubSubLoopLayer(hosts=["redis://none"], prefix="portal:live")
    found = group_channel("portal:live", "polls.7")
    assert layer._get_group_channel_name("polls.7") == found, "see core/live/channels_redis_internals.py"


def test_redis_py_keeps_the_socket_of_a_connection():
    assert hasattr(redis.Connection(), "_sock"), "redis-py moved Connection._sock: see core/stores/redis_internals.py"


def uses_of_private_names(path: Path) -> Iterator[str]:
    """Yield what a module uses of other modules' private APIs."""
    tree = ast.parse(path.read_text())
    own = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    own |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)}
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name) if PRIVATE.fullmatch(name) and name not in own | DOCUMENTED:
                yield name
            case ast.ImportFrom(module=str(module)) if {"internal", "internals"} & set(module.split(".")):
                yield module
            case ast.ImportFrom(names=names):
                yield from (alias.name for alias in names if PRIVATE.fullmatch(alias.name))
            case ast.Call(
                func=ast.Name(id="getattr" | "hasattr" | "setattr"), args=[_, ast.Constant(value=str(name)), *_]
            ):
                if PRIVATE.fullmatch(name):
                    yield name


def overrides_of_private_methods(path: Path) -> Iterator[str]:
    """Yield the private methods of a library that the classes of a module override."""
    module = module_of(path)
    for node in ast.parse(path.read_text()).body:
        one = getattr(module, node.name) if isinstance(node, ast.ClassDef) else None
        if one is None:
            continue
        foreign = [base for base in one.__mro__ if base.__module__.partition(".")[0] not in PORTAL]
        methods = [inner.name for inner in node.body if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef)]
        for name in methods:
            if PRIVATE.fullmatch(name) and any(name in vars(base) for base in foreign):
                yield f"{one.__name__}.{name}"


@pytest.mark.parametrize("path", [path for path in MODULES if path not in INTERNALS], ids=lambda path: path.stem)
def test_no_other_module_uses_a_private_name(path):
    if path.stem != "__main__":  # importing it would run it
        assert [*uses_of_private_names(path), *overrides_of_private_methods(path)] == []
