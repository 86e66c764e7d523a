"""Change the file of a row, without leaving files behind."""

from typing import Any

from django.core.files import File
from django.db import models, transaction

from .fields import ProtectedFileField


def file_set(instance: models.Model, field: str, upload: "File[Any]") -> None:
    """Make `upload` the file or the picture of a row. The previous one is deleted after the commit.

    Opens its own transaction and must not be called inside another: a rollback there would leave files behind.
    Raises InvalidFile, FileTooLarge and DecoderBusy of core/files/errors.py.
    """
    column = field_of(instance, field)
    value, files = column.prepare(upload.name or "", upload)
    try:
        with transaction.atomic(durable=True):
            column.store(files)
            replace_value(instance, column, value)
    except BaseException:
        column.delete_files(value)
        raise


def file_remove(instance: models.Model, field: str) -> None:
    """Remove the file of a row, if there is one, after the commit."""
    with transaction.atomic():
        replace_value(instance, field_of(instance, field), "")


def field_of(model: models.Model | type[models.Model], field: str) -> ProtectedFileField:
    """Return the field of a model. Raises TypeError when it is of another kind."""
    found = model._meta.get_field(field)
    if not isinstance(found, ProtectedFileField):
        raise TypeError(f"{model._meta.label}.{field} is no field of core.files.fields")
    return found


def replace_value(instance: models.Model, column: ProtectedFileField, value: str) -> None:
    """Set the column in a locked row, so that of two concurrent calls the second deletes the first one's files."""
    rows = column.model._base_manager.filter(pk=instance.pk)
    before = rows.select_for_update().values_list(column.attname, flat=True).get()
    rows.update(**{column.attname: value})
    setattr(instance, column.attname, value)
    column.delete_on_commit(before)
