"""`Authorization: Bearer <token>`: the token's person becomes the visitor, before core/access decides.

So the app's audience and the person's roles hold as in the browser. A request with a token has neither the session of
a cookie nor a new one: the token alone decides what it may do, and so a script that also sends cookies never does more
than its token says. Browsers never send the header by themselves, so these requests need no protection against CSRF.
"""

from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _

from core.configuration.prefixes import API, IDENTITY
from core.grants import Grant, set_current_grant
from core.http.outage import unavailable_response
from core.http.problems import problem_response
from core.http.request_log import bind_person
from core.people.models import Person
from core.sessions.current import set_current_session
from core.sessions.store import SessionStore
from core.stores.counters import limit
from core.stores.outage import is_outage

from .actions import token_use

SCHEME = "bearer"
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class BearerToken:
    """A token that works: whose it is, what it may do, and how often.

    `name` tells it apart in the log. `limits` has key → most requests in a minute.
    """

    person: Person
    scopes: frozenset[str]
    name: str
    limits: dict[str, int]


def bearer_token(header: str) -> str | None:
    """Return the token in the header `Authorization`; None when it has none, such as `Basic`."""
    scheme, _, text = header.partition(" ")
    return text.strip() if scheme.lower() == SCHEME else None


class TokenMiddleware(MiddlewareMixin):
    """Answers 401 to a token that does not work, and 429 to more requests by token than are allowed.

    The OpenID Connect provider checks the tokens of its own endpoints. A subclass finds further kinds of tokens.
    """

    def find(self, text: str) -> BearerToken | None:
        """Return the token with this text; None if it does not work."""
        token = token_use(text)
        if token is None:
            return None
        limits = {str(token.person.pk): settings.TOKEN_REQUESTS_PER_MINUTE}
        return BearerToken(token.person, frozenset(token.scopes), str(token.pk), limits)

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        set_current_grant(None)
        if request.path.startswith(IDENTITY):
            return None
        text = bearer_token(request.headers.get("Authorization", ""))
        if text is None:
            return None
        request.COOKIES.pop(settings.SESSION_COOKIE_NAME, None)
        request.session = SessionStore()
        set_current_session(None)
        try:
            token = self.find(text)
            if token is None:
                return invalid_token(request)
            use_token(request, token)
            return too_many_requests(request, token)
        except Exception as error:
            if is_outage(error):
                return unavailable_response(request, error)
            raise

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if request.path.startswith(API):
            patch_vary_headers(response, ("Authorization",))
        return response


def use_token(request: HttpRequest, token: BearerToken) -> None:
    """Make the token's person the visitor of the request, without their powers as a maintainer."""
    person = token.person
    person.withhold_powers()

    async def auser() -> Person:
        return person

    request.user, request.auser = person, auser
    set_current_grant(Grant(person.pk, token.scopes))
    bind_person(person.pk)
    structlog.contextvars.bind_contextvars(grant=token.name)


def invalid_token(request: HttpRequest) -> HttpResponse:
    text = _("This API token is unknown, expired or revoked. Make another one on your account page, under “Security”.")
    response = problem_response(request, 401, text)
    response["WWW-Authenticate"] = 'Bearer error="invalid_token"'
    return response


def too_many_requests(request: HttpRequest, token: BearerToken) -> HttpResponse | None:
    for key, most in token.limits.items():
        allowance = limit("core", f"tokens:{key}", most=most, per=MINUTE)
        if not allowance.is_allowed:
            text = _("You can send %(number)s requests with API tokens in a minute.") % {"number": most}
            response = problem_response(request, 429, text)
            response["Retry-After"] = str(max(1, round(allowance.retry_after.total_seconds())))
            return response
    return None
