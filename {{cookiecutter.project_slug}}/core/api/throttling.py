"""How often one person may write, search and upload: DRF's throttles, with one round trip for each.

https://www.django-rest-framework.org/api-guide/throttling/. WriteThrottle holds for every view of the API that names no
other. A view that does names WriteThrottle too. config/settings/api.py has the rates, and .env changes them.

rest_framework.views imports this module during its own import, perhaps before Django has loaded the models. So it must
import none, as core/api/default_permission.py.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from rest_framework.exceptions import Throttled
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from core.http.clients import client_ip, client_network
from core.stores.session_store import session_store

from .rest_framework_internals import django_request

if TYPE_CHECKING:
    from rest_framework.views import APIView

# A whole campus may share one IP address, so its anonymous visitors together may do more than one person.
ANONYMOUS_FACTOR = 10

PERIODS = {1: "second", 60: "minute", 3600: "hour", 86400: "day"}


class TooManyRequests(Throttled):
    """Becomes 429 with Retry-After. DRF adds the seconds to the message."""

    extra_detail_singular = "Try again in {wait} second."
    extra_detail_plural = "Try again in {wait} seconds."


class PersonThrottle(SimpleRateThrottle):
    """Counts the requests of a person, and those of the anonymous visitors at an IP address together.

    A subclass has a `scope`, which is the name of the counter, and a `rate` such as "20/hour": so many requests in the
    period that begins with the first one. Without a `rate`, DEFAULT_THROTTLE_RATES has one for the scope.
    """

    scope: str
    num_requests: int
    duration: int  # seconds
    description = "send this request"  # completes the message "You can … 20 times in an hour."

    def counts(self, request: Request) -> bool:
        """Return whether the limit is for this request."""
        return True

    def get_cache_key(self, request: Request, view: "APIView") -> str | None:
        if not self.counts(request):
            return None
        if request.user.is_authenticated:
            return f"{self.scope}:person:{request.user.pk}"
        return f"{self.scope}:address:{client_network(client_ip(django_request(request)))}"

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Count the request. Raises TooManyRequests when it is over the limit."""
        key = self.get_cache_key(request, view)
        if key is None:
            return True
        most = self.num_requests * (1 if request.user.is_authenticated else ANONYMOUS_FACTOR)
        counters, lifetime = session_store("core"), timedelta(seconds=self.duration)
        if counters.count(key, lifetime=lifetime) > most:
            remaining = counters.remaining(key) or lifetime
            period = PERIODS[self.duration]
            article = "an" if period == "hour" else "a"
            message = f"You can {self.description} {self.num_requests} times in {article} {period}."
            raise TooManyRequests(max(1.0, remaining.total_seconds()), message)
        return True


class WriteThrottle(PersonThrottle):
    """Limits all requests that may change something, whichever app they are for."""

    scope = "writes"
    description = "change something"

    def counts(self, request: Request) -> bool:
        return request.method not in SAFE_METHODS


class SearchThrottle(PersonThrottle):
    """Limits searches, which cost the database much: requests with a text in the parameter `search`."""

    scope = "searches"
    description = "search"

    def counts(self, request: Request) -> bool:
        return bool(request.query_params.get("search"))


class UploadThrottle(PersonThrottle):
    """Limits uploads, which cost memory and processor time. Deleting one is a write only."""

    scope = "uploads"
    description = "upload a file"

    def counts(self, request: Request) -> bool:
        return request.method in {"POST", "PUT", "PATCH"}
