from typing import cast

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.people.models import Person

from .actions import notification_mark_read
from .selectors import newest_notifications, unread_count
from .serializers import InboxSerializer, MarkReadSerializer


def inbox_response(person: Person) -> Response:
    answer = {"unread": unread_count(person.pk), "results": newest_notifications(person.pk)}
    return Response(InboxSerializer(answer).data)


class InboxView(APIView):
    """The newest notifications of the person, and the number of unread ones."""

    @extend_schema(operation_id="notifications", responses=InboxSerializer)
    def get(self, request: Request) -> Response:
        return inbox_response(cast(Person, request.user))


class MarkReadView(APIView):
    """Marks notifications as read."""

    @extend_schema(operation_id="notifications_mark_read", request=MarkReadSerializer, responses=InboxSerializer)
    def post(self, request: Request) -> Response:
        serializer = MarkReadSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        notification_mark_read(person=cast(Person, request.user), ids=serializer.validated_data.get("ids"))
        return inbox_response(cast(Person, request.user))
