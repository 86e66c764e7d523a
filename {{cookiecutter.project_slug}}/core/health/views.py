"""The health URLs: whether this process is up, and whether the parts that it needs are."""

from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from core.http.clients import came_through_proxy

from .readiness import readiness


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """Answer 200. Checks nothing else than that the process is up."""
    return JsonResponse({"status": "ok", "site": settings.SITE})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200, or 503 when a required part failed.

    Inside, the body names each part with its status and milliseconds. Outside, it is only {"status": "ok" | "failed"}:
    the portal serves as long as no required part failed.
    """
    results = readiness.results()
    failed = any(result.status == "failed" for result in results)
    body: dict[str, Any] = {"status": "failed" if failed else "ok"}
    if is_inside(request):
        if not failed and any(result.status == "degraded" for result in results):
            body["status"] = "degraded"
        body["services"] = {
            result.service: {
                "status": result.status,
                "milliseconds": result.milliseconds,
                "detail": result.detail,
            }
            for result in results
        }
    return JsonResponse(body, status=503 if failed else 200)


def is_inside(request: HttpRequest) -> bool:
    """Return whether the request came from this machine or a container beside it, and not through the reverse proxy."""
    if came_through_proxy(request):
        return False
    try:
        peer = ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return False
    return peer.is_loopback or (peer.is_private and settings.CONFIGURATION.environment.in_containers)
