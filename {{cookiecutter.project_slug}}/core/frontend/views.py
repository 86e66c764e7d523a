"""Serves the frontend's page and the files of the portal in development, where there is no reverse proxy."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from core.http.problems import error_response

from .document import LANGUAGE, SCHEME, SCHEMES, digest, language_attributes, portal_texts, write_texts
from .portal_files import PORTAL_FILES


@require_safe
def index(request: HttpRequest) -> HttpResponseBase:
    """Return index.html of the build with the portal's name, description and accent, the visitor's language and scheme.

    The page is therefore right before a script runs. A visitor without a `scheme` cookie gets the browser's colour
    scheme. Browsers keep the page, and ask each time whether it is still the same.
    """
    try:
        page = (settings.FRONTEND_BUILD / "index.html").read_text()
    except FileNotFoundError:
        return error_response(request, 503, "The frontend is not built yet. Run make dev or make demo.")
    scheme = request.COOKIES.get("scheme")
    visitor_texts = {
        LANGUAGE: language_attributes(get_language() or settings.LANGUAGE_CODE),
        SCHEME: f'data-scheme="{scheme if scheme in SCHEMES else ""}"',
    }
    page = write_texts(page, portal_texts(settings.PORTAL) | visitor_texts)
    etag = f'W/"{digest([page])}"'
    response = HttpResponse(page, headers={"ETag": etag, "Cache-Control": "no-cache"})
    patch_vary_headers(response, ("Accept-Language", "Cookie"))
    return get_conditional_response(request, etag=etag, response=response) or response


@require_safe
def portal_file(request: HttpRequest) -> HttpResponse:
    """Return a file that is made of portal.yaml, such as robots.txt."""
    media_type, content = PORTAL_FILES[request.path]
    headers = {"Cache-Control": "public, max-age=300"}
    return HttpResponse(content(settings.PORTAL, settings.SITE or "internet"), content_type=media_type, headers=headers)
