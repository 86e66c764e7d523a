"""URL prefixes have one list, core/configuration/prefixes.py. NGINX, webpack and the pages agree with it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from core.configuration import prefixes
from core.configuration.prefixes import INTRANET_PREFIXES, PORTAL_FILES, PREFIXES, PROGRAM_PREFIXES, first_segment
from core.plugins.discovery import name_problem

BASE = settings.BASE_DIRECTORY
NGINX = BASE / "infrastructure" / "nginx"
LIST = Path(prefixes.__file__)


def read(path: str) -> str:
    return (BASE / path).read_text()


def alternatives(text: str, start: str) -> set[str]:
    """Return the alternatives of the regular expression that follows `start`: `{"a", "b"}` of `start(a|b)`."""
    found = re.search(re.escape(start) + r"\(([^)?]+)\)", text)
    assert found, f"{start!r} is not there any more: correct this test"
    return set(found[1].replace("\\.", ".").split("|"))


def segments(paths: tuple[str, ...]) -> set[str]:
    return set(map(first_segment, paths))


@pytest.mark.parametrize("prefix", PREFIXES)
def test_an_unknown_path_below_a_prefix_is_never_a_page_of_the_frontend(db, visitor, prefix):
    for path in (prefix.rstrip("/"), prefix, f"{prefix}nothing-is-here/x"):
        response = visitor.get(path)
        frontend = response.status_code == 503  # tests have no build, which the frontend's view reports as 503
        assert not frontend, path
        assert response.status_code != 200, path


def test_no_app_may_take_a_prefix_for_its_name():
    names = segments(PREFIXES) - {"_allauth"}  # no app's name may begin with _
    assert [name for name in names if name_problem(name) is None] == []


def test_nginx_has_a_location_for_each_prefix():
    snippets = ("site.conf", "error-pages.conf", "files-in-volumes.conf")
    shared = "".join((NGINX / "snippets" / name).read_text() for name in snippets)
    sites = (NGINX / "nginx.conf").read_text()
    below = re.findall(r"^ *location \^~ (\S+)", shared, re.MULTILINE)
    exact = re.findall(r"^location = (\S+) +\{ return 404; \}", shared, re.MULTILINE)
    assert set(below) == {"/_errors/", "/_maintenance/", *PREFIXES} - set(INTRANET_PREFIXES)
    assert set(exact) == {prefix.rstrip("/") for prefix in PREFIXES}
    intranet, internet = sites.split("internet.conf;")
    for prefix in INTRANET_PREFIXES:
        assert f"location ^~ {prefix} {{\n" in intranet
        assert f"location ^~ {prefix} {{ return 404; }}" in internet


def test_nginx_answers_programs_with_problem_details():
    maps = (NGINX / "snippets" / "maps.conf").read_text()
    assert alternatives(maps, "map $request_uri $error_kind {\n    ~^/") == segments(PROGRAM_PREFIXES)


def test_nginx_redirects_no_program_from_plain_http():
    """The admin and the Redis GUI are pages that people open."""
    maps = (NGINX / "snippets" / "maps.conf").read_text()
    refused = alternatives(maps, "map $request_method:$request_uri $redirects_to_tls {\n    ~^(GET|HEAD):/")
    assert refused == segments(PREFIXES) - segments(INTRANET_PREFIXES)


def test_nginx_sandboxes_uploads():
    maps = (NGINX / "snippets" / "maps.conf").read_text()
    uploads = re.search(r"~\^/\(([^)]+)\)/ \"default-src 'none'; sandbox\"", maps)
    assert set(uploads[1].split("|")) == segments((prefixes.MEDIA, prefixes.PROTECTED))


def test_webpack_passes_every_prefix_to_django():
    assert alternatives(read("frontend/webpack/serve.mjs"), r"const DJANGO = /^\/") == segments(PREFIXES)


@pytest.mark.parametrize(
    ("file", "start", "end"),
    [
        ("infrastructure/nginx/snippets/site.conf", 'location ~ "', '" {'),
        ("frontend/webpack/serve.mjs", "const FILES = /", "/\n"),
    ],
)
def test_servers_know_the_files_of_the_portal(file, start, end):
    _, _, after = read(file).partition(start)
    expression = re.compile(after.partition(end)[0].replace("\\/", "/"))
    assert [path for path in PORTAL_FILES if not expression.search(path)] == []
    assert not expression.search("/people/icon.svg")
    assert not expression.search("/iconxsvg")


@pytest.mark.parametrize("path", ["accounts/frontend/destination.js", "notifications/frontend/Row.jsx"])
def test_pages_load_every_prefix_from_a_server(path):
    module = read(f"services/{path}")
    assert alternatives(module, "const SERVER_PATHS =\n  /^\\/") == segments(PREFIXES)


def test_compose_uses_the_prefixes():
    services = yaml.safe_load(read("compose.yaml"))["services"]
    assert f"GET {prefixes.LIVENESS} " in services["intranet-server"]["healthcheck"]["test"][-1]
    assert services["redis-gui"]["environment"]["URL_PREFIX"] == prefixes.REDIS_GUI.rstrip("/")


def literals(path: Path) -> Iterator[str]:
    """Yield the strings of a module that are not docstrings."""
    tree = ast.parse(path.read_text())
    docstrings = {
        node.value for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in docstrings:
            yield node.value


def test_no_other_module_spells_a_prefix():
    prefix = re.compile(rf"/({'|'.join(segments(PREFIXES))})/")
    sources = [path for folder in ("config", "core", "services") for path in (BASE / folder).rglob("*.py")]
    modules = [path for path in sources if path != LIST and not {"tests", "testing"} & set(path.parts)]
    copies = {str(path.relative_to(BASE)): text for path in modules for text in literals(path) if prefix.match(text)}
    assert copies == {}
