from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.audit.read_only_admin import ReadOnlyAdmin

from .models import LAST_PERSON, Chunk, Message
from .tasks import publish_chunk


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ["id", "app", "kind", "created_at", "started_at"]
    list_filter = ["app", "kind"]
    search_fields = ["key"]
    show_full_result_count = False


@admin.register(Chunk)
class ChunkAdmin(ReadOnlyAdmin):
    list_display = ["id", "message", "first_person", "last_person", "sent_at", "done_at", "tries", "error"]
    list_filter = [("done_at", admin.EmptyFieldListFilter)]
    show_full_result_count = False
    actions = ["try_again"]

    @admin.action(description=_("Try again"), permissions=["try_again"])
    def try_again(self, request: HttpRequest, chunks: "QuerySet[Chunk]") -> None:
        """Ask the worker to deliver the chosen chunks now, without the wait for the scheduler."""
        waiting = list(chunks.filter(done_at__isnull=True))
        Chunk.objects.filter(pk__in=[chunk.pk for chunk in waiting]).update(sent_at=timezone.now())
        for chunk in waiting:
            publish_chunk(chunk.pk, of_many=chunk.last_person != LAST_PERSON)
        text = ngettext(
            "The worker was asked to deliver %(number)s chunk.",
            "The worker was asked to deliver %(number)s chunks.",
            len(waiting),
        )
        self.message_user(request, text % {"number": len(waiting)})

    def has_try_again_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("notifications.change_chunk")  # has_change_permission refuses everyone
