from typing import cast

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.people.models import Person
from core.plugins.discovery import NAME

from .actions import notifications_delete, notifications_mark_read
from .pagination import InboxPagination
from .selectors import notifications_page, unread_count
from .serializers import IdsSerializer, MarkReadSerializer, NotificationsSerializer, UnreadSerializer


def unread_response(person: Person) -> Response:
    return Response(UnreadSerializer({"unread": unread_count(person.pk)}).data)


class NotificationsView(APIView):
    """The notifications of the person, newest first."""

    @extend_schema(
        operation_id="notifications",
        parameters=[
            OpenApiParameter("unread", int, enum=[1], description="1 for the unread ones only."),
            OpenApiParameter("app", str, description="The folder of an app, for those of this app only."),
            OpenApiParameter("cursor", int, description="From `next` of the page before."),
            OpenApiParameter("page_size", int, description="25 by default, at most 200."),
        ],
        responses=NotificationsSerializer,
    )
    def get(self, request: Request) -> Response:
        pages = InboxPagination()
        if (unread := request.query_params.get("unread", "0")) not in {"0", "1"}:
            raise ValidationError({"unread": _("Send 1 or 0, not %(value)r.") % {"value": unread[:20]}})
        if (app := request.query_params.get("app", "")) and not NAME.fullmatch(app):
            raise ValidationError(
                {"app": _("Send the name of an app, such as polls, not %(value)r.") % {"value": app[:40]}}
            )
        results, has_more = notifications_page(
            cast(Person, request.user),
            before=pages.get_before(request),
            size=pages.get_page_size(request),
            only_unread=unread == "1",
            app=app,
        )
        # The serializer describes the answer for the schema. For 200 entries it would take more time than all the rest.
        return Response({"results": results, "next": pages.next_path(request, results, has_more=has_more)})


class CountView(APIView):
    """The number of unread notifications."""

    @extend_schema(operation_id="notifications_count", responses=UnreadSerializer)
    def get(self, request: Request) -> Response:
        return unread_response(cast(Person, request.user))


class MarkReadView(APIView):
    """Marks notifications as read."""

    @extend_schema(operation_id="notifications_mark_read", request=MarkReadSerializer, responses=UnreadSerializer)
    def post(self, request: Request) -> Response:
        person, serializer = cast(Person, request.user), MarkReadSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        chosen = serializer.validated_data
        notifications_mark_read(person_id=person.pk, ids=chosen.get("ids"), until=chosen.get("until"))
        return unread_response(person)


class NotificationView(APIView):
    """One notification."""

    @extend_schema(operation_id="notification_delete", responses={204: None})
    def delete(self, request: Request, message_id: int) -> Response:
        """Delete the notification. One that does not exist is deleted already."""
        notifications_delete(person_id=cast(Person, request.user).pk, ids=[message_id])
        return Response(status=204)


class DeleteView(APIView):
    """Deletes notifications."""

    @extend_schema(operation_id="notifications_delete", request=IdsSerializer, responses=UnreadSerializer)
    def post(self, request: Request) -> Response:
        person, serializer = cast(Person, request.user), IdsSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        notifications_delete(person_id=person.pk, ids=serializer.validated_data["ids"])
        return unread_response(person)
