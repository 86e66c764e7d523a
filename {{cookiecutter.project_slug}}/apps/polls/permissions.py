"""Finer rights than the app's audience."""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from .models import Poll


class MayClose(BasePermission):
    """A poll's author, and whoever has Django's permission to change polls. It stands behind IsAuthenticated."""

    message = "A poll is closed early by its author, and by whoever may change polls."

    def has_object_permission(self, request: Request, view: APIView, obj: Poll) -> bool:
        return obj.author_id == request.user.pk or request.user.has_perm("polls.change_poll")
