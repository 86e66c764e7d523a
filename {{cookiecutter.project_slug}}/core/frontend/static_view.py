"""Serves static files in development, compressed. In production the reverse proxy serves them."""

import gzip
import mimetypes
import re
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import http_date
from django.views.decorators.http import require_safe

HASHED_NAME = re.compile(r"\.[0-9a-f]{8,}\.")  # as in infrastructure/nginx/snippets/maps.conf
COMPRESSIBLE = re.compile(r"^(text/|application/(javascript|json)|image/svg\+xml)")
BUILT = {"br": ".br", "gzip": ".gz"}  # the copies beside each file of a complete build, the smallest first
FILES_IN_MEMORY = 200


@require_safe
def static_file(request: HttpRequest, path: str) -> HttpResponseBase:
    """Return a static file, with gzip or brotli if the browser accepts it.

    The copies of a complete build are sent as they are. The build of `make demo` has none: those are made here, once.
    """
    found = finders.find(path)
    if not isinstance(found, str) or not Path(found).is_file():
        raise Http404
    file = Path(found)
    modified = int(file.stat().st_mtime)
    media_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
    encoding, content = encoded(file, media_type, request.headers.get("Accept-Encoding", ""))
    response = HttpResponse(content, content_type=media_type, headers={"Last-Modified": http_date(modified)})
    if encoding:
        response["Content-Encoding"] = encoding
    patch_vary_headers(response, ["Accept-Encoding"])
    response["Cache-Control"] = "public, max-age=31536000, immutable" if HASHED_NAME.search(path) else "no-cache"
    return get_conditional_response(request, last_modified=modified, response=response) or response


def encoded(file: Path, media_type: str, accepted: str) -> tuple[str, bytes]:
    """Return the file's content in an encoding that the browser accepts, and the encoding's name; "" is none."""
    names = {
        part.partition(";")[0].strip() for part in accepted.split(",") if not part.replace(" ", "").endswith("q=0")
    }
    for encoding, suffix in BUILT.items():
        copy = file.with_name(file.name + suffix)
        if encoding in names and copy.is_file():
            return encoding, copy.read_bytes()
    if "gzip" in names and COMPRESSIBLE.match(media_type):
        return "gzip", compressed(file, file.stat().st_mtime_ns)
    return "", file.read_bytes()


@lru_cache(maxsize=FILES_IN_MEMORY)
def compressed(file: Path, modified: int) -> bytes:
    return gzip.compress(file.read_bytes(), compresslevel=6, mtime=0)
