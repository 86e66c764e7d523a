"""The API is closed by default: a view without permission classes changes nothing for anonymous visitors."""

from pathlib import Path

import pytest
from django.urls import include, path
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.permissions import require, require_owner
from core.api.throttling import throttle
from core.plugins.discovery import Plugin
from core.plugins.manifest import Audience, Manifest
from core.plugins.registry import installed_plugins

READING = ["get", "head", "options"]
CHANGING = ["post", "put", "patch", "delete"]


class DefaultView(APIView):
    """Names no permission classes."""

    def get(self, request: Request) -> Response:
        return Response({})

    post = put = patch = delete = get


class Open(DefaultView):
    permission_classes = [AllowAny]


class ForFaculty(Open):
    def get(self, request: Request) -> Response:
        require(request, roles=["faculty", "not_in_portal_yaml"])
        return Response({})


class ForNobody(Open):
    """What nobody owns, such as a record whose author is gone."""

    def get(self, request: Request) -> Response:
        require_owner(request, None, permission="core_people.view_person")
        return Response({})


class Twice(Open):
    def get(self, request: Request) -> Response:
        throttle(request, "sample.reads", "2/hour", "read this")
        return Response({})


URLS = [
    path("", DefaultView.as_view()),
    path("open/", Open.as_view()),
    path("faculty/", ForFaculty.as_view()),
    path("nobody/", ForNobody.as_view()),
    path("twice/", Twice.as_view()),
]
urlpatterns = [
    path("api/sample/", include((URLS, "sample"))),
    path("api/of-no-app/", DefaultView.as_view()),
]

pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


@pytest.fixture
def sample(monkeypatch):
    """Install an app with the given audience: `sample(sign_in="optional")`."""

    def install(**audience) -> None:
        manifest = Manifest(title="Sample", audience=Audience(**audience))
        monkeypatch.setitem(installed_plugins(), "sample", Plugin("sample", "apps", Path("sample"), manifest))

    return install


@pytest.mark.parametrize("method", READING)
def test_anonymous_visitors_read_where_signing_in_is_optional(visitor, sample, method):
    sample(sign_in="optional")
    assert getattr(visitor, method)("/api/sample/").status_code == 200


@pytest.mark.parametrize("method", CHANGING)
def test_anonymous_visitors_change_nothing(visitor, reader, sample, method):
    sample(sign_in="optional")
    refused = getattr(visitor, method)("/api/sample/")
    assert refused.status_code == 401
    assert refused["Content-Type"] == "application/problem+json"
    assert getattr(reader, method)("/api/sample/").status_code == 200


@pytest.mark.parametrize("method", CHANGING)
def test_a_view_can_open_itself_to_everyone(visitor, sample, method):
    sample(sign_in="optional")
    assert getattr(visitor, method)("/api/sample/open/").status_code == 200


@pytest.mark.parametrize("audience", [{"sign_in": "required"}, {"sign_in": "optional", "roles": ["student"]}])
@pytest.mark.parametrize("url", ["/api/sample/", "/api/sample/open/"])
def test_a_view_cannot_open_what_the_audience_closes(visitor, sample, audience, url):
    sample(**audience)
    assert visitor.get(url).status_code == 401


@pytest.mark.parametrize("method", READING + CHANGING)
def test_a_view_of_no_app_is_for_people_who_have_signed_in(visitor, reader, method):
    assert getattr(visitor, method)("/api/of-no-app/").status_code == 401
    assert getattr(reader, method)("/api/of-no-app/").status_code == 200


def test_a_view_refuses_people_outside_an_audience_and_says_what_grants_access(visitor, sign_in_as, sample):
    sample(sign_in="optional")
    assert visitor.get("/api/sample/faculty/").status_code == 401
    refused = sign_in_as("student").get("/api/sample/faculty/")
    assert refused.status_code == 403
    assert "Faculty" in refused.json()["detail"]
    assert sign_in_as("faculty").get("/api/sample/faculty/").status_code == 200


def test_without_an_owner_only_people_with_the_permission_are_allowed(visitor, sign_in_as, sample):
    sample(sign_in="optional")
    assert visitor.get("/api/sample/nobody/").status_code == 401
    refused = sign_in_as().get("/api/sample/nobody/")
    assert refused.status_code == 403
    assert "core_people.view_person" in refused.json()["detail"]
    assert sign_in_as(is_superuser=True).get("/api/sample/nobody/").status_code == 200


def test_a_limit_counts_each_person_alone(sign_in_as, sample):
    sample(sign_in="optional")
    client = sign_in_as()
    assert [client.get("/api/sample/twice/").status_code for _ in range(3)] == [200, 200, 429]
    assert client.get("/api/sample/twice/").json()["detail"].startswith("You can read this 2 times in an hour.")
    assert sign_in_as().get("/api/sample/twice/").status_code == 200
