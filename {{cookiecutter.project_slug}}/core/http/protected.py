"""Files with restricted access: a view decides, and the reverse proxy sends the file."""

import mimetypes
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import IO, Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import storages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from core.configuration.prefixes import PROTECTED

# An upload may do nothing in a browser. infrastructure/nginx/snippets/maps.conf has the same policy.
POLICY = "default-src 'none'; sandbox"

CHUNK_BYTES = 64 * 1024

# With FILES_URL, NGINX fetches the files of both storages here, at the signed address in this header of the response:
# infrastructure/nginx/snippets/files-elsewhere.conf. The host is in its configuration, and not in the header.
FILES_LOCATION = f"{PROTECTED}files-elsewhere"
FILES_ADDRESS = "X-Files-Address"


class StreamedFile(StreamingHttpResponse):
    """Sends a file without NGINX, in pieces, also from Daphne. It is open only while it is sent."""

    def __init__(self, open_file: Callable[[], IO[bytes]], size: int, content_type: str) -> None:
        super().__init__(pieces_of(open_file), content_type=content_type, headers={"Content-Length": str(size)})

    async def __aiter__(self) -> AsyncIterator[bytes]:
        pieces = iter(self)
        while piece := await sync_to_async(next_of)(pieces):
            yield piece


def next_of(pieces: Iterator[bytes]) -> bytes:
    """Return the next piece, empty after the last one: StopIteration cannot leave a coroutine."""
    return next(pieces, b"")


def pieces_of(open_file: Callable[[], IO[bytes]]) -> Iterator[bytes]:
    with open_file() as file:
        while piece := file.read(CHUNK_BYTES):
            yield piece


def protected_file(
    name: str, *, content_type: str, cache_control: str = "private, no-store", download_as: str = ""
) -> HttpResponseBase:
    """Return a response with the file `name` of the default storage, a path below PROTECTED_ROOT.

    With `download_as`, browsers save the file under this name and do not open it. In production the response is empty
    and names the file for NGINX to send (infrastructure/nginx/snippets/site.conf). Without NGINX it streams the file,
    and Http404 is raised when there is none.
    """
    response: HttpResponseBase
    storage: Any = storages["default"]
    if settings.CONFIGURATION.environment.is_production:
        response = HttpResponse(content_type=content_type, headers=storage.headers_for_nginx(name))
    else:
        try:
            response = StreamedFile(partial(storage.open, name), storage.size(name), content_type)
        except FileNotFoundError:
            raise Http404 from None
        response["Content-Security-Policy"] = POLICY
    response["Content-Disposition"] = content_disposition_header(bool(download_as), download_as) or "inline"
    response["Cache-Control"] = cache_control
    return response


def public_file(request: HttpRequest, name: str) -> HttpResponse:
    """Let NGINX send a file of the public storage, at /media/, with FILES_URL. Without it, NGINX has the files."""
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    storage: Any = storages["public"]
    try:
        headers = storage.headers_for_nginx(name)
    except (SuspiciousOperation, ValueError):  # a name that leaves the folder
        raise Http404 from None
    content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return HttpResponse(content_type=content_type, headers={**headers, "Cache-Control": "public, max-age=3600"})
