"""Who may use the Redis GUI. NGINX asks this before each request that it passes on."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.http.problems import error_response

from .audience import Outcome
from .maintainers import maintainer_outcome


@require_safe
@never_cache
def redis_gui(request: HttpRequest) -> HttpResponse:
    """204 for a maintainer who may do everything, 403 for anybody else who signed in, 401 for an anonymous visitor.

    NGINX sends a 401 on to the admin's sign-in, which knows what is missing: so is the lack of a second factor.
    """
    outcome = maintainer_outcome(request, superuser=True)
    if outcome is Outcome.ALLOWED:
        return HttpResponse(status=204)
    status = 401 if outcome is Outcome.SECOND_FACTOR else outcome.status
    return error_response(request, status, outcome.detail)
