"""The admin of accounts: actions for people's sessions and second factors, in place of allauth's own pages."""

from typing import cast

# These register allauth's pages, whatever the order of INSTALLED_APPS, so that they can be unregistered here.
import allauth.account.admin
import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from core.people.admin import PersonAdmin
from core.people.models import Person
from core.people.protection import REFUSAL, may_change

from .sign_in.second_factor_setup import ALLOWED_HOURS, second_factor_allow

# allauth's pages would show the secrets of second factors, and change emails without `Person.email`.
for model in (Authenticator, EmailAddress, UserSession):
    admin.site.unregister(model)


admin.site.unregister(Person)


@admin.register(Person)
class AccountAdmin(PersonAdmin):
    actions = ["sign_out_everywhere", "remove_second_factor", "allow_second_factor"]

    @admin.action(description="Sign them out everywhere", permissions=["change"])
    def sign_out_everywhere(self, request: HttpRequest, queryset: QuerySet[Person]) -> None:
        if self._may_change_all(request, queryset):
            for session in UserSession.objects.filter(user__in=queryset):
                session.end()

    @admin.action(description="Remove their second factor, for example when it is lost", permissions=["change"])
    def remove_second_factor(self, request: HttpRequest, queryset: QuerySet[Person]) -> None:
        if self._may_change_all(request, queryset):
            Authenticator.objects.filter(user__in=queryset).delete()

    @admin.action(
        description=f"Allow them to set up their first second factor in the next {ALLOWED_HOURS} hours",
        permissions=["change"],
    )
    def allow_second_factor(self, request: HttpRequest, queryset: QuerySet[Person]) -> None:
        if self._may_change_all(request, queryset):
            second_factor_allow(queryset)
            names = ", ".join(person.username for person in queryset)
            messages.success(request, f"In the next {ALLOWED_HOURS} hours, they may set up a second factor: {names}.")

    def _may_change_all(self, request: HttpRequest, people: QuerySet[Person]) -> bool:
        """Return whether the maintainer may change all of these people. Otherwise, show who stands in the way."""
        refused = [person for person in people if not may_change(cast(Person, request.user), person)]
        if refused:
            names = ", ".join(person.username for person in refused)
            messages.error(request, f"Nothing was changed, because of {names}. {REFUSAL}")
        return not refused
