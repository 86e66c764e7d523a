"""The pages of the provider, in the portal's frame. They are Django's and not React's: no script runs on them."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.csp import build_policy

from core.http.problems import error_response

POLICY = "Content-Security-Policy"


def allow_form_to(response: HttpResponse, origin: str) -> None:
    """Let the page's form lead to another site: Chromium applies `form-action` to what a form redirects to as well."""
    policy: dict[str, Any] = {**settings.SECURE_CSP, "form-action": ["'self'", origin]}
    response.headers[POLICY] = build_policy(policy)


def refusal_page(request: HttpRequest, message: Any, *, status: int = 400) -> HttpResponse:
    return error_response(request, status, str(message))
