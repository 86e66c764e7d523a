"""The types of files that a field can accept. The portal sends each with the content type of this table, and no other.

SVG and HTML are not in it: a browser would run their scripts. What is in it is sent as a download.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

ZIP = (b"PK\x03\x04", b"PK\x05\x06")
OFFICE = "application/vnd.openxmlformats-officedocument"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"


@dataclass(frozen=True, slots=True)
class FileType:
    """A content type, and how files of it begin. A type without `beginnings` is text in UTF-8."""

    content_type: str
    beginnings: tuple[bytes, ...] = ()

    def matches(self, head: bytes) -> bool:
        """Return whether a file that begins with `head` can be of this type."""
        return any(head.startswith(one) for one in self.beginnings) if self.beginnings else b"\0" not in head


# Extension → type.
TYPES = MappingProxyType(
    {
        "pdf": FileType("application/pdf", (b"%PDF-",)),
        "txt": FileType("text/plain; charset=utf-8"),
        "csv": FileType("text/csv; charset=utf-8"),
        "docx": FileType(f"{OFFICE}.wordprocessingml.document", ZIP),
        "xlsx": FileType(f"{OFFICE}.spreadsheetml.sheet", ZIP),
        "pptx": FileType(f"{OFFICE}.presentationml.presentation", ZIP),
        "odt": FileType(f"{OPEN_DOCUMENT}.text", ZIP),
        "ods": FileType(f"{OPEN_DOCUMENT}.spreadsheet", ZIP),
        "odp": FileType(f"{OPEN_DOCUMENT}.presentation", ZIP),
        "zip": FileType("application/zip", ZIP),
        "png": FileType("image/png", (b"\x89PNG\r\n\x1a\n",)),
        "jpg": FileType("image/jpeg", (b"\xff\xd8\xff",)),
        "jpeg": FileType("image/jpeg", (b"\xff\xd8\xff",)),
        "mp3": FileType("audio/mpeg", (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
        "ogg": FileType("audio/ogg", (b"OggS",)),
        "webm": FileType("video/webm", (b"\x1a\x45\xdf\xa3",)),
    }
)

DOCUMENTS = ("pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp", "txt", "csv")


def check_types(extensions: Iterable[str]) -> tuple[str, ...]:
    """Return the extensions as a tuple. Raises ValueError for one that is not in TYPES."""
    found = tuple(extensions)
    if unknown := sorted(set(found) - set(TYPES)):
        raise ValueError(f"types: found {', '.join(unknown)}; allowed are {', '.join(TYPES)}")
    return found
