"""DRF's permission classes for what only maintainers may do over the API.

https://www.django-rest-framework.org/api-guide/permissions/
"""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission, DjangoModelPermissions
from rest_framework.request import Request
from rest_framework.views import APIView

from core.access.audience import Outcome
from core.access.maintainers import maintainer_outcome

from .rest_framework_internals import django_request


class IsMaintainer(BasePermission):
    """Allow the people who may use /admin/, with a second factor where /admin/ requires one."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        outcome = maintainer_outcome(django_request(request))
        if outcome is Outcome.SIGN_IN:
            raise NotAuthenticated
        self.message = outcome.detail
        return outcome is Outcome.ALLOWED


class MaintainerModelPermissions(IsMaintainer, DjangoModelPermissions):
    """Allow maintainers with Django's permission for the method: view, add, change or delete. Superusers have all.

    GET requires `view`, POST `add`, PUT and PATCH `change`, DELETE `delete`. The view names its model by `queryset`.
    """

    perms_map = {
        **DjangoModelPermissions.perms_map,
        "GET": ["%(app_label)s.view_%(model_name)s"],
        "HEAD": ["%(app_label)s.view_%(model_name)s"],
    }

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not IsMaintainer.has_permission(self, request, view):
            return False
        queryset: QuerySet[Any] = view.queryset  # type: ignore[attr-defined]  # generic views have it
        required = self.get_required_permissions(request.method or "", queryset.model)
        self.message = _("Only available to maintainers with these permissions: %(permissions)s.") % {
            "permissions": ", ".join(required)
        }
        return DjangoModelPermissions.has_permission(self, request, view)
