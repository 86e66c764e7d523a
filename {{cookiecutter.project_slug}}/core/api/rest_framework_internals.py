"""The private API of Django REST framework that the portal uses, and the only module that uses it.

tests/test_internals.py fails when a release of Django REST framework moves one of these names.
"""

from django.http import HttpRequest
from rest_framework.request import Request

PRIVATE = ("rest_framework.request.Request",)


def django_request(request: Request) -> HttpRequest:
    """Return Django's request, which DRF's request holds."""
    found: HttpRequest = request._request
    return found
