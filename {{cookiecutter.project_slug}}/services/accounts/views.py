"""The API of accounts, beside allauth's: the approval of a second factor, recent activity, and photos.

People change their own photo, and see those that others show them.
"""

from typing import cast

from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.access.visitor import visitor_of
from core.api.files import FileView, UploadParser, remove_or_refuse, set_or_refuse
from core.api.throttling import UploadThrottle, WriteThrottle
from core.audit.events import Event
from core.audit.recording import record_failure
from core.files.actions import field_of
from core.files.fields import ProtectedFieldFile
from core.files.pictures import CONTENT_TYPE
from core.people.models import Person
from core.stores.codes import MOST_TRIES

from .activity import recent_activity
from .photos import visible_photos
from .serializers import ActivitySerializer, ApprovalSerializer, PhotoSerializer, PhotoUploadSerializer
from .sign_in.second_factor_setup import second_factor_approve

PHOTO = field_of(Person, "photo")


class SecondFactorApprovalView(APIView):
    """Use the code with which a superuser allows the person to set up a second factor in this browser."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="accounts_second_factor_approve", request=ApprovalSerializer, responses={204: None})
    def post(self, request: Request) -> Response:
        serializer = ApprovalSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        person = cast(Person, request.user)
        if not second_factor_approve(person, request.session, serializer.validated_data["code"]):
            record_failure(Event.SECOND_FACTOR_FAILED, person=person, by=person, factor="approval")
            raise ValidationError(
                {
                    "code": _("This code is wrong, used or expired. After %(number)s wrong ones, ask for a new one.")
                    % {"number": MOST_TRIES}
                }
            )
        return Response(status=204)


class ActivityView(APIView):
    """List the recent activity of your own account, the newest first."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="accounts_activity", responses=ActivitySerializer(many=True))
    def get(self, request: Request) -> Response:
        entries = recent_activity(cast(Person, request.user))
        return Response(ActivitySerializer(entries, many=True).data)


class OwnPhotoView(APIView):
    """The photo of the person who sends the request."""

    parser_classes = [UploadParser]
    throttle_classes = [WriteThrottle, UploadThrottle]
    max_bytes = PHOTO.max_bytes

    @extend_schema(
        operation_id="accounts_own_photo_set",
        request={"multipart/form-data": PhotoUploadSerializer},
        responses=PhotoSerializer,
    )
    def put(self, request: Request) -> Response:
        person = cast(Person, request.user)
        serializer = PhotoUploadSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        set_or_refuse(person, "photo", serializer.validated_data["photo"], form_field="photo")
        return Response(PhotoSerializer(cast(ProtectedFieldFile, person.photo).urls).data)

    @extend_schema(operation_id="accounts_own_photo_remove", request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        remove_or_refuse(cast(Person, request.user), "photo")
        return Response(status=204)


class PhotoView(FileView):
    """A person's photo, for those who may see their entry and their photo; 404 for everyone else."""

    file_field = "photo"

    def get_queryset(self) -> QuerySet[Person]:
        on_campus = visitor_of(self.request).is_on_campus
        return visible_photos(to=cast(Person, self.request.user), on_campus=on_campus)

    @extend_schema(
        operation_id="accounts_photo",
        parameters=[
            OpenApiParameter("size", enum=PHOTO.size_names, location=OpenApiParameter.PATH),
            OpenApiParameter("format", exclude=True),
        ],
        responses={(200, CONTENT_TYPE): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: int, size: str = "") -> HttpResponseBase:
        return super().get(request, pk, size)
