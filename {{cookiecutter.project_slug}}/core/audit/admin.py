"""The audit log in the admin: to search and to read, never to change."""

from datetime import datetime, timedelta
from functools import cached_property
from ipaddress import ip_address
from typing import Any, cast

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .events import Event
from .models import AuditEntry
from .read_only_admin import ReadOnlyAdmin

MOST_PAGES_ROWS = 10_000  # rows that the pages show; a narrower search shows older ones

PERIODS = {"1": _("the last day"), "7": _("the last 7 days"), "30": _("the last 30 days")}


class LimitedPaginator(Paginator):  # type: ignore[type-arg]  # Django takes no arguments here at run time
    """Counts at most 10,000 rows, so that a page of a long log costs no more than one of a short log."""

    @cached_property
    def count(self) -> int:
        rows = cast(QuerySet[AuditEntry], self.object_list)
        return len(rows.values_list("pk")[:MOST_PAGES_ROWS])


class EventFilter(admin.SimpleListFilter):
    title = _("event")
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(value), str(label)) for value, label in Event.choices]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(event=self.value()) if self.value() else queryset


class PeriodFilter(admin.SimpleListFilter):
    title = _("time")
    parameter_name = "days"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(days, str(label)) for days, label in PERIODS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() not in PERIODS:
            return queryset
        return queryset.filter(at__gte=timezone.now() - timedelta(days=int(str(self.value()))))


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ["at", "title", "person", "by", "ip_address", "site"]
    list_filter = [EventFilter, PeriodFilter, "site"]
    search_fields = ["person"]  # shows the search box: get_search_results decides what is searched
    search_help_text = _("A username, an IP address, the id of a request, or a day such as 2026-11-25.")
    ordering = ["-id"]
    paginator = LimitedPaginator
    show_full_result_count = False
    list_per_page = 50
    actions = None
    fields = ["at", "title", "person", "person_id", "by", "by_id", "ip_address", "request_id", "site", "details"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search each word where an index finds it."""
        for word in search_term.split():
            queryset = queryset.filter(condition(word))
        return queryset, False

    @admin.display(description=_("event"), ordering="event")
    def title(self, entry: AuditEntry) -> str:
        return entry.title


def condition(word: str) -> Q:
    """Return the condition for a word of a search."""
    try:
        return Q(ip_address=str(ip_address(word)))
    except ValueError:
        pass
    try:
        day = timezone.make_aware(datetime.strptime(word, "%Y-%m-%d"))  # noqa: DTZ007 - made aware here
    except ValueError:
        return Q(person__iexact=word) | Q(by__iexact=word) | Q(request_id=word) | Q(event=word)
    return Q(at__gte=day, at__lt=day + timedelta(days=1))
