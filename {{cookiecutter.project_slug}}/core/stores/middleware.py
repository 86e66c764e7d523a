"""Turns a server's absence into 503, for views that are not of the API."""

from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin

from .outage import is_outage, unavailable


class OutageMiddleware(MiddlewareMixin):
    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return unavailable(request, exception) if is_outage(exception) else None
