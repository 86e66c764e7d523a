"""The storages of uploads. The default one publishes nothing.

https://docs.djangoproject.com/en/stable/ref/files/storage/
"""

import os
from typing import Any, Never
from urllib.parse import quote

from django.conf import settings
from django.core.files import File
from django.core.files.storage import storages

from core.configuration.prefixes import PROTECTED

from .django_internals import AdaptableStorage

FILE_MODE = 0o640  # NGINX reads the files through the folder's group


class PublishesNothing:
    """A storage whose files have no URL of their own."""

    def refuse_url(self, name: str | None) -> Never:
        raise ValueError(
            f"{name} is on the default storage, which publishes nothing. Use a field of core.files.fields, whose files"
            " an app sends to its audience, or storage=public_storage of core.files.storage for what everyone may read."
        )


class ProtectedStorage(PublishesNothing, AdaptableStorage):
    """Files below PROTECTED_ROOT, which have no URL of their own: a view decides who gets one.

    `core.files.fields` has fields with such views. A plain FileField is stored here too.
    """

    @property
    def base_location(self) -> str:  # a cached property there, and tests change the setting
        return str(settings.PROTECTED_ROOT)

    @property
    def location(self) -> str:
        return os.path.abspath(self.base_location)  # noqa: PTH100 - as Django has it

    def url(self, name: str | None) -> Never:
        self.refuse_url(name)

    def headers_for_nginx(self, name: str) -> dict[str, str]:
        """Return what lets NGINX send a file: infrastructure/nginx/snippets/site.conf."""
        return {"X-Accel-Redirect": f"{PROTECTED}{quote(name)}"}

    def write(self, name: str, content: "File[Any]") -> None:
        """Write a file as a whole or not at all: another process never reads half of it."""
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120 - as Django has it
        temporary = f"{path}.new"
        try:
            with open(temporary, "xb") as file:  # noqa: PTH123 - as Django has it
                file.writelines(chunk.encode() if isinstance(chunk, str) else chunk for chunk in content.chunks())
                file.flush()
                os.fchmod(file.fileno(), FILE_MODE)
                os.fsync(file.fileno())
            os.replace(temporary, path)  # noqa: PTH105 - likewise
        except BaseException:
            if os.path.exists(temporary):  # noqa: PTH110 - likewise
                os.unlink(temporary)  # noqa: PTH108 - likewise
            raise


def public_storage() -> Any:
    """Return the storage of files that everyone may read, at /media/: `FileField(storage=public_storage)`."""
    return storages["public"]
