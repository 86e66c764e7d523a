"""Error responses: problem details (RFC 9457) for programs, a page for people."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from core.configuration.prefixes import PROGRAM_PREFIXES

CONTENT_TYPE = "application/problem+json"


def is_for_program(request: HttpRequest) -> bool:
    """Return whether the client is a program, by the path."""
    return f"{request.path}/".startswith(PROGRAM_PREFIXES)


def problem(
    request: HttpRequest, status: int, detail: str, errors: list[dict[str, str]] | None = None, **more: Any
) -> dict[str, Any]:
    """Return the members of a problem: type, title, status, detail, request_id, and `errors` when fields have some."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "request_id": getattr(request, "request_id", ""),
        **more,
    }
    if errors:
        body["errors"] = errors
    return body


def problem_response(request: HttpRequest, status: int, detail: str, **more: Any) -> HttpResponse:
    """Return problem details, with the members in `more`."""
    response = JsonResponse(problem(request, status, detail, **more), status=status, content_type=CONTENT_TYPE)
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Session"
    response["Cache-Control"] = "no-store"
    return response


def error_response(
    request: HttpRequest, status: int, detail: str, *, link: tuple[str, str] | None = None, **more: Any
) -> HttpResponse:
    """Return problem details to a program, with the members in `more`; return a page to a person.

    `link` is the URL and the text of a link on the page.
    """
    if is_for_program(request):
        return problem_response(request, status, detail, **more)
    context = {
        "status": status,
        "title": HTTPStatus(status).phrase,
        "detail": detail,
        "link": link,
        "request_id": getattr(request, "request_id", ""),
    }
    response = render(request, "core/error.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
