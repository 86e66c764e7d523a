"""Views of a protected file, to inherit from, and fields that describe it. core/files/fields.py has the columns.

A picture has a PictureUploadView, and a FileView for its sizes. A file needs one view:

class ScanView(FileUploadView):
    queryset = papers()
    file_field = "scan"

    def may_change(self, request, paper):
        return paper.author_id == request.user.pk

urlpatterns = [path("<int:pk>/scan/", ScanView.as_view(), name="paper-scan")]
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import IO, Any, ClassVar

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model
from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import APIException, PermissionDenied, ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core.files.actions import field_of, file_remove, file_set
from core.files.errors import DecoderBusy, FileTooLarge, InvalidFile
from core.files.fields import ProtectedFieldFile, ProtectedImageField
from core.http.protected import protected_file

from .throttling import UploadThrottle, WriteThrottle

ANY_TYPE = "*/*"  # the type of a file depends on what was uploaded
FORM_BYTES = 64 * 1024  # of a form beside its file: headers and other fields

# The path of a picture changes with it, so browsers may cache it. Who may see it can change too, so not for long.
CACHE_CONTROL = "private, max-age=3600"


class TooLarge(APIException):
    """Becomes 413."""

    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_detail = gettext_lazy("The file is too large.")


class PicturesBusy(APIException):
    """Becomes 503 with Retry-After."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    wait = 5  # seconds


class UploadParser(MultiPartParser):
    """Parses a form with a file. Refuses a body that is too large for the field of the view before it is read."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        context = parser_context or {}
        most_bytes = context["view"].max_bytes
        if int(context["request"].META.get("CONTENT_LENGTH") or 0) > most_bytes + FORM_BYTES:
            raise TooLarge(FileTooLarge(most_bytes).message)
        return super().parse(stream, media_type, parser_context)


class AnyFileRenderer(BaseRenderer):
    """Accepts a request for any type: an image element asks for images alone. Errors are JSON even then."""

    media_type = ANY_TYPE
    format = "file"
    charset = None

    def render(self, data: Any, *args: Any, **more: Any) -> bytes:
        return JSONRenderer().render(data)


@extend_schema_field(
    {"type": "object", "properties": {"name": {"type": "string"}, "url": {"type": "string"}}, "nullable": True}
)
class StoredFileField(serializers.Field[Any, Any, Any, Any]):
    """What the API says about a ProtectedFileField: `{name, url}`, or null without a file."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**{**more, "read_only": True})

    def to_representation(self, value: ProtectedFieldFile) -> dict[str, str] | None:
        return {"name": str(value), "url": value.url} if value else None

    def get_attribute(self, instance: Any) -> Any:
        """Return the file, also where there is none: DRF would not call `to_representation` for None."""
        return super().get_attribute(instance)


@extend_schema_field({"type": "object", "additionalProperties": {"type": "string"}, "nullable": True})
class StoredPictureField(StoredFileField):
    """What the API says about a ProtectedImageField: `{<size>: url}`, or null without a picture."""

    def to_representation(self, value: ProtectedFieldFile) -> dict[str, str] | None:
        return value.urls or None


class UploadSerializer(serializers.Serializer[Any]):
    file = serializers.FileField()


class FileView(GenericAPIView[Any]):
    """Sends the file of a row, or one size of its picture, to those who may see the row.

    A subclass has a `queryset` or `get_queryset()` with the rows that the visitor may see, and names the `file_field`.
    A file is sent as a download, and a picture is shown in the page.
    """

    file_field: ClassVar[str]
    renderer_classes = [JSONRenderer, AnyFileRenderer]
    serializer_class = UploadSerializer

    @extend_schema(
        responses={(200, ANY_TYPE): OpenApiTypes.BINARY},
        parameters=[OpenApiParameter("format", exclude=True)],
    )
    def get(self, request: Request, pk: Any, size: str = "") -> HttpResponseBase:
        return file_response(self.file_of(self.get_object()), size)

    def file_of(self, instance: Model) -> ProtectedFieldFile:
        file: ProtectedFieldFile = getattr(instance, field_of(instance, self.file_field).attname)
        return file

    @property
    def max_bytes(self) -> int:
        model = self.get_queryset().model
        return field_of(model, self.file_field).max_bytes


