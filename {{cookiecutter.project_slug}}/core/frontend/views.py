"""The frontend's first page, where no reverse proxy serves it: in development."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from core.http.problems import error_response

SCHEMES = ("light", "dark")


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """index.html of the build, with the person's colour scheme in it, so that nothing flashes.

    The scheme comes from the `scheme` cookie; without one, the system's holds.
    """
    try:
        page = (settings.FRONTEND_BUILD / "index.html").read_text()
    except FileNotFoundError:
        return error_response(request, 503, "The frontend has not been built yet: make dev or make demo builds it.")
    scheme = request.COOKIES.get("scheme")
    if scheme in SCHEMES:
        page = page.replace('data-scheme=""', f'data-scheme="{scheme}"', 1)
    page = page.replace('lang="en"', f'lang="{settings.LANGUAGE_CODE}"', 1)
    response = HttpResponse(page)
    response["Cache-Control"] = "no-store"
    return response
