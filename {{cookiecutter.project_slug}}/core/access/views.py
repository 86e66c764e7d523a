"""Who may use the Redis GUI. NGINX asks this before each request that it passes on."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.api.problems import error_response


@require_safe
@never_cache
def redis_gui(request: HttpRequest) -> HttpResponse:
    """204 for a maintainer, 403 for anybody else who signed in, 401 for a stranger."""
    if not request.user.is_authenticated:
        return error_response(request, 401, "Please sign in to use this.")
    if not (request.user.is_staff and request.user.is_superuser):
        return error_response(request, 403, "The Redis GUI is for maintainers.")
    return HttpResponse(status=204)
