from typing import Any, cast

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import APIException
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.permissions import IsMaintainer
from core.api.throttling import PersonThrottle, WriteThrottle
from core.audit.events import Event
from core.audit.recording import record
from core.health.monitor import monitor
from core.mail.models import Mail
from core.mail.retrying import mail_try_again
from core.people.models import Person

from .figures import forget
from .selectors import overview
from .serializers import OverviewSerializer


class CheckThrottle(PersonThrottle):
    scope = "overview.checks"
    rate = "12/minute"
    description = "check the stack"


class MaySendAgain(BasePermission):
    """Allow people with Django's permission core_mail.change_mail. Use it after IsMaintainer."""

    message = _("Only available to maintainers with the permission core_mail.change_mail.")

    def has_permission(self, request: Request, view: APIView) -> bool:
        return bool(request.user.has_perm("core_mail.change_mail"))


class AlreadySent(APIException):
    status_code = 409
    default_detail = _("This mail was sent, or is being tried again.")


def overview_response(request: Request, *, now: bool = False) -> Response:
    return Response(OverviewSerializer(overview(monitor.state(now=now), cast(Person, request.user))).data)


class OverviewView(APIView):
    """The state of the stack by the checks of doctor, and figures. All of it is at most 5 seconds old."""

    permission_classes = [IsMaintainer]

    @extend_schema(operation_id="overview", responses=OverviewSerializer)
    def get(self, request: Request) -> Response:
        return overview_response(request)


class CheckView(APIView):
    """Check all parts now, with doctor's round trips, and return the overview."""

    permission_classes = [IsMaintainer]
    throttle_classes = [WriteThrottle, CheckThrottle]

    @extend_schema(operation_id="overview_check", request=None, responses=OverviewSerializer)
    def post(self, request: Request) -> Response:
        forget()
        return overview_response(request, now=True)


class SendAgainView(APIView):
    """Send a mail again that was given up."""

    permission_classes = [IsMaintainer, MaySendAgain]

    @extend_schema(operation_id="overview_send_again", request=None, responses={204: None})
    def post(self, request: Request, pk: int) -> Response:
        mail = get_object_or_404(Mail, pk=pk)
        if not mail_try_again(Mail.objects.failed().filter(pk=pk)):
            raise AlreadySent
        person: Any = request.user
        record(Event.MAIL_SENT_AGAIN, by=person, mail=mail.pk, recipient=mail.recipient, subject=mail.subject)
        forget()
        return Response(status=204)
