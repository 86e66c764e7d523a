"""The answer to a request that needs a server which is down: 503, for people and programs alike."""

import structlog
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _

from core.hashing.pool import HashingBusy
from core.stores.outage import is_outage

from .problems import error_response

logger = structlog.get_logger(__name__)

RETRY_AFTER_SECONDS = 5


class OutageMiddleware(MiddlewareMixin):
    """Answers 503 when a Django view meets an outage; DRF's views have core.api.exceptions for that."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return response_to(request, exception)


def response_to(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """Return the 503 for an outage or a busy server; None for any other error."""
    if isinstance(error, HashingBusy):
        return busy_response(request, error)
    return unavailable_response(request, error) if is_outage(error) else None


def busy_response(request: HttpRequest, error: HashingBusy) -> HttpResponse:
    """Log that no password could be checked now, and return a 503."""
    logger.warning("hashing_busy", reason=str(error), path=request.path)
    detail = _("Many people are signing in right now.")
    return error_response(request, 503, detail, retry_after=error.retry_after)


def unavailable_response(request: HttpRequest, error: BaseException) -> HttpResponse:
    """Log `error` and return a 503. It changes no cookie, so an outage signs nobody out."""
    logger.error("server_unavailable", error=type(error).__name__, reason=str(error), path=request.path)
    return error_response(request, 503, retry_after=RETRY_AFTER_SECONDS)
