"""The private API of Django's files that the portal uses, and the only module that uses it.

tests/test_internals.py fails when a release of Django moves one of these names.
"""

from typing import Any

from django.core.files.storage import FileSystemStorage
from django.db.models.fields.files import FieldFile

PRIVATE = ("django.core.files.storage.FileSystemStorage._save",)


class AdaptableStorage(FileSystemStorage):
    """Lets a subclass decide how a file is written. Django documents `_save` for storages of one's own.

    https://docs.djangoproject.com/en/stable/howto/custom-file-storage/
    """

    def _save(self, name: str, content: Any) -> str:
        self.write(name, content)
        return name

    def write(self, name: str, content: Any) -> None:
        raise NotImplementedError


def is_stored(file: Any) -> bool:
    """Return whether the file of a row is in the storage. A new one is not until the row is saved."""
    return bool(file._committed)


def mark_stored(file: FieldFile) -> None:
    file._committed = True  # type: ignore[attr-defined]  # the stubs do not know it


def is_open(file: Any) -> bool:
    return getattr(file, "_file", None) is not None
