"""Decides who may use what is for maintainers: /admin/ and the Redis GUI.

In production, where `SECOND_FACTOR_FOR_MAINTAINERS` is set, both require a second factor. The person must have one and
must have used it in this session: a session from before they set it up does not count. A session that was opened from
the shell (makesession) counts without one, because the shell gives access to everything anyway.
"""

from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from core.http.problems import error_response

from .audience import Outcome

# How a session was opened, in allauth's records.
SHELL = "shell"
SECOND_FACTOR = "mfa"


def maintainer_outcome(request: HttpRequest, *, superuser: bool = False) -> Outcome:
    """Return whether this request may use what is for maintainers; with `superuser`, for superusers only."""
    person: Any = request.user
    if not person.is_authenticated:
        return Outcome.SIGN_IN
    if not person.is_staff or (superuser and not person.is_superuser):
        return Outcome.MAINTAINERS
    if settings.SECOND_FACTOR_FOR_MAINTAINERS and not has_used_second_factor(request):
        return Outcome.SECOND_FACTOR
    return Outcome.ALLOWED


def has_used_second_factor(request: HttpRequest) -> bool:
    """Return whether the session counts as one with a second factor."""
    methods = {record.get("method") for record in get_authentication_records(request, request.user)}
    if SHELL in methods:
        return True
    return SECOND_FACTOR in methods and Authenticator.objects.filter(user_id=request.user.pk, type="totp").exists()


def maintainer_response(request: HttpRequest, path: str) -> HttpResponse | None:
    """Return the response to a request that may not use the page at `path`; None for a request that may.

    Someone who opens a page is redirected to where they can gain access. Other requests get an error.
    """
    outcome = maintainer_outcome(request)
    if outcome is Outcome.ALLOWED:
        return None
    if request.method in {"GET", "HEAD"}:
        if outcome is Outcome.SIGN_IN:
            return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': path}, safe='/')}")
        if outcome is Outcome.SECOND_FACTOR:
            query = urlencode({"second-factor": "required", "next": path}, safe="/")
            return HttpResponseRedirect(f"/account/?{query}")
    return error_response(request, outcome.status, outcome.detail)
