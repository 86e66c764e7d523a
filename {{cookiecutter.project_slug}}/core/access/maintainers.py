"""The one place that decides who may use what maintainers have: /admin/ and the Redis GUI.

Where `SECOND_FACTOR_FOR_MAINTAINERS` holds (in production), a password alone does not open either. A session counts
when its person has a second factor and has shown it in this session, for a session that was opened before knows
nothing of it. A session that was opened from the shell (makesession) counts without: who has the shell has all.
"""

from typing import Any
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from core.http.problems import error_response

from .audience import Outcome

# How a session was opened, among allauth's records of it.
SHELL = "shell"
SECOND_FACTOR = "mfa"


def maintainer_outcome(request: HttpRequest, *, superuser: bool = False) -> Outcome:
    """Whether whoever asks may use what maintainers have; with `superuser`, what is for those alone who may do all."""
    person: Any = request.user
    if not person.is_authenticated:
        return Outcome.SIGN_IN
    if not person.is_staff or (superuser and not person.is_superuser):
        return Outcome.MAINTAINERS
    if settings.SECOND_FACTOR_FOR_MAINTAINERS and not has_used_second_factor(request):
        return Outcome.SECOND_FACTOR
    return Outcome.ALLOWED


def has_used_second_factor(request: HttpRequest) -> bool:
    methods = {record.get("method") for record in get_authentication_records(request, request.user)}
    if SHELL in methods:
        return True
    return SECOND_FACTOR in methods and Authenticator.objects.filter(user_id=request.user.pk, type="totp").exists()


def maintainer_response(request: HttpRequest, address: str) -> HttpResponse | None:
    """What to answer instead of the page at `address`; None for who may see it.

    A person is sent to where they can open the door; what is not the reading of a page is refused.
    """
    outcome = maintainer_outcome(request)
    if outcome is Outcome.ALLOWED:
        return None
    if request.method in {"GET", "HEAD"}:
        if outcome is Outcome.SIGN_IN:
            return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': address}, safe='/')}")
        if outcome is Outcome.SECOND_FACTOR:
            query = urlencode({"second-factor": "required", "next": address}, safe="/")
            return HttpResponseRedirect(f"/account/?{query}")
    return error_response(request, outcome.status, outcome.detail)
