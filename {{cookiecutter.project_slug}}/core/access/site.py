"""A request that reached the wrong site's server is turned back, never answered as the other site.

NGINX names the site it served in a header, and overwrites the client's. A server of another site answers 421
(Misdirected Request, RFC 9110): an address that changed hands must not change what a person may see.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin

from core.http.clients import record_client
from core.http.problems import problem_response

HEADER = "X-Portal-Site"
META_KEY = "HTTP_X_PORTAL_SITE"


def is_for_other_site(named: str | None) -> bool:
    """Whether NGINX named another site than this process serves."""
    return named is not None and named != settings.SITE


class SiteMiddleware(MiddlewareMixin):
    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if is_for_other_site(request.META.get(META_KEY)):
            return problem_response(request, 421, "This server serves another site.")
        record_client(request)
        return None
