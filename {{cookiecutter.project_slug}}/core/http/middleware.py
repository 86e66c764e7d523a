"""What holds for every request and every answer: no NUL in the one; in the other, a policy and a language."""

from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csp import ContentSecurityPolicyMiddleware as DjangoMiddleware
from django.middleware.locale import LocaleMiddleware as DjangoLocaleMiddleware
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.csp import CSP, build_policy
from django.utils.deprecation import MiddlewareMixin

from core.configuration.prefixes import ADMIN

from .problems import error_response

ENFORCED = str(CSP.HEADER_ENFORCE)


class InputMiddleware(MiddlewareMixin):
    """Turns away what nobody means and no database can look for: a NUL in a query."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if "%00" in request.META.get("QUERY_STRING", ""):
            return error_response(request, 400, "There is a NUL in the query, which nothing here has: leave it out.")
        return None


class ContentSecurityPolicyMiddleware(DjangoMiddleware):
    """The content security policy, stricter than Django's one for all: the admin alone is without Trusted Types.

    The policies of the settings have no nonce, so each is put into words once, and not with every answer.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        name = "ADMIN_CSP" if request.path.startswith(ADMIN) else "SECURE_CSP"
        if not hasattr(response, "_csp_config"):  # which a view's decorator puts there, for a policy of its own
            response.headers.setdefault(ENFORCED, policy(name))
        return super().process_response(request, response)


@cache
def policy(name: str) -> str:
    return build_policy(getattr(settings, name))


class LocaleMiddleware(DjangoLocaleMiddleware):
    """Django's, without its look for a language in the address, where the portal has none.

    It would take the first part of every path for a language, and try it against all that Django knows.
    """

    def process_request(self, request: HttpRequest) -> None:
        translation.activate(translation.get_language_from_request(request))
        request.LANGUAGE_CODE = translation.get_language()

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        patch_vary_headers(response, ("Accept-Language",))
        response.headers.setdefault("Content-Language", translation.get_language())
        return response
