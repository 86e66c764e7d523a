"""Files with restricted access: a view decides, and the reverse proxy sends the file."""

from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpResponse

from core.configuration.prefixes import PROTECTED


def protected_file(name: str, *, content_type: str, cache_control: str = "private, no-store") -> HttpResponse:
    """Return a response with the file `name`, a path below PROTECTED_ROOT.

    In production the response is empty and names the file for NGINX to send (infrastructure/nginx/snippets/site.conf).
    Without NGINX it contains the file, and Http404 is raised when there is none.
    """
    if settings.CONFIGURATION.environment.is_production:
        response = HttpResponse(content_type=content_type, headers={"X-Accel-Redirect": f"{PROTECTED}{quote(name)}"})
    else:
        try:
            response = HttpResponse((settings.PROTECTED_ROOT / name).read_bytes(), content_type=content_type)
        except FileNotFoundError:
            raise Http404 from None
    response["Cache-Control"] = cache_control
    return response
