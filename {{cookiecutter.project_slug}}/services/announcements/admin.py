from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from .models import Announcement


@admin.register(Announcement)
class AnnouncementAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # Django takes no arguments here at run time
    """Shows announcements, and can delete one that nobody should read again. They are written at /announcements/."""

    list_display = ["title", "author", "send_at", "sent_at", "cancelled_at", "expires_at"]
    search_fields = ["title"]
    date_hierarchy = "send_at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
