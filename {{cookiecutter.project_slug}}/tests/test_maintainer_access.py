"""What is closed to somebody is closed by every way: address, method, list, description."""

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.conf import settings
from django.urls import URLPattern

from core.access.audience import Outcome
from core.api.routing import plugins_resolver
from core.api.views import make_schema
from core.people.actions import role_grant
from core.plugins.manifest import Audience
from core.plugins.registry import installed_plugins
from core.testing.client import PortalClient

METHODS = ["get", "head", "options", "post", "put", "patch", "delete", "trace"]
UNSAFE = ["post", "put", "patch", "delete"]
OUTSIDE = "203.0.113.9"


def addresses_of(name: str) -> Iterator[str]:
    """Every address of a plugin's API, with made-up values for what stands in them."""

    def walk(patterns: list, prefix: str) -> Iterator[str]:
        for pattern in patterns:
            address = prefix + str(pattern.pattern)
            if isinstance(pattern, URLPattern):
                yield re.sub(r"<(?:int:)?[a-z_]+>", "1", address)
            else:
                yield from walk(pattern.url_patterns, address)

    yield from walk(plugins_resolver().plugins[name].url_patterns, f"/api/{name}/")


NAMES = [plugin.name for plugin in settings.PLUGINS if plugin.has("urls")]


@pytest.fixture(params=NAMES)
def closed(request, monkeypatch) -> str:
    """Each plugin in turn, as one that is for maintainers on the campus."""
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
    boss = make_person("boss")
    role_grant(person=boss, name="maintainer")
    return PortalClient(raise_request_exception=False).sign_in(boss)


def test_every_api_has_an_address():
    assert set(NAMES) >= {"portal", "notifications"}
    assert all(list(addresses_of(name)) for name in NAMES)


def test_no_address_and_no_method_passes_the_audience_by(closed, student, visitor, maintainer):
    for address in addresses_of(closed):
        for method in METHODS:
            where = f"{method} {address}"
            assert getattr(visitor, method)(address).status_code == 401, where
            refused = getattr(student, method)(address)
            assert refused.status_code == 403, where
            assert getattr(maintainer, method)(address, REMOTE_ADDR=OUTSIDE).status_code == 403, where
            if method not in {"head", "trace"}:
                assert refused.json()["detail"] == Outcome.ROLE.detail, where


def test_an_address_that_is_nearly_one_leads_nowhere(closed, student):
    for address in (f"/api/{closed}", f"/api/{closed}//", f"/api//{closed}/", f"/api/{closed}/%2e%2e/"):
        assert student.get(address).status_code in {403, 404}, address


def test_no_list_and_no_description_tells_of_it(closed, student, visitor, maintainer):
    if closed == "portal":
        assert student.get("/api/portal/").status_code == 403
        return
    for client, expected in ((visitor, False), (student, False), (maintainer, True)):
        schema = client.get("/api/schema/").json()
        assert any(path.startswith(f"/api/{closed}/") for path in schema["paths"]) is expected
    words = student.get("/api/schema/").content.decode()
    everything = make_schema(None, list(installed_plugins()))["components"]["schemas"]
    others = make_schema(None, [name for name in installed_plugins() if name != closed])["components"]["schemas"]
    for name in set(everything) - set(others):
        assert f'"{name}"' not in words
    for client in (visitor, student):
        assert closed not in [app["name"] for app in client.get("/api/portal/").json()["apps"]]


def test_nothing_is_changed_from_another_sites_page(make_person):
    """Each unsafe method of each address, by somebody who may do everything, without the page's token."""
    boss = make_person("boss", is_staff=True, is_superuser=True)
    for role in settings.PORTAL.roles:
        role_grant(person=boss, name=role)
    client = PortalClient(enforce_csrf_checks=True).sign_in(boss)
    for name in NAMES:
        for address in addresses_of(name):
            for method in UNSAFE:
                response = getattr(client, method)(address, headers={"Origin": "https://evil.example"})
                assert response.status_code in {403, 405}, f"{method} {address}"
                if response.status_code == 403:
                    assert "page of the portal" in response.json()["detail"] or "CSRF" in response.json()["detail"]
