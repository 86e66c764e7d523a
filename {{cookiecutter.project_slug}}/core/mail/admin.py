"""Mail in the admin: what waits, what was sent, and what was given up, without its text."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.audit.read_only_admin import ReadOnlyAdmin

from .models import FAILED, WAITING, Mail
from .retrying import mail_try_again

STATES = {"waiting": WAITING, "failed": FAILED}
LABELS = {"failed": _("failed"), "waiting": _("waiting"), "sent": _("sent")}


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(state, str(label)) for state, label in LABELS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "sent":
            return queryset.filter(sent_at__isnull=False)
        return queryset.filter(STATES[str(self.value())]) if self.value() in STATES else queryset


@admin.register(Mail)
class MailAdmin(ReadOnlyAdmin):
    list_display = ["created_at", "recipient", "subject", "state", "tries", "next_try", "error"]
    list_filter = [StateFilter, "is_bulk"]
    search_fields = ["recipient", "message_id"]
    search_help_text = _("An email address or a Message-ID.")
    ordering = ["-id"]
    show_full_result_count = False
    list_per_page = 50
    actions = ["try_again"]
    fields = [
        "recipient",
        "sender",
        "subject",
        "state",
        "message_id",
        "is_bulk",
        "is_urgent",
        "created_at",
        "tries",
        "next_try",
        "try_until",
        "error",
        "sent_at",
        "given_up_at",
    ]

    def has_delete_permission(self, request: HttpRequest, obj: Mail | None = None) -> bool:
        """Let maintainers delete what was given up, once they have dealt with it."""
        if obj is not None and obj.given_up_at is None:
            return False
        return bool(request.user.has_perm("core_mail.delete_mail"))

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("core_mail.change_mail"))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Mail]) -> None:
        """Delete those of a selection that were given up."""
        queryset.filter(FAILED).delete()

    @admin.action(description=_("Try again"), permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Mail]) -> None:
        mails = mail_try_again(queryset)
        for mail in mails:
            self.log_change(request, mail, "Try again.")
        level = messages.SUCCESS if mails else messages.WARNING
        text = ngettext("%(number)s mail is tried again.", "%(number)s mails are tried again.", len(mails))
        left_out = _("Mail that was sent is left out.")
        self.message_user(request, f"{text % {'number': len(mails)}} {left_out}", level)

    @admin.display(description=_("state"))
    def state(self, mail: Mail) -> str:
        if mail.sent_at:
            return str(LABELS["sent"])
        return str(LABELS["failed" if mail.given_up_at else "waiting"])

    @admin.display(description=_("next attempt"), ordering="next_try_at")
    def next_try(self, mail: Mail) -> Any:
        return None if mail.sent_at or mail.given_up_at else mail.next_try_at
