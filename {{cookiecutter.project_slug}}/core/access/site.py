"""Refuses requests that reached the server of the other site, and those from outside the internet site's rings.

NGINX names the site that it served in a header, and overwrites a header of the client. A server of the other site
answers 421 (Misdirected Request, RFC 9110, section 15.5.20): after a mistake in the network, one site must not answer
as the other.

NGINX refuses addresses outside a site's rings. The internet site's servers refuse them again, because that site faces
the world. Health checks inside the container do not come through the proxy, and are in no ring.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _

from core.http.clients import client_ip, is_local, record_client
from core.http.problems import error_response, problem_response

from .audience import AccessDecision, Outcome
from .rings import rings_of

HEADER = "X-Portal-Site"
META_KEY = "HTTP_X_PORTAL_SITE"


def is_for_other_site(name: str | None) -> bool:
    """Return whether `name`, the value of the header, is a site that this process does not serve."""
    return name is not None and name != settings.SITE


def is_outside_rings(ip_address: str) -> bool:
    """Return whether the rings of the internet site keep this IP address out of it."""
    rings = settings.PORTAL.sites.internet.rings
    return settings.SITE == "internet" and bool(rings) and set(rings).isdisjoint(rings_of(ip_address))


class SiteMiddleware(MiddlewareMixin):
    """Answers 421 to a request for the other site, and 403 to one from outside the site's rings."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        if is_for_other_site(request.META.get(META_KEY)):
            return problem_response(request, 421, _("This server serves the other site."))
        if is_outside_rings(client_ip(request)) and not is_local(request):
            decision = AccessDecision(Outcome.RING, rings=tuple(settings.PORTAL.sites.internet.rings))
            return error_response(request, decision.outcome.status, decision.detail, **decision.as_problem())
        record_client(request)
        return None
