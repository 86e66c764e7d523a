"""What maintainers alone may do over the API: DRF's permission classes, by Django's permissions.

https://www.django-rest-framework.org/api-guide/permissions/
"""

from rest_framework.exceptions import NotAuthenticated
from rest_framework.permissions import BasePermission, DjangoModelPermissions
from rest_framework.request import Request
from rest_framework.views import APIView

from core.access.audience import Outcome
from core.access.maintainers import maintainer_outcome


class IsMaintainer(BasePermission):
    """Whoever may use /admin/, on the same terms: with their second factor, where the portal asks for one."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        outcome = maintainer_outcome(request._request)
        if outcome is Outcome.SIGN_IN:
            raise NotAuthenticated
        self.message = outcome.detail
        return outcome is Outcome.ALLOWED


class MaintainerModelPermissions(IsMaintainer, DjangoModelPermissions):
    """A maintainer to whom /admin/ gives the permission to view, add, change or delete the view's model; who may do
    all may do this.

    By the method: GET views, POST adds, PUT and PATCH change, DELETE deletes. A view names its model by `queryset`.
    """

    perms_map = {
        **DjangoModelPermissions.perms_map,
        "GET": ["%(app_label)s.view_%(model_name)s"],
        "HEAD": ["%(app_label)s.view_%(model_name)s"],
    }

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not IsMaintainer.has_permission(self, request, view):
            return False
        needed = self.get_required_permissions(request.method, self._queryset(view).model)
        self.message = f"This is for maintainers who have the permission {' and '.join(needed)}."
        return DjangoModelPermissions.has_permission(self, request, view)
