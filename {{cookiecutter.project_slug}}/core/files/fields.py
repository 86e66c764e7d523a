"""Fields for files and pictures that only the audience of an app can read.

class Paper(models.Model):
    scan = ProtectedFileField(types=["pdf"], max_megabytes=20)
    cover = ProtectedImageField(sizes={"small": 96, "large": 800}, blank=True)

The names of the stored files are random. The column of a file holds its random name and the name that it was uploaded
with, and that of a picture the random part of the names of its sizes. An app sends them with the views of
core/api/files.py, at the URL named `<app>:<model>-<field>`, such as `library:paper-scan`.
"""

import secrets
from collections.abc import Mapping
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any

from django.core.exceptions import SuspiciousFileOperation
from django.core.files.base import File
from django.db import models
from django.db.models.fields.files import FieldFile
from django.db.models.signals import post_delete
from django.urls import reverse
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _

from core.transactions import after_commit

from .decoder import decoder_lock
from .django_internals import is_open, is_stored, mark_stored
from .errors import FileTooLarge, InvalidFile
from .pictures import CONTENT_TYPE, render_sizes
from .types import DOCUMENTS, TYPES, check_types

MEGABYTE = 1024 * 1024
FOLDER = "files"  # below PROTECTED_ROOT
LONGEST_NAME = 100  # characters of the name that a file was uploaded with
HEAD = 4096  # bytes that decide whether a file is of its type
LARGEST_SIDE = 2048  # pixels of a stored picture
SIZES = {"small": 96, "large": 800}

# A value of the column, and the stored files by the names that they have below PROTECTED_ROOT.
Prepared = tuple[str, dict[str, Any]]


DEFAULTS = {"types": DOCUMENTS, "route": "", "folder": FOLDER}


class ProtectedFieldFile(FieldFile):
    """The file or the picture of a row. `url` and `urls` are for people in the audience of the app."""

    field: "ProtectedFileField"
    prepared: Prepared | None = None

    def __str__(self) -> str:
        return self.field.title_of(self.name or "")

    def prepare(self) -> None:
        """Check a file that is not stored yet. Raises InvalidFile."""
        if self and not is_stored(self) and self.prepared is None:
            self.prepared = self.field.prepare(str(self.name), self.file)

    def save(self, name: str | None, content: "File[Any]", save: bool = True) -> None:
        """Store the content. Raises InvalidFile. `file_set` of core.files.actions also cleans up after a rollback."""
        value, files = self.prepared or self.field.prepare(str(name), content)
        self.field.store(files)
        self.name, self.prepared = value, None
        mark_stored(self)
        setattr(self.instance, self.field.attname, value)
        if save:
            self.instance.save()

    def delete(self, save: bool = True) -> None:
        """Empty the field. The files are deleted after the commit."""
        if self:
            self.close()
            self.field.delete_on_commit(self.name)
            self.name = ""
            setattr(self.instance, self.field.attname, "")
            if save:
                self.instance.save()

    def open(self, mode: str | None = "rb", *args: Any, **more: Any) -> "ProtectedFieldFile":
        if is_stored(self) and not is_open(self):
            self.file = self.storage.open(self.stored_name, mode or "rb")
            return self
        return super().open(mode or "rb", *args, **more)

    @property
    def stored_name(self) -> str:
        """The path of the file, or of the largest size of the picture, relative to PROTECTED_ROOT."""
        if not self:
            raise ValueError(f"{self.field.model.__name__}.{self.field.name} has no file")
        return self.field.stored_names(str(self.name))[-1]

    @property
    def path(self) -> str:
        return self.storage.path(self.stored_name)

    @property
    def size(self) -> int:
        return self.storage.size(self.stored_name) if is_stored(self) else self.file.size

    @property
    def url(self) -> str:
        """The path of the file on this site, or of the largest size of the picture. Does not check who may see it."""
        return self.field.url_of(self, self.field.size_names[-1])

    @property
    def urls(self) -> dict[str, str]:
        """Size → path of a picture, smallest first. A file has one, of the size ""."""
        return {size: self.field.url_of(self, size) for size in self.field.size_names} if self else {}


