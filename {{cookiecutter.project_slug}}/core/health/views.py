"""Health, for whoever watches: is this process up, and is what it needs there."""

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
    """The process is up and answers; nothing else is asked."""
    return JsonResponse({"status": "ok", "site": settings.SITE})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Each row's service, status and milliseconds; 503 when something required failed."""
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
    """Whether this came straight from the servers' own network.

    The reverse proxy adds a forwarding header to all that passes it, and a client cannot take that away; who reaches
    a server without it is inside.
    """
    if "HTTP_X_FORWARDED_FOR" in request.META:
        return False
    try:
        address = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return address.is_loopback or address.is_private
