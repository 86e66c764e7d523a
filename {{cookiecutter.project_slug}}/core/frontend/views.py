"""Serves the frontend's page in development, where there is no reverse proxy."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from core.http.problems import error_response

SCHEMES = ("light", "dark")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Return index.html of the build, with the colour scheme of the `scheme` cookie, so that the page does not flash.

    Without the cookie, the browser's colour scheme applies.
    """
    try:
        page = (settings.FRONTEND_BUILD / "index.html").read_text()
    except FileNotFoundError:
        return error_response(request, 503, "The frontend is not built yet. Run make dev or make demo.")
    scheme = request.COOKIES.get("scheme")
    if scheme in SCHEMES:
        page = page.replace('data-scheme=""', f'data-scheme="{scheme}"', 1)
    page = page.replace('lang="en"', f'lang="{settings.LANGUAGE_CODE}"', 1)
    response = HttpResponse(page)
    response["Cache-Control"] = "no-store"
    return response
