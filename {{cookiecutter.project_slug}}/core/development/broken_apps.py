"""Apps whose URLs cannot be imported while the portal is developed: they say why, and the other apps work."""

import sys

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, re_path
from django.views.decorators.csrf import csrf_exempt

from core.http.problems import error_response
from core.logs.frames import describe
from core.logs.redaction import clean_text
from core.plugins.discovery import Plugin
from core.plugins.registry import without_urls


def broken_urls(plugin: Plugin, error: Exception) -> list[URLPattern]:
    """Report the error in one line, and return URLs that answer 500 with it."""
    text = clean_text(describe(error, settings.BASE_DIRECTORY))
    folder = f"{plugin.layer}/{plugin.name}"
    without_urls.add(plugin.name)
    sys.stderr.write(f"\n{folder}: its URLs cannot be imported. The other apps work.\n{text}\n")

    @csrf_exempt
    def broken(request: HttpRequest) -> HttpResponse:
        return error_response(request, 500, text)

    return [re_path(r"", broken)]
