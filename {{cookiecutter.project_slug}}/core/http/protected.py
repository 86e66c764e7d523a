"""Files for some: a view decides who may have one, and the reverse proxy hands it over."""

from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpResponse

from core.configuration.prefixes import PROTECTED


def protected_file(name: str, *, content_type: str, cache_control: str = "private, no-store") -> HttpResponse:
    """The answer that gives the file `name`, a path below PROTECTED_ROOT, to whoever asks.

    In production it is empty and tells NGINX which file to send (infrastructure/nginx/snippets/site.conf). Without
    NGINX the file is in it, whole; then Http404 is raised when there is none.
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
