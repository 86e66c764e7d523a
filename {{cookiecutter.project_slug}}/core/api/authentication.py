"""Who sends a request of the API: the visitor, as the middleware has found them by session or by token."""

from typing import Any, cast

from rest_framework.authentication import SessionAuthentication as DRFSessionAuthentication
from rest_framework.request import Request

from core.grants import current_grant
from core.people.models import Person

from .rest_framework_internals import django_request


class SessionAuthentication(DRFSessionAuthentication):
    """DRF's, which protects against CSRF. A request by token needs no such protection.

    It answers 401 to anonymous visitors, where DRF's answers 403.
    """

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        if current_grant() is not None:
            return cast(Person, django_request(request).user), None
        return super().authenticate(request)

    def authenticate_header(self, request: Request) -> str:
        return "Session"
