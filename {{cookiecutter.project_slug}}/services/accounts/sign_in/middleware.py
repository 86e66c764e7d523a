"""The conventions of the portal's API for allauth's: valid JSON, Retry-After, and problem details.

It also sets the device cookie after a sign-in.
"""

from collections.abc import Callable

from allauth.account import app_settings
from allauth.mfa import app_settings as mfa_settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import ParseError

from core.api.parsers import parse_json
from core.configuration.prefixes import AUTHENTICATION, TOKEN
from core.hashing.pool import HashingBusy, hashing_pool
from core.http.outage import busy_response
from core.http.problems import problem_response
from services.accounts.allauth_internals import parse_rates

from .devices import remember_device

# Name of the URL -> the rate limits that can answer it with 429. Other URLs have those of SIGN_IN_LIMITS.
LIMITS = {
    "signup": ["signup"],
    "request_password_reset": ["reset_password"],
    "reset_password": ["reset_password_from_key"],
    "change_password": ["change_password", "login_failed"],
    "manage_email": ["manage_email"],
    "reauthenticate": ["reauthenticate", "login_failed"],
    "login_webauthn": ["webauthn_login"],
}
SIGN_IN_LIMITS = ["login", "login_failed"]

SIGNED_IN = "signed_in_person"  # the attribute of a request in which a person has signed in

DETAILS = {
    400: gettext_lazy("The request is not valid JSON for this URL."),
    404: gettext_lazy("There is nothing at this URL."),
    405: gettext_lazy("This URL does not support the method."),
}


# What checks or sets a password, or checks the secret of a client.
HASHING = (
    *(
        f"{AUTHENTICATION}browser/v1/{path}"
        for path in (
            *("auth/login", "auth/signup", "auth/password/reset", "auth/reauthenticate"),
            "account/password/change",
        )
    ),
    TOKEN,
)


class HashingMiddleware:
    """Refuses a request that needs a password's hash before it costs anything, while this process hashes for others.

    An admitted request keeps its admission to the end: it may hash again, to write an old hash anew.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or request.path not in HASHING:
            return self.get_response(request)
        try:
            with hashing_pool().admit():
                return self.get_response(request)
        except HashingBusy as error:
            return busy_response(request, error)


class SignInMiddleware(MiddlewareMixin):
    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        """Refuse the JSON that the rest of the API refuses: allauth would answer it with 500."""
        if request.path.startswith(AUTHENTICATION) and request.body:
            try:
                parse_json(request.body.decode(errors="replace"))
            except ParseError as error:
                return problem_response(request, 400, str(error.detail))
        return None

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if not request.path.startswith(AUTHENTICATION):
            return response
        if (person := getattr(request, SIGNED_IN, None)) is not None:
            remember_device(request, response, person)
        if response.status_code == 429:
            response["Retry-After"] = str(retry_after_seconds(request))
        elif response.status_code in DETAILS and not isinstance(response, JsonResponse):
            problem = problem_response(request, response.status_code, str(DETAILS[response.status_code]))
            if "Allow" in response:
                problem["Allow"] = response["Allow"]
            return problem
        return response


def retry_after_seconds(request: HttpRequest) -> int:
    """Return the longest window of the limits that may have been exceeded: allauth does not say which it was."""
    name = request.resolver_match.url_name if request.resolver_match else None
    rates = {**app_settings.RATE_LIMITS, **mfa_settings.RATE_LIMITS}
    limits = LIMITS.get(name or "", SIGN_IN_LIMITS)
    windows = [rate.duration for limit in limits for rate in parse_rates(rates.get(limit))]
    return int(max(windows, default=60))
