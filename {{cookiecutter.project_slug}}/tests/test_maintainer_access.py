"""Access that is denied is denied everywhere: every URL, every method, the list of apps and the schema."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import settings
from django.urls import URLPattern

from core.api.routing import plugins_resolver
from core.api.views import make_schema
from core.people.actions import role_grant
from core.plugins.manifest import Audience
from core.plugins.registry import installed_plugins
from core.testing.client import PortalClient

METHODS = ["get", "head", "options", "post", "put", "patch", "delete", "trace"]
UNSAFE = ["post", "put", "patch", "delete"]
OFF_CAMPUS = "203.0.113.9"

# It reads no cookie: the token in its path is the proof, and RFC 8058 lets mail servers send it without a page.
WITHOUT_COOKIES = "/api/portal/unsubscribe/1/"


def urls_of(name: str) -> Iterator[str]:
    """Yield every URL of a plugin's API, with made-up parameters."""

    def walk(patterns: list, prefix: str) -> Iterator[str]:
        for pattern in patterns:
            url = prefix + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                yield re.sub(r"<(?:int:|str:)?[a-z_]+>", "1", url)
            else:
                yield from walk(pattern.url_patterns, url)

    yield from walk(plugins_resolver().plugins[name].url_patterns, f"/api/{name}/")


NAMES = [plugin.name for plugin in settings.PLUGINS if plugin.has("urls")]


@pytest.fixture(params=NAMES)
def restricted(request, monkeypatch) -> str:
    """Restrict each plugin in turn to maintainers on the campus, and return its name."""
    plugin = installed_plugins()[request.param]
    audience = Audience(roles=["maintainer"], rings=["campus"])
    changed = plugin.manifest.model_copy(update={"audience": audience})
    monkeypatch.setitem(installed_plugins(), plugin.name, replace(plugin, manifest=changed))
    return plugin.name


@pytest.fixture
def student(person) -> PortalClient:
    role_grant(person=person, name="student")
    return PortalClient(raise_request_exception=False).sign_in(person)


@pytest.fixture
def maintainer(make_person) -> PortalClient:
    person = make_person("maintainer")
    role_grant(person=person, name="maintainer")
    return PortalClient(raise_request_exception=False).sign_in(person)


def test_the_urls_of_every_api_are_found():
    assert set(NAMES) >= {"portal", "notifications"}
    assert all(list(urls_of(name)) for name in NAMES)


def test_the_audience_holds_for_every_url_and_method(restricted, student, visitor, maintainer):
    for url in urls_of(restricted):
        for method in METHODS:
            request = f"{method} {url}"
            assert getattr(visitor, method)(url).status_code == 401, request
            refused = getattr(student, method)(url)
            assert refused.status_code == 403, request
            assert getattr(maintainer, method)(url, REMOTE_ADDR=OFF_CAMPUS).status_code == 403, request
            if method not in {"head", "trace"}:
                assert refused.json()["roles"] == ["Maintainer"], request


def test_similar_urls_do_not_avoid_the_audience(restricted, student):
    for url in (f"/api/{restricted}", f"/api/{restricted}//", f"/api//{restricted}/", f"/api/{restricted}/%2e%2e/"):
        assert student.get(url).status_code in {403, 404}, url


def test_the_list_of_apps_and_the_schema_leave_out_a_restricted_app(restricted, student, visitor, maintainer):
    if restricted == "portal":
        assert student.get("/api/portal/").status_code == 403
        return
    for client, expected in ((visitor, False), (student, False), (maintainer, True)):
        schema = client.get("/api/schema/").json()
        assert any(path.startswith(f"/api/{restricted}/") for path in schema["paths"]) is expected
    schema = student.get("/api/schema/").content.decode()
    everything = make_schema(None, list(installed_plugins()))["components"]["schemas"]
    others = make_schema(None, [name for name in installed_plugins() if name != restricted])["components"]["schemas"]
    for name in set(everything) - set(others):
        assert f'"{name}"' not in schema
    for client in (visitor, student):
        assert restricted not in [app["name"] for app in client.get("/api/portal/").json()["apps"]]


def test_pages_of_other_origins_change_nothing(make_person):
    """Send every unsafe method to every URL as a superuser with all roles, without the CSRF token."""
    person = make_person("maintainer", is_staff=True, is_superuser=True)
    for role in settings.PORTAL.roles:
        role_grant(person=person, name=role)
    client = PortalClient(enforce_csrf_checks=True).sign_in(person)
    for name in NAMES:
        for url in urls_of(name):
            for method in UNSAFE:
                response = getattr(client, method)(url, headers={"Origin": "https://evil.example"})
                if url == WITHOUT_COOKIES:
                    assert response.status_code == (404 if method == "post" else 405), f"{method} {url}"
                    continue
                assert response.status_code in {403, 405}, f"{method} {url}"
                if response.status_code == 403:
                    assert "page of the portal" in response.json()["detail"] or "CSRF" in response.json()["detail"]
