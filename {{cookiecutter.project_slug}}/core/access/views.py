"""Access to the Redis GUI. NGINX asks for it before each request to the GUI."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.http.problems import error_response

from .audience import Outcome
from .maintainers import maintainer_outcome


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
