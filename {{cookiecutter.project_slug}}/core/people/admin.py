"""The admin of people, with links to their roles, and of groups. The admin of roles is in role_admin.py."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm, UserCreationForm
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from core.files.widgets import admin_link

from . import role_admin  # noqa: F401 - Django's autodiscovery imports only modules named `admin`
from .emails import confirm_emails
from .models import Person, Role, RoleChange
from .powers import acts_as_superuser
from .protection import may_change

# What gives a person powers. Only superusers change it, for anyone.
POWERS = ["is_staff", "is_superuser", "groups", "user_permissions"]

PHOTO = admin_link("photo")

admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin):
    """Groups, which only superusers change: a group gives permissions to its members."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_superuser(request) and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return is_superuser(request) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return is_superuser(request) and super().has_delete_permission(request, obj)


def is_superuser(request: HttpRequest) -> bool:
    return acts_as_superuser(cast(Person, request.user))


class PersonCreationForm(UserCreationForm["Person"]):
    class Meta:
        model = Person
        fields = ["username", "email", "display_name"]


class PersonChangeForm(UserChangeForm):  # type: ignore[type-arg]  # Django takes no arguments here at run time
    class Meta:
        model = Person
        fields = "__all__"


@admin.register(Person)
class PersonAdmin(UserAdmin):  # type: ignore[type-arg]  # Django takes no arguments here at run time
    form = PersonChangeForm
    add_form = PersonCreationForm
    list_display = ["username", "display_name", "email", "is_active", "is_staff"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["username", "display_name", "email"]
    ordering = ["username"]
    readonly_fields = [PHOTO, "active_roles", "second_factor_allowed_until", "last_login", "date_joined"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        (_("Profile"), {"fields": ["display_name", "email", PHOTO, "active_roles"]}),
        (_("Privacy"), {"fields": ["entry_visible_to", "photo_visible_to", "roles_visible_to", "email_visible_to"]}),
        (_("Permissions"), {"fields": ["is_active", *POWERS, "second_factor_allowed_until"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"fields": ["username", "email", "display_name", "password1", "password2"]})]

    def has_change_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        return super().has_change_permission(request, obj) and self._may_change(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        return super().has_delete_permission(request, obj) and self._may_change(request, obj)

    def _may_change(self, request: HttpRequest, person: Person | None) -> bool:
        return person is None or may_change(cast(Person, request.user), person)

    def get_readonly_fields(self, request: HttpRequest, obj: Person | None = None) -> list[str]:
        """Return the fields that nobody changes, and for people who are not superusers those that give powers."""
        return [*self.readonly_fields, *([] if is_superuser(request) else POWERS)]

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "email" in form.changed_data:
            confirm_emails([obj])

    @admin.display(description=_("roles"))
    def active_roles(self, person: Person) -> str:
        """Return links to the active roles, to all roles, to the form for a new role and to the history."""
        links = [
            (reverse("admin:core_people_role_change", args=[role.pk]), str(role))
            for role in Role.objects.active().filter(person=person)
        ]
        links += [
            (f"{reverse('admin:core_people_role_changelist')}?person__id__exact={person.pk}", str(_("All roles"))),
            (f"{reverse('admin:core_people_role_add')}?person={person.pk}", str(_("Grant a role"))),
            (f"{reverse('admin:core_people_rolechange_changelist')}?person__id__exact={person.pk}", str(_("History"))),
        ]
        return format_html("<ul>{}</ul>", format_html_join("", '<li><a href="{}">{}</a></li>', links))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, ...]:
        """Allow deleting people together with their history, which has no delete permission of its own."""
        to_delete, counts, forbidden, protected = super().get_deleted_objects(objs, request)
        return to_delete, counts, forbidden - {RoleChange._meta.verbose_name}, protected