class FileUploadView(FileView):
    """Also takes a new file by PUT, in the field `file` of a form, and removes it by DELETE, from those who may."""

    parser_classes = [UploadParser]
    throttle_classes = [WriteThrottle, UploadThrottle]

    def may_change(self, request: Request, instance: Any) -> bool:
        """Return whether the person who has signed in may change the file of the row. A subclass decides."""
        raise NotImplementedError(f"{type(self).__name__} has no may_change(self, request, instance)")

    def after_change(self, instance: Any) -> None:
        """Called when the row has another file, or none. A subclass can publish an update."""

    @extend_schema(
        request={"multipart/form-data": UploadSerializer},
        responses={(200, "application/json"): OpenApiTypes.OBJECT},
        parameters=[OpenApiParameter("format", exclude=True)],
    )
    def put(self, request: Request, pk: Any) -> Response:
        instance = self.changeable_object(request)
        serializer = UploadSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        set_or_refuse(instance, self.file_field, serializer.validated_data["file"])
        self.after_change(instance)
        return Response(describe(self.file_of(instance)))

    @extend_schema(request=None, responses={204: None}, parameters=[OpenApiParameter("format", exclude=True)])
    def delete(self, request: Request, pk: Any) -> Response:
        instance = self.changeable_object(request)
        remove_or_refuse(instance, self.file_field)
        self.after_change(instance)
        return Response(status=HTTPStatus.NO_CONTENT)

    def changeable_object(self, request: Request) -> Any:
        instance = self.get_object()
        if not request.user.is_authenticated or not self.may_change(request, instance):
            raise PermissionDenied(_("You may not change this file."))
        return instance


class PictureUploadView(FileUploadView):
    """Takes a new picture by PUT, and removes it by DELETE. A FileView at a path for each size sends it."""

    http_method_names = ["put", "delete", "options"]


def file_response(file: ProtectedFieldFile, size: str = "") -> HttpResponseBase:
    """Return a response with a file, or with one size of a picture. Raises Http404 when there is none."""
    field = file.field
    if not file or size not in field.size_names:
        raise Http404
    value = str(file.name)
    name = field.stored_names(value)[field.size_names.index(size)]
    is_picture = isinstance(field, ProtectedImageField)
    return protected_file(
        name,
        content_type=field.content_type(value),
        cache_control=CACHE_CONTROL if is_picture else "private, no-store",
        download_as="" if is_picture else str(file),
    )


def set_or_refuse(instance: Model, field: str, upload: Any, *, form_field: str = "file") -> None:
    """Make `upload` the file of a row. Raises what the API answers with 400, 404, 413 or 503 when that is not possible.

    It is 404 when somebody else has deleted the row meanwhile.
    """
    try:
        file_set(instance, field, upload)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    except FileTooLarge as error:
        raise TooLarge(error.message) from error
    except DecoderBusy as error:
        raise PicturesBusy(error.message) from error
    except InvalidFile as error:
        raise ValidationError({form_field: error.messages}) from error


def remove_or_refuse(instance: Model, field: str) -> None:
    """Remove the file of a row. Raises what the API answers with 404 when somebody else has deleted the row."""
    try:
        file_remove(instance, field)
    except ObjectDoesNotExist as error:
        raise Http404 from error


def describe(file: ProtectedFieldFile) -> Any:
    """Return what the API says about a file: `{name, url}`, or the path of each size of a picture."""
    is_picture = isinstance(file.field, ProtectedImageField)
    return (StoredPictureField if is_picture else StoredFileField)().to_representation(file)
