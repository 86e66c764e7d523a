from django.contrib import admin

from .models import Notification


@admin.register(Notification)
class NotificationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # Django takes no arguments here at run time
    list_display = ["title", "person", "app", "kind", "created_at", "read_at"]
    list_filter = ["app", "kind"]
    search_fields = ["title", "person__username"]
    raw_id_fields = ["person"]
