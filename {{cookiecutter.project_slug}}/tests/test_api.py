"""Errors are problem details, the schema is complete, and every response has the security headers."""

import json
import re
from base64 import b64encode
from contextlib import suppress

import pytest
from django.core.management import call_command
from django.http import Http404
from django.test import RequestFactory, override_settings
from django.urls import path
from rest_framework.exceptions import NotAuthenticated, NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from core.api.exceptions import exception_handler, field_errors
from core.api.pagination import CursorPagination
from core.api.schema import PortalSchema
from core.people.models import Role
from core.testing.client import PortalClient

PROBLEM = "application/problem+json"


@pytest.mark.parametrize("url", ["/api/", "/api/nothing/", "/api", "/_allauth/x", "/health/x/", "/ws/x/"])
def test_unknown_urls_of_programs_answer_with_a_problem(db, visitor, url):
    response = visitor.get(url)
    assert (response.status_code, response["Content-Type"]) == (404, PROBLEM)
    body = response.json()
    assert body["status"] == 404
    assert body["title"] == "Not Found"
    assert body["request_id"] == response["X-Request-ID"]


@pytest.mark.parametrize("url", ["/admin", "/redis", "/static/x.js", "/media/x", "/protected/x"])
def test_unknown_urls_of_people_answer_with_a_page(db, visitor, url):
    response = visitor.get(url)
    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/html")
    assert b"There is nothing at this URL" in response.content


@pytest.mark.parametrize(
    ("exception", "status", "detail"),
    [
        (NotAuthenticated(), 401, "You are not signed in. Sign in, and try again."),
        (PermissionDenied(), 403, "You do not have permission to do this."),
        (PermissionDenied("Only its author closes a poll."), 403, "Only its author closes a poll."),
        (PermissionDenied("CSRF Failed: CSRF token missing."), 403, re.compile("^This page is out of date")),
        (Http404("No Poll matches the given query."), 404, "This does not exist, or you do not have access to it."),
        (NotFound("The poll was deleted."), 404, "The poll was deleted."),
    ],
)
def test_errors_are_explained_in_the_words_of_the_portal_or_of_the_app(exception, status, detail):
    response = exception_handler(exception, {"request": Request(RequestFactory().get("/api/x/"))})
    assert response.status_code == status
    found = response.data["detail"]
    assert detail.match(found) if isinstance(detail, re.Pattern) else found == detail


def test_invalid_fields_are_listed(reader):
    response = reader.post_json("/api/notifications/read/", {"ids": ["x", 0]})
    assert (response.status_code, response["Content-Type"]) == (400, PROBLEM)
    assert [error["field"] for error in response.json()["errors"]] == ["ids.0", "ids.1"]


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        ("{", "application/json", 400),
        ("a=1", "application/x-www-form-urlencoded", 415),
        ("[]", "application/json", 400),
    ],
)
def test_a_body_that_cannot_be_parsed_is_a_problem(reader, body, content_type, status):
    response = reader.post("/api/notifications/read/", body, content_type=content_type)
    assert (response.status_code, response["Content-Type"]) == (status, PROBLEM)


@pytest.mark.parametrize("depth", [1_000, 10_000, 400_000])
def test_a_body_that_is_nested_too_deep_is_a_problem(reader, depth, settings):
    for body in ("[" * depth, "[" * depth + "]" * depth, '{"ids":' * depth):
        response = reader.post("/api/notifications/read/", body, content_type="application/json")
        status = 413 if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE else 400
        assert (response.status_code, response["Content-Type"]) == (status, PROBLEM)


def test_a_method_that_is_not_allowed_is_a_problem(reader):
    response = reader.delete("/api/notifications/")
    assert (response.status_code, response["Content-Type"]) == (405, PROBLEM)


def test_unsafe_methods_require_the_csrf_token(person):
    client = PortalClient(enforce_csrf_checks=True).sign_in(person)
    refused = client.post_json("/api/notifications/read/", {})
    assert (refused.status_code, refused["Content-Type"]) == (403, PROBLEM)
    client.get("/api/portal/")
    token = client.cookies["intranet_csrf"].value
    allowed = client.post_json("/api/notifications/read/", {"all": True}, headers={"X-CSRFToken": token})
    assert allowed.status_code == 200


def test_nested_errors_become_a_flat_list():
    nested = {"a": [{"b": ["wrong"]}, {}], "non_field_errors": ["all of it"], "c": ["one", "two"]}
    assert list(field_errors(nested)) == [
        {"field": "a.0.b", "message": "wrong"},
        {"field": "", "message": "all of it"},
        {"field": "c", "message": "one"},
        {"field": "c", "message": "two"},
    ]


def broken(request):
    raise RuntimeError("a secret: hunter2")


def missing(request):
    raise Http404("hunter2")


