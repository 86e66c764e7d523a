"""How often one person may write, search and upload: DRF's throttles, with one round trip for each.

https://www.django-rest-framework.org/api-guide/throttling/. WriteThrottle holds for every view of the API that names no
other. A view that does names WriteThrottle too. config/settings/api.py has the rates, and .env changes them.

rest_framework.views imports this module during its own import, perhaps before Django has loaded the models. So it must
import none, as core/api/default_permission.py.
"""

import math
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy
from rest_framework.exceptions import APIException, Throttled
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from core.http.clients import client_ip, client_network
from core.stores.counters import limit

from .rest_framework_internals import django_request

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise
    from rest_framework.views import APIView

# A whole campus may share one IP address, so its anonymous visitors together may do more than one person.
ANONYMOUS_FACTOR = 10

# `action` is the throttle's `description`, such as "search".
MESSAGES = {
    1: gettext_lazy("You can %(action)s %(number)s times in a second."),
    60: gettext_lazy("You can %(action)s %(number)s times in a minute."),
    3600: gettext_lazy("You can %(action)s %(number)s times in an hour."),
    86400: gettext_lazy("You can %(action)s %(number)s times in a day."),
}


class TooManyRequests(Throttled):
    """Becomes 429 with Retry-After. The page says how long to wait: `wait` is in seconds, `message` is for people."""

    def __init__(self, wait: float, message: str) -> None:
        APIException.__init__(self, message)  # Throttled adds the seconds to the message
        self.wait = math.ceil(wait)


class PersonThrottle(SimpleRateThrottle):
    """Counts the requests of a person, and those of the anonymous visitors at an IP address together.

    A subclass has a `scope`, which is the name of the counter, and a `rate` such as "20/hour": so many requests in the
    period that begins with the first one. Without a `rate`, DEFAULT_THROTTLE_RATES has one for the scope.
    """

    scope: str
    num_requests: int
    duration: int  # seconds
    description: "StrOrPromise" = gettext_lazy("send this request")  # completes "You can … 20 times in an hour."

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
        allowance = limit("core", key, most=most, per=timedelta(seconds=self.duration))
        if not allowance.is_allowed:
            message = MESSAGES[self.duration] % {"action": self.description, "number": self.num_requests}
            raise TooManyRequests(max(1.0, allowance.retry_after.total_seconds()), message)
        return True


class NamedThrottle(PersonThrottle):
    """A limit whose name, rate and description are arguments."""

    def __init__(self, scope: str, rate: str, description: "StrOrPromise"):
        self.scope, self.rate, self.description = scope, rate, description
        super().__init__()


def throttle(request: Request, scope: str, rate: str, description: "StrOrPromise" = PersonThrottle.description) -> None:
    """Count this request of a person: `throttle(request, "polls.created", "20/day", _("open a poll"))`.

    Raises TooManyRequests when there were more than `rate` allows. `scope` is the name of the counter, with the app's
    name in front. For anonymous visitors, one IP address has ten times the limit.
    """
    NamedThrottle(scope, rate, description).allow_request(request, request.parser_context["view"])


class WriteThrottle(PersonThrottle):
    """Limits all requests that may change something, whichever app they are for."""

    scope = "writes"
    description = gettext_lazy("change something")

    def counts(self, request: Request) -> bool:
        return request.method not in SAFE_METHODS


class SearchThrottle(PersonThrottle):
    """Limits searches, which cost the database much: requests with a text in the parameter `search`."""

    scope = "searches"
    description = gettext_lazy("search")

    def counts(self, request: Request) -> bool:
        return bool(request.query_params.get("search"))


class UploadThrottle(PersonThrottle):
    """Limits uploads, which cost memory and processor time. Deleting one is a write only."""

    scope = "uploads"
    description = gettext_lazy("upload a file")

    def counts(self, request: Request) -> bool:
        return request.method in {"POST", "PUT", "PATCH"}


class DraftThrottle(PersonThrottle):
    """Limits how often pages save drafts. They save by themselves, so this does not count as a write of the person."""

    scope = "drafts"
    rate = "120/minute"
    description = gettext_lazy("save a draft")


class PresenceThrottle(PersonThrottle):
    """Limits how often pages say that somebody looks at them: 4 times a minute for each open tab."""

    scope = "presence"
    rate = "120/minute"
    description = gettext_lazy("report a visit")
