"""Gives each request an id, and tells of it in one line when it is done."""

import re
import time
import uuid

import structlog
from django.http import HttpRequest, HttpResponse
from django_structlog.middlewares import RequestMiddleware as StructlogRequestMiddleware
from django_structlog.middlewares.request import sync_streaming_content_wrapper

from core.configuration.prefixes import LIVENESS
from core.http.clients import client_ip

logger = structlog.get_logger("portal.access")

HEADER = "X-Request-ID"
ACCEPTABLE = re.compile(r"[A-Za-z0-9_-]{8,64}")


class RequestMiddleware(StructlogRequestMiddleware):
    """One line a request, with the names that NGINX's have; of an error django_structlog tells, in a line before it.

    The id comes from the reverse proxy, is checked, and is returned. A developer's browser may send one too: it is
    taken when it looks like one. A query may hold a one-time code: only the path is told.
    """

    async_capable = False

    def __call__(self, request: HttpRequest) -> HttpResponse:  # type: ignore[override]
        request_id = request.META.get("HTTP_X_REQUEST_ID", "")
        if not ACCEPTABLE.fullmatch(request_id):
            request_id = uuid.uuid4().hex
        request.META["HTTP_X_REQUEST_ID"] = request.request_id = request_id  # type: ignore[attr-defined]
        started = time.perf_counter()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            response: HttpResponse = self.get_response(request)  # type: ignore[assignment]
            # Health checks ask every few seconds whether the process lives: a line for each would drown the others.
            if request.path != LIVENESS:
                log_request(request, response, milliseconds=(time.perf_counter() - started) * 1000)
            if response.streaming and not response.is_async:
                # What is logged while the answer is on its way has the request's id too.
                content, names = response.streaming_content, structlog.contextvars.get_contextvars()
                response.streaming_content = sync_streaming_content_wrapper(content, names)
        finally:
            structlog.contextvars.clear_contextvars()
        response[HEADER] = request_id
        return response

    @staticmethod
    def format_request(request: HttpRequest) -> str:
        return f"{request.method} {request.path}"


def log_request(request: HttpRequest, response: HttpResponse, *, milliseconds: float) -> None:
    log = logger.error if response.status_code >= 500 else logger.info
    log(
        "access",
        method=request.method,
        path=request.path,
        status=response.status_code,
        bytes=None if response.streaming else len(response.content),
        milliseconds=round(milliseconds, 1),
        ip_address=client_ip(request),
    )


def bind_person(person_id: int | None) -> None:
    """Name the person in every line that this request logs from now on."""
    structlog.contextvars.bind_contextvars(person_id=person_id)