urlpatterns = [path("api/broken/", broken), path("broken/", broken), path("missing/", missing)]
handler404 = "core.http.views.not_found"
handler500 = "core.http.views.server_error"


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize(("url", "content_type"), [("/api/broken/", PROBLEM), ("/broken/", "text/html; charset=utf-8")])
def test_a_server_error_shows_the_request_id_and_no_details(db, url, content_type):
    client = PortalClient(raise_request_exception=False)
    response = client.get(url)
    assert (response.status_code, response["Content-Type"]) == (500, content_type)
    assert b"hunter2" not in response.content
    assert response["X-Request-ID"].encode() in response.content


def test_the_schema_is_valid_and_complete(db, tmp_path, recwarn):
    target = tmp_path / "schema.json"
    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", "--file", str(target))
    schema = json.loads(target.read_text())
    operations = [operation for path in schema["paths"].values() for operation in path.values()]
    assert operations
    for operation in operations:
        assert PROBLEM in operation["responses"]["default"]["content"]


@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("apps.library.serializers", "LibraryEntrySerializer"),
        ("apps.lost_and_found.views", "LostAndFoundEntrySerializer"),
        ("services.people.serializers", "PeopleEntrySerializer"),
        ("core.api.schema", "EntrySerializer"),
    ],
)
def test_two_apps_can_have_serializers_with_the_same_name(module, name):
    serializer = type("EntrySerializer", (Serializer,), {"__module__": module})()
    assert PortalSchema().get_serializer_name(serializer, "response") == name


def test_the_schema_is_served_and_cached(db, visitor, round_trips):
    first = visitor.get("/api/schema/").json()
    assert "/api/portal/" in first["paths"]
    with round_trips(sql=0, stores=1):
        assert visitor.get("/api/schema/").json() == first


@pytest.mark.parametrize(
    ("accept", "content_type"),
    [
        ("application/json", "application/json"),
        ("application/vnd.oai.openapi+json", "application/vnd.oai.openapi+json"),
        ("*/*", "application/vnd.oai.openapi+json"),
        ("text/html", "application/problem+json"),
    ],
)
def test_the_schema_is_served_as_json_and_as_openapi(db, visitor, accept, content_type):
    response = visitor.get("/api/schema/", headers={"Accept": accept})
    assert response["Content-Type"].partition(";")[0] == content_type
    assert response.status_code == (406 if content_type == PROBLEM else 200)
    assert (response.json().get("openapi") is not None) is (content_type != PROBLEM)


@pytest.mark.parametrize("url", ["/api/portal/", "/api/nothing/", "/admin/login/", "/health/live/", "/redis"])
def test_every_response_has_the_security_headers(db, visitor, url):
    response = visitor.get(url)
    policy = response["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "'nonce" not in policy
    assert ("require-trusted-types-for" in policy) is not url.startswith("/admin/")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(
    "request_id", ["", "x", "a" * 65, "a b c d e f g h", "<script>alert(1)</script>", "añadido-añadido"]
)
def test_an_invalid_request_id_is_replaced(db, visitor, request_id):
    response = visitor.get("/health/live/", headers={"X-Request-ID": request_id.encode().decode("latin-1")})
    assert response["X-Request-ID"] != request_id
    assert len(response["X-Request-ID"]) == 32


def test_a_valid_request_id_is_returned(db, visitor):
    assert (
        visitor.get("/health/live/", headers={"X-Request-ID": "0123456789abcdef"})["X-Request-ID"] == "0123456789abcdef"
    )


def test_the_portals_api_has_what_the_shell_needs(reader, person, settings):
    answer = reader.get("/api/portal/").json()
    assert set(answer) == {
        "name", "description", "institute", "site", "language", "languages", "branding", "person", "apps", "pinned",
        "recent", "unread", "time_zone", "now", "icons",
    }  # fmt: skip
    assert answer["name"] == settings.PORTAL.name
    assert answer["person"] == {
        "id": person.pk,
        "username": person.username,
        "display_name": str(person),
        "photo": None,
        "roles": [],
        "maintainer": False,
    }


def test_an_unknown_host_is_refused(db, visitor):
    assert visitor.get("/api/portal/", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("ordering", ["-id", "name", "-start"])
@pytest.mark.parametrize("cursor", ["p=abc", "p=2026-99-99", "p=%00", f"p={10**30}", "o=-1", "r=x", "o=%00", "\xff"])
def test_a_made_up_cursor_shows_no_rows(db, ordering, cursor):
    pages = CursorPagination()
    pages.ordering = ordering
    encoded = b64encode(cursor.encode("latin-1")).decode()
    request = Request(RequestFactory().get("/", {"cursor": encoded}))
    with suppress(NotFound):
        assert pages.paginate_queryset(Role.objects.all(), request) == []


def test_a_page_has_at_most_100_rows():
    assert CursorPagination.max_page_size == 100
