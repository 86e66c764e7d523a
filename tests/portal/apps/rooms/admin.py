from django.contrib import admin
from django.http import HttpRequest

from .models import Booking, Room


@admin.register(Room)
class RoomAdmin(admin.ModelAdmin):
    list_display = ["name", "place", "seats", "equipment"]
    search_fields = ["name", "place", "equipment"]


@admin.register(Booking)
class BookingAdmin(admin.ModelAdmin):
    """Bookings are made on the page, which gives them their slots. Here they are seen and cancelled."""

    list_display = ["title", "room", "person", "starts_at", "ends_at"]
    list_select_related = ["room", "person"]
    search_fields = ["title", "room__name", "person__username"]
    date_hierarchy = "starts_at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Booking | None = None) -> bool:
        return False
