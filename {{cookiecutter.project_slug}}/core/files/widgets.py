"""The link to a protected file on a page of the admin.

The audience of an app may leave maintainers out, so the admin links to a URL of its own: core/api/files_in_admin.py.
"""

from typing import Any

from django.contrib.admin.widgets import AdminFileWidget
from django.db.models.fields.files import FieldFile
from django.urls import reverse
from django.utils.html import format_html

from .django_internals import is_stored

ROUTE = "admin-file"


def admin_url(file: Any) -> str:
    """Return the path of a protected file, for maintainers who may view its row."""
    options = file.instance._meta
    return reverse(ROUTE, args=[options.app_label, options.model_name, file.field.name, file.instance.pk])


def admin_link(field: str) -> Any:
    """Return a column or a read-only field of the admin that links to a file.

    `readonly_fields = [admin_link("scan")]`
    """

    def link(instance: Any) -> str:
        file = getattr(instance, field)
        return format_html('<a href="{}">{}</a>', admin_url(file), file) if file else ""

    link.short_description = field.replace("_", " ")  # type: ignore[attr-defined]  # Django reads it
    return link


class LinkInAdmin:
    """What the admin's widget shows of a file: its title, which links to it."""

    def __init__(self, file: Any) -> None:
        self.url, self.title = admin_url(file), str(file)

    def __str__(self) -> str:
        return self.title


class ProtectedFileWidget(AdminFileWidget):
    """The admin's widget for files, with a link for maintainers."""

    def is_initial(self, value: Any) -> bool:
        return isinstance(value, FieldFile) and bool(value) and is_stored(value)

    def format_value(self, value: Any) -> Any:
        return LinkInAdmin(value) if self.is_initial(value) else None


def in_admin(widget: Any) -> Any:
    """Return the widget to use in place of `widget`."""
    is_admins = isinstance(widget, type) and issubclass(widget, AdminFileWidget)
    return ProtectedFileWidget if is_admins else widget