class ProtectedFileField(models.FileField):
    """A file of one of `types`, with at most `max_megabytes`: by default 10, and 5 for a picture.

    `types` are extensions of core/files/types.py, by default those of documents. `route` is the name of the URL of its
    view, by default `<app>:<model>-<field>`. `folder` is below PROTECTED_ROOT.
    """

    attr_class = ProtectedFieldFile
    size_names: tuple[str, ...] = ("",)
    usual_megabytes = 10

    def __init__(
        self,
        verbose_name: Any = None,
        name: str | None = None,
        *,
        types: Any = DOCUMENTS,
        max_megabytes: int = 0,
        route: str = "",
        folder: str = FOLDER,
        **more: Any,
    ) -> None:
        self.types = check_types(types)
        self.max_megabytes = max_megabytes or self.usual_megabytes
        self.route, self.folder = route, folder
        more.setdefault("max_length", 200)
        more.pop("upload_to", None)  # of a migration
        super().__init__(verbose_name, name, **more)

    # What the database does not know: a change of these changes no table.
    non_db_attrs = (*models.FileField.non_db_attrs, "types", "max_megabytes", "route", "folder", "sizes", "crop")

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("upload_to")
        return name, path, args, kwargs | changed(self, DEFAULTS | {"max_megabytes": self.usual_megabytes})

    def contribute_to_class(self, cls: type[models.Model], name: str, *args: Any, **more: Any) -> None:
        super().contribute_to_class(cls, name, *args, **more)
        if not cls._meta.abstract:
            post_delete.connect(self.delete_files_of_row, sender=cls)

    def delete_files_of_row(self, instance: models.Model, **more: Any) -> None:
        self.delete_on_commit(getattr(instance, self.attname).name)

    # A new value

    def prepare(self, name: str, content: "File[Any]") -> Prepared:
        """Check an upload, and return the column's value and the files to store. Raises InvalidFile."""
        if content.size > self.max_bytes:
            raise FileTooLarge(self.max_bytes)
        extension = PurePosixPath(name).suffix.lower().removeprefix(".")
        content.seek(0)
        head = content.read(HEAD)
        content.seek(0)
        if not head:
            raise InvalidFile(_("The file is empty. Choose another."))
        if extension not in self.types or not TYPES[extension].matches(head):
            raise InvalidFile(
                _("This file is not of a supported type. Upload one of: %(types)s.") % {"types": ", ".join(self.types)}
            )
        value = f"{secrets.token_hex(16)}/{valid_name(name, extension)}"
        return value, {self.stored_names(value)[0]: content}

    def store(self, files: Mapping[str, Any]) -> None:
        """Write all files or none."""
        try:
            for name, content in files.items():
                self.storage.save(name, content)
        except BaseException:
            for name in files:
                self.storage.delete(name)
            raise

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        file = super().clean(value, model_instance)
        if isinstance(file, ProtectedFieldFile):
            file.prepare()
        return file

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Store a new file, and delete the one that it replaces after the commit."""
        file = getattr(model_instance, self.attname)
        before = model_instance.__dict__.pop(self.emptied, "")
        if file and not is_stored(file) and not add:
            rows = self.model._base_manager.filter(pk=model_instance.pk)
            before = rows.values_list(self.attname, flat=True).first()
        file = super().pre_save(model_instance, add)
        if before and before != file.name:
            self.delete_on_commit(before)
        return file

    def save_form_data(self, instance: models.Model, data: Any) -> None:
        if data is False:  # a form says so to empty the field
            instance.__dict__[self.emptied] = getattr(instance, self.attname).name
        super().save_form_data(instance, data)

    @property
    def emptied(self) -> str:
        """Where a row has the value that a form emptied, until it is saved."""
        return f"_emptied_{self.attname}"

    def get_prep_value(self, value: Any) -> Any:
        return (value.name or "") if isinstance(value, FieldFile) else models.Field.get_prep_value(self, value)

    def formfield(self, **more: Any) -> Any:
        """Return the field of a form. In the admin, its link is for maintainers: core/api/files_in_admin.py."""
        from .widgets import in_admin  # it imports much of the admin

        return super().formfield(**{**more, "max_length": None, "widget": in_admin(more.get("widget"))})

    # A stored value

    @property
    def max_bytes(self) -> int:
        return self.max_megabytes * MEGABYTE

    @property
    def route_name(self) -> str:
        options = self.model._meta
        return self.route or f"{options.app_label}:{options.model_name}-{self.name}"

    def title_of(self, value: str) -> str:
        """Return what the file is called: the name that it was uploaded with."""
        return value.partition("/")[2]

    def stored_names(self, value: str) -> list[str]:
        """Return the paths of the stored files, relative to PROTECTED_ROOT."""
        stem, _slash, name = value.partition("/")
        return [f"{self.folder}/{stem}{PurePosixPath(name).suffix}"]

    def content_type(self, value: str) -> str:
        return TYPES[PurePosixPath(value).suffix.removeprefix(".")].content_type

    def url_of(self, file: ProtectedFieldFile, size: str) -> str:
        """Return the path of a file. A new file has a new one, so that browsers can cache it."""
        if not file:
            raise ValueError(f"{self.model.__name__}.{self.name} has no file")
        path = reverse(self.route_name, args=[file.instance.pk, *filter(None, [size])])
        return f"{path}?v={str(file.name)[:8]}"

    def delete_on_commit(self, value: str | None) -> None:
        """Delete the files of a value once the surrounding transaction has committed."""
        if value:
            after_commit(self.delete_files, value)

    def delete_files(self, value: str) -> None:
        for name in self.stored_names(value):
            self.storage.delete(name)


class ProtectedImageField(ProtectedFileField):
    """A picture, stored anew as WebP in each of `sizes`: name → pixels of its longest side.

    With `crop`, they are squares. An upload is a JPEG, PNG, WebP or GIF; its metadata, such as the place where a photo
    was taken, are dropped. Of an animation, the first frame is kept.
    """

    usual_megabytes = 5

    def __init__(
        self,
        verbose_name: Any = None,
        name: str | None = None,
        *,
        sizes: Mapping[str, int] = SIZES,
        crop: bool = False,
        **more: Any,
    ) -> None:
        if not sizes or not all(1 <= side <= LARGEST_SIDE for side in sizes.values()):
            raise ValueError(f"sizes: found {dict(sizes)}; allowed are 1 to {LARGEST_SIDE} pixels for each name")
        self.sizes = dict(sorted(sizes.items(), key=lambda item: item[1]))
        self.size_names, self.crop = tuple(self.sizes), crop
        more.setdefault("max_length", 40)
        super().__init__(verbose_name, name, **more)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | changed(self, {"sizes": SIZES, "crop": False})

    def prepare(self, name: str, content: "File[Any]") -> Prepared:
        if content.size > self.max_bytes:
            raise FileTooLarge(self.max_bytes)
        content.seek(0)
        with decoder_lock():
            pictures = render_sizes(content.read(), self.sizes, crop=self.crop)
        value = secrets.token_hex(16)
        files: list[Any] = [File(BytesIO(pictures[size])) for size in self.sizes]
        return value, dict(zip(self.stored_names(value), files, strict=True))

    def title_of(self, value: str) -> str:
        return f"{value[:8]}.webp" if value else ""

    def stored_names(self, value: str) -> list[str]:
        return [f"{self.folder}/{value}-{size}.webp" for size in self.sizes]

    def content_type(self, value: str) -> str:
        return CONTENT_TYPE


def changed(field: ProtectedFileField, usual: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments of a field that are not the usual ones, for migrations."""
    return {name: getattr(field, name) for name, value in usual.items() if getattr(field, name) != value}


def valid_name(name: str, extension: str) -> str:
    """Return the name that a file was uploaded with as one that every system can save."""
    stem = PurePosixPath(name.replace("\\", "/")).stem[: LONGEST_NAME - len(extension) - 1]
    try:
        return f"{get_valid_filename(stem)}.{extension}"
    except SuspiciousFileOperation:  # nothing is left of it
        return f"file.{extension}"
