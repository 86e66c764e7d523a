"""The manners of the sign-in API: what it takes, when to try again, problem details where allauth says nothing."""

from allauth.account import app_settings
from allauth.core.internal.ratelimit import parse_rates
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.deprecation import MiddlewareMixin
from rest_framework.exceptions import ParseError

from core.api.parsers import read
from core.http.problems import problem_response

PREFIX = "/_allauth/"

# The name of an address → the limits that an answer of 429 may come from; unnamed, signing in's.
LIMITS = {
    "signup": ["signup"],
    "request_password_reset": ["reset_password"],
    "reset_password": ["reset_password_from_key"],
    "change_password": ["change_password", "login_failed"],
    "manage_email": ["manage_email"],
    "reauthenticate": ["reauthenticate", "login_failed"],
}
SIGNING_IN = ["login", "login_failed"]

DETAILS = {
    400: "The request was not understood.",
    404: "There is nothing at this address.",
    405: "This address does not do that.",
}


class SignInMiddleware(MiddlewareMixin):
    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        """Refuse JSON that no other API takes either: allauth would stumble over it."""
        if request.path.startswith(PREFIX) and request.body:
            try:
                read(request.body.decode(errors="replace"))
            except ParseError as error:
                return problem_response(request, 400, str(error.detail))
        return None

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if not request.path.startswith(PREFIX):
            return response
        if response.status_code == 429:
            response["Retry-After"] = str(seconds_until_free(request))
        elif response.status_code in DETAILS and not isinstance(response, JsonResponse):
            problem = problem_response(request, response.status_code, DETAILS[response.status_code])
            if "Allow" in response:
                problem["Allow"] = response["Allow"]
            return problem
        return response


def seconds_until_free(request: HttpRequest) -> int:
    """After so many seconds every limit that may have been met is free again: its whole window, to be sure."""
    name = request.resolver_match.url_name if request.resolver_match else None
    rates = app_settings.RATE_LIMITS
    windows = [rate.duration for limit in LIMITS.get(name or "", SIGNING_IN) for rate in parse_rates(rates.get(limit))]
    return int(max(windows, default=60))
