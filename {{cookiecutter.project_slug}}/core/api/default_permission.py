"""The permission class of every API view that names none.

rest_framework.views imports this module during its own import, perhaps before Django has loaded the models. So it must
import neither, in contrast to core.api.permissions.
"""

from typing import TYPE_CHECKING

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from core.plugins.registry import plugin_of

if TYPE_CHECKING:
    from rest_framework.views import APIView


class IsSignedInOrMayRead(BasePermission):
    """Allow people who have signed in, and let anonymous visitors read where the app's audience admits them.

    A view with other rules names its own `permission_classes`. A view of no app is for people who have signed in.
    """

    def has_permission(self, request: Request, view: "APIView") -> bool:
        plugin = plugin_of(request.resolver_match)
        is_public = plugin is not None and not plugin.manifest.audience.requires_sign_in
        return (is_public and request.method in SAFE_METHODS) or bool(request.user.is_authenticated)
