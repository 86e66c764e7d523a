from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from core.api.pagination import CursorPagination
from core.api.permissions import require_owner
from core.api.search import WordsFilter
from core.api.throttling import SearchThrottle, WriteThrottle, throttle

from .actions import booking_create
from .calendar_file import calendar_file
from .models import Booking, Room
from .selectors import coming_bookings, rooms_with_bookings
from .serializers import BookingSerializer, DaysSerializer, RoomSerializer

BOOKINGS_LIMIT = "30/day"  # of one person
MOST_EXPORTED = 1000


class ByName(CursorPagination):
    ordering = ["name"]


class NextFirst(CursorPagination):
    ordering = ["starts_at", "id"]


class RoomsWithDays(generics.GenericAPIView):
    """Rooms with the free and the booked periods of `?day=` and the days after it, `?days=` in all."""

    serializer_class = RoomSerializer

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        query = DaysSerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        self.first, self.days = query.validated_data["day"], query.validated_data["days"]

    def get_queryset(self) -> QuerySet[Room]:
        return rooms_with_bookings(self.first, self.days)

    def get_serializer_context(self) -> dict[str, Any]:
        return super().get_serializer_context() | {"first": self.first, "days": self.days}


@extend_schema_view(get=extend_schema(parameters=[DaysSerializer]))
class RoomsView(RoomsWithDays, generics.ListAPIView):
    """List the rooms, all or those with the words of `?search=`."""

    filter_backends = [WordsFilter]
    search_fields = ["name", "place", "equipment"]
    throttle_classes = [WriteThrottle, SearchThrottle]
    pagination_class = ByName


@extend_schema_view(get=extend_schema(parameters=[DaysSerializer]))
class RoomView(RoomsWithDays, generics.RetrieveAPIView):
    """Read one room."""


class BookingsView(generics.ListCreateAPIView):
    """List the person's own bookings that are not over, or book a room."""

    serializer_class = BookingSerializer
    pagination_class = NextFirst

    def get_queryset(self) -> QuerySet[Booking]:
        return coming_bookings(self.request.user)

    def perform_create(self, serializer: BaseSerializer[Booking]) -> None:
        throttle(self.request, "rooms.booked", BOOKINGS_LIMIT, _("book a room"))
        serializer.instance = booking_create(person=self.request.user, **serializer.validated_data)


class BookingView(generics.DestroyAPIView):
    """Cancel a booking. Its own person can, and who has the permission."""

    queryset = Booking.objects.select_related("person")
    serializer_class = BookingSerializer

    def perform_destroy(self, instance: Booking) -> None:
        require_owner(self.request, instance.person, permission="rooms.delete_booking")
        instance.delete()


class ExportView(APIView):
    """The person's own bookings that are not over, as a file for their calendar."""

    @extend_schema(responses={(200, "text/calendar"): OpenApiTypes.STR})
    def get(self, request: Request) -> HttpResponse:
        bookings = coming_bookings(request.user)[:MOST_EXPORTED]
        text = calendar_file(bookings, domain=request.get_host())
        headers = {"Content-Disposition": 'attachment; filename="bookings.ics"'}
        return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)
