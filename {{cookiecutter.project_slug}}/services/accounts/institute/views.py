"""The two requests of a sign-in with the institute's own account: the button's, and the one with the provider's answer.

https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth
"""

from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlencode

import structlog
from allauth.account.app_settings import EmailVerificationMethod
from allauth.account.models import Login
from allauth.core import ratelimit
from allauth.headless.base.response import APIResponse, ConflictResponse, RateLimitResponse
from allauth.headless.base.views import APIView
from allauth.headless.constants import Client
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from core.audit.events import Event
from core.audit.recording import record_failure
from core.configuration.institute_sign_in import InstituteSignIn
from core.http.clients import client_ip
from core.http.problems import problem_response
from core.http.views import not_found
from core.openid.errors import ProviderError
from core.people.models import Person
from core.stores.counters import limit
from services.accounts.allauth_internals import (
    clear_login,
    get_pending_stage,
    mark_request_as_headless,
    perform_login,
    record_authentication,
)
from services.accounts.local_path import local_path
from services.accounts.sign_in.auditing import network_of, record_limited

from .conversation import authorization_url
from .failures import Failure, SignInFailed, failure_of
from .pending import Pending
from .steps import person_of_answer

logger = structlog.get_logger("portal.institute_sign_in")

METHOD = "institute"  # in allauth's records of how a person has signed in, and in the audit log
RESULT_PAGE = "/sign-in/institute"
MOST_ANSWERS, MINUTE = 60, timedelta(minutes=1)  # of a client, as sign-ins with a password


class InstituteSignInView(APIView):  # type: ignore[misc]  # allauth has no types
    """Begin a sign-in, and return the URL of the provider's page for it. `next` is where to go afterwards."""

    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        sign_in: InstituteSignIn | None = settings.PORTAL.institute_sign_in
        if sign_in is None:
            return not_found(request)
        if request.user.is_authenticated:
            return cast(HttpResponse, ConflictResponse(request))
        if not ratelimit.consume(request, action="login"):
            record_limited(request, None)
            return cast(HttpResponse, RateLimitResponse(request))
        pending = Pending.begin(request.session, next_path(self.data))
        try:
            location = authorization_url(request, sign_in, pending)
        except ProviderError as error:
            report(failure_of(error))
            detail = _("%(name)s does not answer at the moment. Try again in a minute.") % {"name": sign_in.name}
            return problem_response(request, 503, detail)
        return cast(HttpResponse, APIResponse(request, data={"location": location}))


def next_path(data: Any) -> str:
    path = data.get("next") if isinstance(data, dict) else None
    return local_path(path, default="/") if isinstance(path, str) and len(path) <= 2000 else "/"


@never_cache
@require_GET
def institute_answer(request: HttpRequest) -> HttpResponse:
    """Take the answer of the provider, and redirect to the page that goes on, or says what went wrong."""
    sign_in: InstituteSignIn | None = settings.PORTAL.institute_sign_in
    if sign_in is None:
        return not_found(request)
    pending = Pending.take(request.session, request.GET.get("state", ""))
    next_path = pending.next if pending else "/"
    if request.user.is_authenticated:  # meanwhile, in another tab
        return result(next_path)
    # allauth's limits do not count GET.
    client = f"institute:{network_of(client_ip(request))}"
    if not limit("accounts", client, most=MOST_ANSWERS, per=MINUTE).is_allowed:
        record_limited(request, None)
        return result(next_path, problem=Failure.LIMITED)
    try:
        person = person_of_answer(request, sign_in, pending)
    except SignInFailed as error:
        report(error)
        return result(next_path, problem=error.failure)
    return result(next_path, step=log_in(request, person))


def log_in(request: HttpRequest, person: Person) -> str:
    """Open the person's session, or begin the step of the second factor. Return the step that is left, or nothing.

    The provider has confirmed who they are, so their email need not be confirmed again.
    """
    mark_request_as_headless(request, Client.BROWSER)
    clear_login(request)  # of a sign-in that was left unfinished in this browser
    record_authentication(request, person, method=METHOD)
    perform_login(request, Login(user=person, email_verification=EmailVerificationMethod.NONE))
    return "" if request.user.is_authenticated or get_pending_stage(request) is None else "code"


def report(error: SignInFailed) -> None:
    """Log why a sign-in failed, and record it in the audit log."""
    logger.warning("institute_sign_in_failed", failure=error.failure, reason=error.reason)
    record_failure(
        Event.SIGN_IN_FAILED, person=error.person, factor=METHOD, reason=str(error.failure), detail=error.reason
    )


def result(next_path: str, *, problem: str = "", step: str = "") -> HttpResponse:
    query = {"next": next_path, "problem": problem, "step": step}
    return HttpResponseRedirect(f"{RESULT_PAGE}?{urlencode({name: value for name, value in query.items() if value})}")
