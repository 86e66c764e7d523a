"""People's photos: one's own to change, others' to see when they show them."""

from datetime import timedelta
from typing import cast

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import APIException, Throttled, ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.access.visitor import visitor_of
from core.http.protected import protected_file
from core.people.models import Person
from core.people.photos import PicturesBusy, photo_file, photo_remove, photo_set, photo_url, visible_photos
from core.people.pictures import CONTENT_TYPE, LARGEST_UPLOAD, SIDES, InvalidPicture, TooLarge
from core.stores.application_store import application_store

from .photo_serializers import PhotoSerializer, PhotoUploadSerializer

LARGEST_FORM = LARGEST_UPLOAD + 64 * 1024  # bytes: the file, and what a form puts around it
MOST_UPLOADS, PERIOD = 20, timedelta(hours=1)

# Browsers keep what was shown to them for a while. The address changes with the photo, so they never show an old one;
# to whom it is shown may change meanwhile, so they do not keep it for good.
CACHE_CONTROL = "private, max-age=3600"


class PhotoTooLarge(APIException):
    status_code = 413
    default_detail = str(TooLarge())


class PhotosBusy(APIException):
    status_code = 503
    default_detail = "Many photos arrive at the moment. Please try again in a few seconds."
    wait = 5  # seconds


class PictureRenderer(JSONRenderer):
    """Lets those ask who take pictures alone; a problem is JSON all the same."""

    media_type = CONTENT_TYPE
    format = "webp"


def count_upload(person: Person) -> None:
    """Raises Throttled for more uploads than anybody needs: reading pictures is work."""
    store, key = application_store("people"), f"photos:{person.pk}"
    if store.count(key, lifetime=PERIOD) > MOST_UPLOADS:
        wait = store.remaining(key) or PERIOD
        raise Throttled(wait.total_seconds(), f"Those were more than {MOST_UPLOADS} photos in an hour.")


class MyPhotoView(APIView):
    """The photo of whoever asks."""

    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="people_my_photo_set",
        request={"multipart/form-data": PhotoUploadSerializer},
        responses=PhotoSerializer,
    )
    def put(self, request: Request) -> Response:
        person = cast(Person, request.user)
        count_upload(person)
        if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_FORM:
            raise PhotoTooLarge  # before any of it is read
        serializer = PhotoUploadSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        try:
            photo_set(person=person, content=serializer.validated_data["photo"].read(LARGEST_UPLOAD + 1))
        except TooLarge as error:
            raise PhotoTooLarge from error
        except InvalidPicture as error:
            raise ValidationError({"photo": [str(error)]}) from error
        except PicturesBusy as error:
            raise PhotosBusy from error
        return Response(PhotoSerializer({size: photo_url(person, size) for size in SIDES}).data)

    @extend_schema(operation_id="people_my_photo_remove", request=None, responses={204: None})
    def delete(self, request: Request) -> Response:
        photo_remove(person=cast(Person, request.user))
        return Response(status=204)


class PhotoView(APIView):
    """A person's photo, for those to whom they show themselves and it; for others there is none."""

    renderer_classes = [JSONRenderer, PictureRenderer]

    @extend_schema(
        operation_id="people_photo",
        parameters=[
            OpenApiParameter("size", enum=list(SIDES), location=OpenApiParameter.PATH),
            OpenApiParameter("format", exclude=True),
        ],
        responses={(200, CONTENT_TYPE): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: int, size: str) -> HttpResponse:
        if size not in SIDES:
            raise Http404
        visitor = visitor_of(request)  # type: ignore[arg-type]
        people = visible_photos(to=cast(Person, request.user), on_campus=visitor.is_on_campus)
        name = photo_file(get_object_or_404(people, pk=pk), size)
        return protected_file(name, content_type=CONTENT_TYPE, cache_control=CACHE_CONTROL)
