"""Sends protected files to maintainers who may view the row in the admin, whatever the audience of its app is."""

from django.apps import apps
from django.contrib.auth import get_permission_codename
from django.core.exceptions import FieldDoesNotExist, PermissionDenied, ValidationError
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from core.access.maintainers import maintainer_response
from core.files.fields import ProtectedFileField

from .files import file_response


@require_safe
def admin_file(request: HttpRequest, app: str, model: str, field: str, pk: str) -> HttpResponseBase:
    """Send the file, or the largest size of the picture, of a row."""
    if refused := maintainer_response(request, request.get_full_path()):
        return refused
    try:
        found = apps.get_model(app, model)
        column = found._meta.get_field(field)
    except (LookupError, FieldDoesNotExist):
        raise Http404 from None
    if not isinstance(column, ProtectedFileField):
        raise Http404
    permissions = (f"{app}.{get_permission_codename(power, found._meta)}" for power in ("view", "change"))
    if not any(request.user.has_perm(permission) for permission in permissions):
        raise PermissionDenied
    try:
        row = get_object_or_404(found._base_manager, pk=pk)
    except (ValueError, ValidationError, OverflowError):
        raise Http404 from None
    return file_response(getattr(row, column.attname), column.size_names[-1])
