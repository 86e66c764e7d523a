"""Gives each request an id, and tells of it in one line when it is done."""

import re
import uuid

import structlog
from django.http import HttpRequest, HttpResponse
from django_structlog.middlewares import RequestMiddleware as StructlogRequestMiddleware

HEADER = "X-Request-ID"
LIVE = "/health/live/"
ACCEPTABLE = re.compile(r"[A-Za-z0-9_-]{8,64}")


class RequestMiddleware(StructlogRequestMiddleware):
    """django_structlog's middleware, with an id that is checked and returned, and paths without their queries.

    The id comes from the reverse proxy. A developer's browser may send one too: it is taken when it looks like one.
    """

    async_capable = False

    def __call__(self, request: HttpRequest) -> HttpResponse:  # type: ignore[override]
        request_id = request.META.get("HTTP_X_REQUEST_ID", "")
        if not ACCEPTABLE.fullmatch(request_id):
            request_id = uuid.uuid4().hex
        request.META["HTTP_X_REQUEST_ID"] = request.request_id = request_id  # type: ignore[attr-defined]
        # Health checks ask every few seconds whether the process lives: a line for each would drown the others.
        answer = self.get_response if request.path == LIVE else super().__call__
        response: HttpResponse = answer(request)  # type: ignore[assignment]
        response[HEADER] = request_id
        return response

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        # A query may hold a one-time code: only the path is told.
        return f"{request.method} {request.path}"


def bind_person(person_id: int | None) -> None:
    """Name the person in every line that this request logs from now on."""
    structlog.contextvars.bind_contextvars(person_id=person_id)
