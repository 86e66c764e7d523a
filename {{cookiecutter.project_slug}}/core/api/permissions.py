"""Who may do what over the API: functions for a view's methods, and DRF's permission classes for maintainers.

https://www.django-rest-framework.org/api-guide/permissions/
"""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotAuthenticated, PermissionDenied
from rest_framework.permissions import BasePermission, DjangoModelPermissions
from rest_framework.request import Request
from rest_framework.views import APIView

from core.access.audience import Outcome, decide
from core.access.maintainers import maintainer_outcome
from core.access.visitor import visitor_of
from core.people.models import Person
from core.plugins.manifest import Audience

from .rest_framework_internals import django_request


def require(request: Request, **audience: Any) -> None:
    """Refuse visitors outside an audience: `require(request, roles=["faculty", "staff"])`.

    The keywords are the keys of `audience` in a manifest. Raises NotAuthenticated for visitors who must sign in, and
    PermissionDenied, which says what grants access, for others.
    """
    decision = decide(Audience.model_validate(audience), visitor_of(django_request(request)), settings.SITE)
    if decision.outcome is Outcome.SIGN_IN:
        raise NotAuthenticated
    if not decision:
        raise PermissionDenied(decision.detail)


def require_owner(request: Request, owner: Person | None, *, permission: str) -> None:
    """Refuse everyone but `owner` and people with one of Django's permissions, such as `polls.change_poll`.

    Raises NotAuthenticated for anonymous visitors, and PermissionDenied for others.
    """
    if not request.user.is_authenticated:
        raise NotAuthenticated
    if request.user != owner and not request.user.has_perm(permission):
        raise PermissionDenied(
            _("Only available to the person who created this, and to people with the permission %(permission)s.")
            % {"permission": permission}
        )


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
