"""Short answers to the API's requests that fail in development, in place of Django's long page."""

import structlog
from django.conf import settings
from django.db import OperationalError, ProgrammingError
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin

from core.http.problems import is_for_program, problem_response
from core.logs.frames import describe
from core.logs.redaction import clean_text

from .migrations import unrecorded_changes

logger = structlog.get_logger(__name__)


class ApiErrorMiddleware(MiddlewareMixin):
    """Answers an error of a view with 500 and problem details that name the exception and the app's line.

    The settings have it in development alone. The log has the traceback.
    """

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not is_for_program(request):
            return None
        logger.error("request_failed", exc_info=exception)
        return problem_response(request, 500, explanation(exception))


def explanation(error: Exception) -> str:
    """Return what happened and where, and for a column or table that is missing also what to do."""
    text = clean_text(describe(error, settings.BASE_DIRECTORY))
    if isinstance(error, OperationalError | ProgrammingError) and (changes := next(unrecorded_changes(), None)):
        return f"{text}. The models of {changes.folder} have changed. Run: make migrations app={changes.app}"
    return text
