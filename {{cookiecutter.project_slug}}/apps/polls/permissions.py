"""Permissions within the app, beyond its audience."""

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from core.access.visitor import Visitor

from .models import Poll

# Who may notify others of a poll. Everyone in the audience may ask, but not interrupt a whole institute.
ANNOUNCING_ROLES = frozenset({"faculty", "staff", "maintainer"})


def may_announce(visitor: Visitor) -> bool:
    return not visitor.roles.isdisjoint(ANNOUNCING_ROLES)


class MayClose(BasePermission):
    """Allow a poll's author, and people with Django's permission polls.change_poll. Use it after IsAuthenticated."""

    message = _("Only the author of a poll, and people with the permission polls.change_poll, can close it early.")

    def has_object_permission(self, request: Request, view: APIView, obj: Poll) -> bool:
        return obj.author_id == request.user.pk or request.user.has_perm("polls.change_poll")


class MayExport(MayClose):
    """Allow the same people."""

    message = _("Only the author of a poll, and people with the permission polls.change_poll, can export it.")
