"""Files with restricted access: a view decides, and the reverse proxy sends the file."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import quote

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from core.configuration.prefixes import PROTECTED

# An upload may do nothing in a browser. infrastructure/nginx/snippets/maps.conf has the same policy.
POLICY = "default-src 'none'; sandbox"

CHUNK_BYTES = 64 * 1024


class StreamedFile(StreamingHttpResponse):
    """Sends a file without NGINX, in pieces, also from Daphne. It is open only while it is sent."""

    def __init__(self, path: Path, content_type: str) -> None:
        super().__init__(pieces_of(path), content_type=content_type, headers={"Content-Length": path.stat().st_size})

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = iter(self)
        while piece := await sync_to_async(next_of)(pieces):
            yield piece


def next_of(pieces: Iterator[bytes]) -> bytes:
    """Return the next piece, empty after the last one: StopIteration cannot leave a coroutine."""
    return next(pieces, b"")


def pieces_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(CHUNK_BYTES):
            yield piece


def protected_file(
    name: str, *, content_type: str, cache_control: str = "private, no-store", download_as: str = ""
) -> HttpResponseBase:
    """Return a response with the file `name`, a path below PROTECTED_ROOT.

    With `download_as`, browsers save the file under this name and do not open it. In production the response is empty
    and names the file for NGINX to send (infrastructure/nginx/snippets/site.conf). Without NGINX it streams the file,
    and Http404 is raised when there is none.
    """
    response: HttpResponseBase
    if settings.CONFIGURATION.environment.is_production:
        response = HttpResponse(content_type=content_type, headers={"X-Accel-Redirect": f"{PROTECTED}{quote(name)}"})
    else:
        try:
            response = StreamedFile(settings.PROTECTED_ROOT / name, content_type)
        except FileNotFoundError:
            raise Http404 from None
        response["Content-Security-Policy"] = POLICY
    response["Content-Disposition"] = content_disposition_header(bool(download_as), download_as) or "inline"
    response["Cache-Control"] = cache_control
    return response
