"""Permissions within the app, beyond its audience."""

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from .models import Poll


class MayClose(BasePermission):
    """Allow a poll's author, and people with Django's permission polls.change_poll. Use it after IsAuthenticated."""

    message = "Only the author of a poll, and people with the permission polls.change_poll, can close it early."

    def has_object_permission(self, request: Request, view: APIView, obj: Poll) -> bool:
        return obj.author_id == request.user.pk or request.user.has_perm("polls.change_poll")
