"""Django's error views: https://docs.djangoproject.com/en/stable/topics/http/views/#customizing-error-views"""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from .problems import error_response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_response(request, 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403 with the message of the exception, if it has one."""
    return error_response(request, 403, str(exception or ""))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_response(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    return error_response(request, 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_response(
        request, 403, _("The request did not come from a page of the portal. Reload the page and try again.")
    )
