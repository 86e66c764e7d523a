"""Error responses: problem details (RFC 9457) for programs, a page for people."""

import math
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.configuration.prefixes import PROGRAM_PREFIXES

from .error_pages import TEMPLATE, error_text, frame_context, wait_text

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
    request: HttpRequest,
    status: int,
    detail: str = "",
    *,
    link: tuple[str, str] | None = None,
    retry_after: float | None = None,
    **more: Any,
) -> HttpResponse:
    """Return problem details to a program, with the members in `more`; return a page to a person.

    Without a `detail`, it is that of the status. `link` is the URL and the text of a link on the page. `retry_after`
    is the number of seconds after which the request may succeed.
    """
    text = error_text(status)
    detail = detail or text.detail
    if retry_after is not None:
        detail = f"{detail} {wait_text(retry_after)}"
    if is_for_program(request):
        response = problem_response(request, status, detail, **more)
    else:
        if status == HTTPStatus.UNAUTHORIZED:
            link = link or (f"/sign-in?{urlencode({'next': request.get_full_path()}, safe='/')}", _("Sign in"))
        context = {
            **frame_context(
                settings.PORTAL, get_language() or settings.LANGUAGE_CODE, scheme=request.COOKIES.get("scheme", "")
            ),
            "title": text.title,
            "detail": detail,
            "link": link,
            "is_temporary": status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS,
            "has_home": True,
            "request_id": getattr(request, "request_id", ""),
        }
        response = HttpResponse(render_to_string(TEMPLATE, context), status=status)
        response["Cache-Control"] = "no-store"
    if retry_after is not None:
        response["Retry-After"] = str(max(1, math.ceil(retry_after)))
    return response
