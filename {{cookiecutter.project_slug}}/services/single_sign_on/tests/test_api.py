"""A client uses the portal's API by scopes, cut to what its person may do, and never as a maintainer."""

from dataclasses import replace

import pytest
from django.urls import include, path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.permissions import IsMaintainer
from core.people.models import Person
from core.plugins.manifest import Audience
from core.plugins.registry import installed_plugins

from .conftest import SCOPES

READ = "notifications.read"
URL = "/api/notifications/"


class Notifications(APIView):
    scopes = {"GET": "read"}

    def get(self, request: Request) -> Response:
        person = request.user
        return Response({"username": person.username, "is_staff": person.is_staff})

    def post(self, request: Request) -> Response:
        return Response({})


class ForMaintainers(Notifications):
    permission_classes = [IsMaintainer]


urlpatterns = [
    path("api/notifications/", include(([path("", Notifications.as_view())], "notifications"))),
    path("api/notifications/manage/", include(([path("", ForMaintainers.as_view())], "notifications"))),
    path("", include("services.single_sign_on.provider.urls")),
]


@pytest.fixture(autouse=True)
def scoped(monkeypatch, settings):
    """Let an app have a scope and a view for it, whatever apps the portal has."""
    monkeypatch.setitem(installed_plugins()["notifications"].manifest.scopes, "read", "See your notifications")
    settings.ROOT_URLCONF = __name__


@pytest.fixture
def client(relying_party):
    return relying_party(scopes=(*SCOPES, READ))


def get(client, token, url=URL):
    return client.program.get(url, headers={"Authorization": f"Bearer {token}"})


def test_a_client_uses_the_api_by_a_scope_that_the_person_consented_to(client):
    page = client.authorize(scope=f"openid {READ}")
    assert "See your notifications" in page.content.decode()
    token = client.tokens(scope=f"openid {READ}")["access_token"]
    assert get(client, token).json() == {"username": "asha", "is_staff": False}


def test_without_the_scope_it_is_refused(client):
    response = get(client, client.tokens(scope="openid")["access_token"])
    assert (response.status_code, response.json()["scope"]) == (403, READ)


def test_without_a_scope_of_the_view_it_is_refused(client):
    token = client.tokens(scope=f"openid {READ}")["access_token"]
    assert client.program.post(URL, headers={"Authorization": f"Bearer {token}"}).status_code == 403


def test_a_client_has_no_scope_of_an_app_by_default(relying_party):
    assert "invalid_scope" in relying_party().authorize(scope=f"openid {READ}")["Location"]


def test_it_never_has_the_powers_of_a_maintainer(client, asha):
    Person.objects.filter(pk=asha.pk).update(is_staff=True, is_superuser=True)
    token = client.tokens(scope=f"openid {READ}")["access_token"]
    assert get(client, token).json()["is_staff"] is False
    assert get(client, token, f"{URL}manage/").status_code == 403


def test_the_audience_of_the_app_holds(client, use_roles, monkeypatch):
    use_roles(student={})
    token = client.tokens(scope=f"openid {READ}")["access_token"]
    plugin = installed_plugins()["notifications"]
    manifest = plugin.manifest.model_copy(update={"audience": Audience(roles=["student"])})
    monkeypatch.setitem(installed_plugins(), "notifications", replace(plugin, manifest=manifest))
    assert get(client, token).status_code == 403


def test_a_token_of_a_person_who_may_not_use_the_client_any_more_is_refused(client, asha):
    token = client.tokens(scope=f"openid {READ}")["access_token"]
    Person.objects.filter(pk=asha.pk).update(password="another hash")
    assert get(client, token).status_code == 401


def test_the_requests_of_a_client_are_limited(client, settings):
    settings.CLIENT_REQUESTS_PER_MINUTE = 2
    token = client.tokens(scope=f"openid {READ}")["access_token"]
    assert [get(client, token).status_code for _ in range(3)] == [200, 200, 429]


def test_a_session_beside_the_token_adds_nothing(client):
    token = client.tokens(scope="openid")["access_token"]
    assert client.browser.get(URL, headers={"Authorization": f"Bearer {token}"}).status_code == 403
