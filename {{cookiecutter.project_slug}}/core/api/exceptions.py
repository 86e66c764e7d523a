"""DRF's exceptions as problem details."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, RequestDataTooBig, ValidationError
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from core.http.outage import response_to
from core.http.problems import CONTENT_TYPE, problem

from .rest_framework_internals import django_request


class TooLarge(exceptions.APIException):
    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_detail = gettext_lazy("The request is too large.")


def exception_handler(exception: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """Return problem details for the exceptions of DRF and Django; None for others, which stay errors.

    Django's ValidationError, which actions raise for invalid input, becomes 400.
    """
    request = django_request(context["request"])
    if response := response_to(request, exception):
        set_rollback()
        return response
    match exception:
        case Http404():
            exception = exceptions.NotFound()
        case PermissionDenied():
            exception = exceptions.PermissionDenied(str(exception) or None)
        case ValidationError():
            exception = exceptions.ValidationError(messages_of(exception))
        case RequestDataTooBig():
            exception = TooLarge()
    if not isinstance(exception, exceptions.APIException):
        return None
    set_rollback()
    status = exception.status_code
    if isinstance(exception, exceptions.ValidationError):
        body = problem(request, status, _("Some fields are invalid."), list(field_errors(exception.detail)))
    else:
        body = problem(request, status, explanation(exception))
    response = Response(body, status=status, content_type=CONTENT_TYPE)
    if header := getattr(exception, "auth_header", None):
        response["WWW-Authenticate"] = header
    if wait := getattr(exception, "wait", None):
        response["Retry-After"] = str(int(wait))
    return response


def explanation(exception: exceptions.APIException) -> str:
    """Return what to tell people: the text of the app, or a plain one in place of DRF's own."""
    text = str(exception.detail)
    if text.startswith("CSRF Failed"):
        return _("This page is out of date: its CSRF token is missing or wrong. Reload the page, and try again.")
    if text != str(exception.default_detail):
        return text
    match exception:
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return _("You are not signed in. Sign in, and try again.")
        case exceptions.PermissionDenied():
            return _("You do not have permission to do this.")
        case exceptions.NotFound():
            return _("This does not exist, or you do not have access to it.")
    return text


def messages_of(error: ValidationError) -> dict[str, list[str]]:
    """Return the messages of Django's ValidationError by field, as DRF names them."""
    if not hasattr(error, "error_dict"):
        return {"non_field_errors": error.messages}
    return {
        "non_field_errors" if name == NON_FIELD_ERRORS else name: messages
        for name, messages in error.message_dict.items()
    }


def field_errors(detail: Any, field: str = "") -> Iterator[dict[str, str]]:
    """Yield DRF's nested errors as {field, message}. The path of a nested field has dots."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            segment = "" if name == "non_field_errors" else str(name)
            yield from field_errors(inner, ".".join(filter(None, [field, segment])))
    elif isinstance(detail, list):
        for index, inner in enumerate(detail):
            nested = isinstance(inner, dict | list)
            yield from field_errors(inner, f"{field}.{index}".lstrip(".") if nested else field)
    else:
        yield {"field": field, "message": str(detail)}
