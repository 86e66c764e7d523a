"""Invalid input never causes a server error. Fuzzing found the examples here."""

import base64
import json

import pytest
from django.conf import settings
from django.shortcuts import get_object_or_404
from django.test import override_settings
from django.urls import path
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.fields import MAX_ID
from core.api.pagination import CursorPagination
from core.api.parsers import MAX_DEPTH
from core.people.models import Person

PROBLEM = "application/problem+json"
URL = "/api/notifications/read/"
BY_KEY = "/api/by-key/"


class ByKey(APIView):
    def get(self, request, pk):
        return Response({"id": get_object_or_404(Person, pk=pk).pk})


urlpatterns = [path(f"{BY_KEY[1:]}<int:pk>/", ByKey.as_view())]
handler404 = "core.http.views.not_found"


def check_problem(response, status):
    assert (response.status_code, response["Content-Type"]) == (status, PROBLEM)
    return response.json()


def nested(depth):
    return {"ids": [], "more": json.loads("[" * (depth - 1) + "]" * (depth - 1))}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b'{"ids": "\xe9"}',
        b"[" * 500_000,
        b'{"a":' * 100_000,
        b'{"ids": [NaN]}',
        b'{"ids": [1e999]}',
        b'{"ids": [%s]}' % (b"9" * 5000),
        b'{"more": "\\u0000"}',
        b'{"more": "\\ud800"}',
        b'{"\\udfff": 1}',
        b'{"more": [{"deep": ["\\ud800"]}]}',
        json.dumps(nested(MAX_DEPTH + 1)).encode(),
        json.dumps({"ids": [MAX_ID + 1]}).encode(),
        json.dumps({"ids": [0]}).encode(),
        b"null",
        b'"text"',
        b"[]",
    ],
    ids=lambda body: repr(body[:24]),
)
def test_an_invalid_body_is_refused_with_a_reason(reader, body):
    problem = check_problem(reader.post(URL, body, content_type="application/json"), 400)
    assert problem["detail"]


@pytest.mark.parametrize(
    "data", [nested(MAX_DEPTH), {"ids": [MAX_ID], "more": "नमस्ते 😀"}, {"all": True}], ids=["deep", "text", "all"]
)
def test_a_valid_body_is_accepted(reader, data):
    assert reader.post_json(URL, data).status_code == 200


def test_a_large_body_is_refused(reader):
    body = json.dumps({"more": "x" * settings.DATA_UPLOAD_MAX_MEMORY_SIZE})
    check_problem(reader.post(URL, body, content_type="application/json"), 413)


@pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data; boundary=x", "invalid", ""])
def test_a_body_of_another_content_type_is_refused(reader, content_type):
    check_problem(reader.generic("POST", URL, "{}", content_type=content_type), 415)


@pytest.mark.parametrize("charset", ["hex", "utf-16"])
def test_a_body_in_an_unknown_charset_is_refused(reader, charset):
    check_problem(reader.generic("POST", URL, "{}", content_type=f"application/json; charset={charset}"), 400)


def test_the_api_answers_only_in_json(reader):
    check_problem(reader.get("/api/portal/", headers={"Accept": "text/html"}), 406)


def test_a_null_character_in_a_query_is_refused_everywhere(db, visitor):
    check_problem(visitor.get("/api/portal/?a=%00"), 400)
    page = visitor.get("/?a=b%00")
    assert page.status_code == 400
    assert page["Content-Type"].startswith("text/html")


def test_a_cookie_that_is_not_a_token_costs_no_look_up(visitor, round_trips):
    for value in ("é", "x" * 4000):
        visitor.cookies[settings.SESSION_COOKIE_NAME] = value
        with round_trips(sql=0, stores=0):
            check_problem(visitor.get("/api/notifications/"), 401)


def check_page_or_not_found(page, *ordering, **query):
    """Check that there is a page, or a message that there is none."""
    try:
        page(*ordering, **query)
    except NotFound as refused:
        message = str(refused.detail)
    else:
        message = CursorPagination.invalid_cursor_message
    assert message == CursorPagination.invalid_cursor_message


