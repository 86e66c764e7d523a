from django.contrib import admin

from .models import Choice, Poll


class ChoiceInline(admin.TabularInline):
    model = Choice
    extra = 0


@admin.register(Poll)
class PollAdmin(admin.ModelAdmin):
    list_display = ["question", "author", "closes_at", "closed_at"]
    search_fields = ["question"]
    inlines = [ChoiceInline]
