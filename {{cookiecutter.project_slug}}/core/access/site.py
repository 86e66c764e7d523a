"""Refuses requests that reached the server of the other site.

NGINX names the site that it served in a header, and overwrites a header of the client. A server of the other site
answers 421 (Misdirected Request, RFC 9110, section 15.5.20): after a mistake in the network, one site must not answer
as the other.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin

from core.http.clients import record_client
from core.http.problems import problem_response

HEADER = "X-Portal-Site"
META_KEY = "HTTP_X_PORTAL_SITE"


def is_for_other_site(name: str | None) -> bool:
    """Return whether `name`, the value of the header, is a site that this process does not serve."""
    return name is not None and name != settings.SITE


class SiteMiddleware(MiddlewareMixin):
    """Answers 421 to a request for the other site."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if is_for_other_site(request.META.get(META_KEY)):
            return problem_response(request, 421, "This server serves the other site.")
        record_client(request)
        return None
