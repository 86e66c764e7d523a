"""What NGINX asks before it passes a request on: who may use the Redis GUI, and who has signed in."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.http.problems import error_response

from .audience import Outcome
from .maintainers import maintainer_outcome
from .scopes import ANY_TOKEN
from .visitor import visitor_of


@require_safe
@never_cache
def redis_gui(request: HttpRequest) -> HttpResponse:
    """Answer 204 to superusers, 403 to other people and 401 to anonymous visitors.

    Superusers without a second factor get 401 too: NGINX redirects a 401 to the admin's sign-in, which leads them to
    where they set one up.
    """
    outcome = maintainer_outcome(request, superuser=True)
    if outcome is Outcome.ALLOWED:
        return HttpResponse(status=204)
    status = 401 if outcome is Outcome.SECOND_FACTOR else outcome.status
    return error_response(request, status, outcome.detail)


@require_safe
@never_cache
def signed_in(request: HttpRequest) -> HttpResponse:
    """Answer 204 to people who have signed in, 401 to anonymous visitors. NGINX asks before it takes a large body."""
    if visitor_of(request).has_signed_in:
        return HttpResponse(status=204)
    return error_response(request, Outcome.SIGN_IN.status, Outcome.SIGN_IN.detail)


signed_in.scopes = {"GET": ANY_TOKEN}  # type: ignore[attr-defined]  # as a view class has them
