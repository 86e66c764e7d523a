"""The health URLs: whether this process is up, and whether the parts that it needs are."""

from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .checks import Result
from .stack import HEALTH_CHECKS


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """Answer 200. Checks nothing else than that the process is up."""
    return JsonResponse({"status": "ok", "site": settings.SITE})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Return the status and the milliseconds of each part, with 503 when a required part failed."""
    results = [check.run(check.ping) for check in HEALTH_CHECKS if check.in_readiness]
    failed = any(result.status == "failed" for result in results)
    degraded = any(result.status == "degraded" for result in results)
    inside = is_inside(request)
    body = {
        "status": "failed" if failed else "degraded" if degraded else "ok",
        "services": {result.service: summary(result, inside) for result in results},
    }
    return JsonResponse(body, status=503 if failed else 200)


def summary(result: Result, inside: bool) -> dict[str, Any]:
    more = {"detail": result.detail} if inside else {}
    return {"status": result.status, "milliseconds": result.milliseconds, **more}


def is_inside(request: HttpRequest) -> bool:
    """Return whether the request came directly from the servers' network, and not through the reverse proxy.

    The reverse proxy adds a forwarding header to every request, and no client can remove it.
    """
    if "HTTP_X_FORWARDED_FOR" in request.META:
        return False
    try:
        client = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return client.is_loopback or client.is_private
