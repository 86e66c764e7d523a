"""Who may use the Redis GUI. NGINX asks this before each request that it passes on."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.api.problems import error_response

from .audience import Verdict
from .maintainers import maintainer_verdict


@require_safe
@never_cache
def redis_gui(request: HttpRequest) -> HttpResponse:
    """204 for a maintainer who may do everything, 403 for anybody else who signed in, 401 for a stranger.

    NGINX sends a 401 on to the admin's sign-in, which knows what is missing: so is the lack of a second factor.
    """
    verdict = maintainer_verdict(request, superuser=True)
    if verdict is Verdict.ALLOWED:
        return HttpResponse(status=204)
    status = 401 if verdict is Verdict.SECOND_FACTOR else verdict.status
    return error_response(request, status, verdict.detail)
