"""Refuses bodies that are too large, before anything reads them. The reverse proxy does the same."""

import re
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _

from core.http.problems import error_response
from core.plugins.uploads import LARGEST_BODY_MEGABYTES, MEGABYTE, uploads


@cache
def upload_patterns() -> list[tuple[re.Pattern[str], int]]:
    """Return the pattern and the megabytes of each path that takes larger bodies."""
    at_most = settings.CONFIGURATION.environment.limit_body_megabytes
    return [(re.compile(one.pattern), one.megabytes) for one in uploads(settings.PLUGINS, at_most=at_most)]


def largest_body(path: str) -> int:
    """Return how many megabytes a body may have at this path."""
    return max((size for pattern, size in upload_patterns() if pattern.match(path)), default=LARGEST_BODY_MEGABYTES)


class BodyMiddleware(MiddlewareMixin):
    """Answers 413 to a body over the limit of its path. Of a body without a length, Django reads nothing."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        try:
            length = int(request.META.get("CONTENT_LENGTH") or 0)
        except ValueError:
            return None  # Django takes it for empty as well
        if length <= LARGEST_BODY_MEGABYTES * MEGABYTE or length <= (most := largest_body(request.path)) * MEGABYTE:
            return None
        return error_response(request, 413, _("The request has more than %(most)s MB. Send less.") % {"most": most})
