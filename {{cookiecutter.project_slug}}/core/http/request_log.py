"""Gives each request an ID, and logs it in one line when it is done."""

import re
import time
import uuid
from typing import cast

import structlog
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django_structlog.middlewares import RequestMiddleware as StructlogRequestMiddleware
from django_structlog.middlewares.request import sync_streaming_content_wrapper

from core.configuration.prefixes import LIVENESS
from core.http.clients import UNKNOWN, client_ip

logger = structlog.get_logger("portal.access")

HEADER = "X-Request-ID"
VALID_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


class RequestMiddleware(StructlogRequestMiddleware):
    """Logs one line for each request, with the field names of NGINX's log. django_structlog logs errors before it.

    The request's ID comes from the reverse proxy and is returned in the response. Without a reverse proxy, a client may
    send its own. A query may contain a one-time code, so only the path is logged.
    """

    async_capable = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = request.META.get("HTTP_X_REQUEST_ID", "")
        if not VALID_ID.fullmatch(request_id):
            request_id = uuid.uuid4().hex
        request.META["HTTP_X_REQUEST_ID"] = request.request_id = request_id  # type: ignore[attr-defined]  # the portal adds it
        started = time.perf_counter()
        structlog.contextvars.bind_contextvars(request_id=request_id, ip_address=client_ip(request) or UNKNOWN)
        try:
            response = cast(HttpResponse, self.get_response(request))
            # The health check of a container comes every few seconds, and would fill the log.
            if request.path != LIVENESS:
                log_request(request, response, milliseconds=(time.perf_counter() - started) * 1000)
            if isinstance(response, StreamingHttpResponse) and not response.is_async:
                # Events that are logged during the streaming have the request's ID too.
                content, context = response.streaming_content, structlog.contextvars.get_contextvars()
                response.streaming_content = sync_streaming_content_wrapper(content, context)
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
    )


def bind_person(person_id: int | None) -> None:
    """Add the person to all further log lines of this request."""
    structlog.contextvars.bind_contextvars(person_id=person_id)
