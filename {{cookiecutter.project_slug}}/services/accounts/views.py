"""The API of accounts, beside allauth's: the approval of a second factor, recent activity, and photos.

People change their own photo, and see those that others show them.
"""

from typing import cast

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.access.visitor import visitor_of
from core.api.throttling import UploadThrottle, WriteThrottle
from core.audit.events import Event
from core.audit.recording import record_failure
from core.http.protected import protected_file
from core.people.models import Person
from core.stores.codes import MOST_TRIES

from .activity import recent_activity
from .photos import PictureDecoderBusy, photo_file, photo_remove, photo_set, photo_url, visible_photos
from .pictures import CONTENT_TYPE, LARGEST_UPLOAD, SIDES, InvalidPicture, TooLarge
from .serializers import ActivitySerializer, ApprovalSerializer, PhotoSerializer, PhotoUploadSerializer
from .sign_in.second_factor_setup import second_factor_approve

LARGEST_FORM = LARGEST_UPLOAD + 64 * 1024  # bytes: the file and the form's own headers

# A photo's URL changes with the photo, so browsers may cache it. Who may see it can change too, so not for long.
CACHE_CONTROL = "private, max-age=3600"


class PhotoTooLarge(APIException):
    status_code = 413
    default_detail = str(TooLarge())


class PhotosBusy(APIException):
    status_code = 503
    default_detail = gettext_lazy("Many photos are being uploaded right now. Try again in a few seconds.")
    wait = 5  # seconds


class PictureRenderer(JSONRenderer):
    """Accept requests for pictures alone. Errors are JSON even then."""

    media_type = CONTENT_TYPE
    format = "webp"


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

    parser_classes = [MultiPartParser]
    throttle_classes = [WriteThrottle, UploadThrottle]

    @extend_schema(
        operation_id="accounts_own_photo_set",
        request={"multipart/form-data": PhotoUploadSerializer},
        responses=PhotoSerializer,
    )
    def put(self, request: Request) -> Response:
        person = cast(Person, request.user)
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_FORM:
            raise PhotoTooLarge  # before the body is read
        serializer = PhotoUploadSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        try:
            photo_set(person=person, content=serializer.validated_data["photo"].read(LARGEST_UPLOAD + 1))
        except TooLarge as error:
            raise PhotoTooLarge from error
        except InvalidPicture as error:
            raise ValidationError({"photo": [str(error)]}) from error
        except PictureDecoderBusy as error:
            raise PhotosBusy from error
        return Response(PhotoSerializer({size: photo_url(person, size) for size in SIDES}).data)

    @extend_schema(operation_id="accounts_own_photo_remove", request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        photo_remove(person=cast(Person, request.user))
        return Response(status=204)


class PhotoView(APIView):
    """A person's photo, for those who may see their entry and their photo; 404 for everyone else."""

    renderer_classes = [JSONRenderer, PictureRenderer]

    @extend_schema(
        operation_id="accounts_photo",
        parameters=[
            OpenApiParameter("size", enum=list(SIDES), location=OpenApiParameter.PATH),
            OpenApiParameter("format", exclude=True),
        ],
        responses={(200, CONTENT_TYPE): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: int, size: str) -> HttpResponse:
        if size not in SIDES:
            raise Http404
        visitor = visitor_of(request)
        people = visible_photos(to=cast(Person, request.user), on_campus=visitor.is_on_campus)
        name = photo_file(get_object_or_404(people, pk=pk), size)
        return protected_file(name, content_type=CONTENT_TYPE, cache_control=CACHE_CONTROL)