class TestPages:
    @pytest.fixture
    def page(self, make_person, rf):
        """Return the people on a page, ordered by a column: `page("username", page_size="10")`."""

        def page(ordering="-id", **query):
            pagination = CursorPagination()
            pagination.ordering = ordering
            return pagination.paginate_queryset(Person.objects.all(), Request(rf.get("/", query)))

        make_person("first")
        make_person("second")
        return page

    @pytest.mark.parametrize("ordering", ["-id", "username", "date_joined", "is_active"])
    @pytest.mark.parametrize(
        "cursor",
        ["p=abc", "p=", "p=\x00", "p=1e5", "p=None", "p=2026-02-31", f"p={'9' * 30}", f"p={'9' * 5000}", "o=-1", "o=x"],
    )
    def test_a_made_up_cursor_causes_no_error(self, page, ordering, cursor):
        check_page_or_not_found(page, ordering, cursor=base64.b64encode(cursor.encode()).decode())

    @pytest.mark.parametrize("cursor", ["abc", "====", "é", "//8=", "a" * 4000])
    def test_an_invalid_cursor_causes_no_error(self, page, cursor):
        check_page_or_not_found(page, cursor=cursor)

    @pytest.mark.parametrize("size", ["0", "-1", "101", "1e1", "x", "", "٣", "9" * 5000, "1.0"])
    def test_an_invalid_page_size_is_refused(self, page, size):
        with pytest.raises(ValidationError, match="Enter a number from 1 to 100"):
            page(page_size=size)

    def test_a_page_has_the_requested_size(self, page):
        assert len(page(page_size="1")) == 1
        assert len(page(page_size="100")) == 2

    def test_an_error_without_a_cursor_stays_an_error(self, rf, db):
        with pytest.raises(ValueError, match="expected a number"):
            CursorPagination().paginate_queryset(Person.objects.filter(pk="x"), Request(rf.get("/")))


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize("number", ["0", "9" * 19, "9" * 30, "9" * 5000, "٣"])
def test_a_key_without_a_row_is_not_found(reader, number):
    check_problem(reader.get(f"{BY_KEY}{number}/"), 404)


SIGN_IN = "/_allauth/browser/v1"


@pytest.mark.parametrize("text", [r"\ud800", r"\u0000", r"a\udfff@example.edu"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "auth/login"),
        ("POST", "auth/reauthenticate"),
        ("POST", "auth/password/request"),
        ("POST", "auth/2fa/authenticate"),
        ("POST", "account/password/change"),
        ("POST", "account/email"),
    ],
)
def test_the_sign_in_api_refuses_invalid_characters(reader, person, method, path, text):
    fields = ("password", "current_password", "new_password", "email", "code")
    body = "{" + f'"username": "{person.username}", ' + ", ".join(f'"{name}": "{text}"' for name in fields) + "}"
    assert b"surrogate" in reader.generic(method, f"{SIGN_IN}/{path}", body, content_type="application/json").content
    check_problem(reader.generic(method, f"{SIGN_IN}/{path}", body, content_type="application/json"), 400)


@pytest.mark.parametrize(
    "body",
    ["{", "[" * 100_000, '{"username": %s}' % ("9" * 5000), '{"username": {}, "password": []}', "null", "[1]", "", "é"],
    ids=lambda body: repr(body[:24]),
)
def test_the_sign_in_api_refuses_an_invalid_body(visitor, db, body):
    response = visitor.generic("POST", f"{SIGN_IN}/auth/login", body, content_type="application/json")
    assert response.status_code == 400
    assert response["Content-Type"] in {PROBLEM, "application/json"}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_there_are_no_telephone_numbers(reader, method):
    check_problem(reader.generic(method, f"{SIGN_IN}/account/phone", "{}", content_type="application/json"), 404)
