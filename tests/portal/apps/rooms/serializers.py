from datetime import date, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers

from core.api.fields import IdField

from .models import Booking, Room
from .opening_hours import periods

FARTHEST = timedelta(days=366)


class DaysSerializer(serializers.Serializer):
    """The query of a calendar: some days, by default today."""

    day = serializers.DateField(default=timezone.localdate)
    days = serializers.IntegerField(min_value=1, max_value=7, default=1)

    def validate_day(self, day: date) -> date:
        if abs(day - timezone.localdate()) > FARTHEST:
            raise serializers.ValidationError(_("Choose a day within a year from today."))
        return day


class BookingSerializer(serializers.ModelSerializer):
    room = serializers.PrimaryKeyRelatedField(queryset=Room.objects.all(), pk_field=IdField())
    room_name = serializers.CharField(source="room.name", read_only=True)
    person = serializers.StringRelatedField()
    is_mine = serializers.SerializerMethodField()

    class Meta:
        model = Booking
        fields = ["id", "room", "room_name", "title", "starts_at", "ends_at", "person", "is_mine"]

    def get_is_mine(self, booking: Booking) -> bool:
        return booking.person_id == self.context["request"].user.pk


class BookedSerializer(BookingSerializer):
    """A booking in the calendar of its room."""

    class Meta(BookingSerializer.Meta):
        fields = ["id", "title", "person", "is_mine"]


class PeriodSerializer(serializers.Serializer):
    """A period that is free, or has a booking."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    booking = BookedSerializer(allow_null=True)


class RoomSerializer(serializers.ModelSerializer):
    """A room with the periods of the days in the context: `first` and `days`."""

    days = serializers.SerializerMethodField()

    class Meta:
        model = Room
        fields = ["id", "name", "place", "seats", "equipment", "days"]

    def get_days(self, room: Room) -> list[dict[str, Any]]:
        first = self.context["first"]
        return [self.describe(room, first + timedelta(days=number)) for number in range(self.context["days"])]

    def describe(self, room: Room, day: date) -> dict[str, Any]:
        bookings = [booking for booking in room.in_period if timezone.localdate(booking.starts_at) == day]
        found = PeriodSerializer(periods(bookings, day), many=True, context=self.context)
        return {"day": day.isoformat(), "periods": found.data}
