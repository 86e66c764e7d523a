"""The admin of roles and their history. Changes are recorded under the maintainer's name."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from core.audit.read_only_admin import ReadOnlyAdmin
from core.catalogues.texts import translate

from .actions import role_end
from .models import Person, Role, RoleChange, RoleQuerySet
from .protection import may_change


class RoleForm(forms.ModelForm):  # type: ignore[type-arg]  # Django takes no arguments here at run time
    why = forms.CharField(
        label=_("Reason"),
        max_length=RoleChange._meta.get_field("why").max_length,
        required=False,
        help_text=_("Saved in the history with your name."),
    )

    class Meta:
        model = Role
        fields = ["person", "name", "start", "end", "details"]

    def clean_details(self) -> Any:
        """Return {} for an empty field."""
        return self.cleaned_data["details"] or {}


STATUSES = {"active": _("active"), "past": _("past"), "future": _("future")}


class StatusFilter(admin.SimpleListFilter):
    title = _("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(status, str(label)) for status, label in STATUSES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        queryset = cast(RoleQuerySet, queryset)
        match self.value():
            case "active":
                return queryset.active()
            case "past":
                return queryset.past()
            case "future":
                return queryset.future()
        return queryset


class NameFilter(admin.SimpleListFilter):
    title = _("role")
    parameter_name = "name"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return role_choices()

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(name=self.value()) if self.value() else queryset


def role_choices() -> list[tuple[str, str]]:
    return [(name, translate(kind.title)) for name, kind in settings.PORTAL.roles.items()]


@admin.register(Role)
class RoleAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # Django takes no arguments here at run time
    form = RoleForm
    list_display = ["person", "title", "start", "end", "status"]
    list_filter = [StatusFilter, NameFilter]
    list_select_related = ["person"]
    search_fields = ["person__username", "person__display_name", "person__email"]
    ordering = ["-start", "-id"]
    raw_id_fields = ["person"]  # the popup shows usernames, which distinguish people with the same name
    fields = ["person", "name", "start", "end", "details", "why"]
    actions = ["end_immediately"]

    def has_change_permission(self, request: HttpRequest, obj: Role | None = None) -> bool:
        return super().has_change_permission(request, obj) and self._may_change_person(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Role | None = None) -> bool:
        return super().has_delete_permission(request, obj) and self._may_change_person(request, obj)

    def _may_change_person(self, request: HttpRequest, role: Role | None) -> bool:
        return role is None or may_change(cast(Person, request.user), role.person)

    def get_readonly_fields(self, request: HttpRequest, obj: Role | None = None) -> list[str]:
        """Return the fields that never change, for an existing role."""
        return ["person", "title"] if obj else []

    def get_fields(self, request: HttpRequest, obj: Role | None = None) -> list[Any]:
        fields = list(self.fields or [])
        return ["title" if obj and field == "name" else field for field in fields]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> forms.Field | None:
        if db_field.name == "name":
            return forms.ChoiceField(label=_("Role"), choices=[("", "---------"), *role_choices()])
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return super().changeform_view(request, *args, **kwargs)
        except ValidationError as error:
            # The form was valid, but a concurrent change was saved first.
            messages.error(request, " ".join(error.messages))
            return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: Role, form: RoleForm, change: bool) -> None:
        obj.save(by=cast(Person, request.user), why=form.cleaned_data["why"])

    def delete_model(self, request: HttpRequest, obj: Role) -> None:
        obj.delete(by=cast(Person, request.user))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        cast(RoleQuerySet, queryset).delete(by=cast(Person, request.user))

    @admin.action(description=_("End the selected roles immediately"), permissions=["change"])
    def end_immediately(self, request: HttpRequest, queryset: RoleQuerySet) -> None:
        for role in queryset:
            try:
                role_end(role=role, by=cast(Person, request.user))
            except ValidationError as error:
                messages.warning(request, f"{role.person}, {role}: {' '.join(error.messages)}")
            except PermissionDenied as error:
                messages.error(request, f"{role.person}, {role}: {error}")

    @admin.display(description=_("role"), ordering="name")
    def title(self, role: Role) -> str:
        return role.title

    @admin.display(description=_("status"))
    def status(self, role: Role) -> str:
        return str(STATUSES[role.status()])


@admin.register(RoleChange)
class RoleChangeAdmin(ReadOnlyAdmin):
    """The history of roles."""

    list_display = ["at", "person", "title", "kind", "start", "end", "by", "why"]
    list_filter = ["kind", NameFilter]
    list_select_related = ["person", "by"]
    search_fields = ["person__username", "person__display_name", "person__email"]
    fields = ["person", "title", "kind", "start", "end", "by", "why", "at"]

    @admin.display(description=_("role"), ordering="name")
    def title(self, change: RoleChange) -> str:
        return change.title
