"""Make pictures and send files in tests."""

from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from PIL import Image

from .client import PortalClient


def make_picture(kind: str = "PNG", *, colour: str = "red", size: tuple[int, int] = (120, 90)) -> bytes:
    """Return a picture of one colour as a file."""
    file = BytesIO()
    Image.new("RGB", size, colour).save(file, kind)
    return file.getvalue()


def upload(
    client: PortalClient,
    path: str,
    content: bytes,
    *,
    name: str = "picture.png",
    content_type: str = "image/png",
    field: str = "file",
    **more: Any,
) -> Any:
    """Send a file by PUT, as a form, and return the response."""
    form = encode_multipart(BOUNDARY, {field: SimpleUploadedFile(name, content, content_type)})
    return client.put(path, form, content_type=MULTIPART_CONTENT, **more)
