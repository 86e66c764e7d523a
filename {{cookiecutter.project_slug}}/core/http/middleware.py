"""Middleware for every request: its query and its content security policy."""

from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csp import ContentSecurityPolicyMiddleware as DjangoMiddleware
from django.utils.csp import CSP, build_policy
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _

from core.configuration.prefixes import ADMIN

from .django_internals import has_own_policy
from .problems import error_response

HEADER = str(CSP.HEADER_ENFORCE)


class InputMiddleware(MiddlewareMixin):
    """Answers 400 to a query with a null character, which PostgreSQL cannot search for."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if "%00" in request.META.get("QUERY_STRING", ""):
            return error_response(request, 400, _("The query contains a null character. Remove it."))
        return None


class ContentSecurityPolicyMiddleware(DjangoMiddleware):
    """Sends the content security policy. The admin has its own policy, because it does not work with Trusted Types.

    The policies in the settings have no nonce, so each is built once and not for every response.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        name = "ADMIN_CSP" if request.path.startswith(ADMIN) else "SECURE_CSP"
        if not has_own_policy(response):
            response.headers.setdefault(HEADER, policy(name))
        return super().process_response(request, response)


@cache
def policy(name: str) -> str:
    """Return the header's value for the policy in the setting `name`."""
    return build_policy(getattr(settings, name))
