"""The admin of accounts: actions for people's sessions and second factors, in place of allauth's own pages."""

from typing import Any, cast

# These register allauth's pages, whatever the order of INSTALLED_APPS, so that they can be unregistered here.
import allauth.account.admin
import allauth.mfa.admin
import allauth.usersessions.admin  # noqa: F401
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from core.audit.events import Event
from core.audit.recording import record
from core.people.admin import POWERS, PersonAdmin
from core.people.models import Person
from core.people.protection import REFUSAL, may_change

from .notices import notify_of_email, notify_of_password, notify_of_powers, notify_of_second_factor, notify_of_sign_out
from .sign_in.second_factor_setup import ALLOWED_HOURS, second_factor_allow
from .sign_in.sessions import end_all_sessions

# allauth's pages would show the secrets of second factors, and change emails without `Person.email`.
for model in (Authenticator, EmailAddress, UserSession):
    admin.site.unregister(model)


admin.site.unregister(Person)


@admin.register(Person)
class AccountAdmin(PersonAdmin):
    actions = ["sign_out_everywhere", "remove_second_factor", "allow_second_factor"]

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        """Save, record what gives or takes access, and send a mail about it to the person."""
        super().save_model(request, obj, form, change)
        if not change:
            return
        by, changed = cast(Person, request.user), form.changed_data
        if "email" in changed:
            before = form.initial["email"]
            record(Event.EMAIL_CHANGED, person=obj, by=by, before=before, after=obj.email)
            notify_of_email(obj, before, by)
        if powers := {name: describe(form.cleaned_data[name]) for name in ("is_active", *POWERS) if name in changed}:
            record(Event.POWERS_CHANGED, person=obj, by=by, **powers)
            notify_of_powers(obj, powers, by)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:  # noqa: A002 - Django's name
        """Let the page set a password, record it, and send a mail about it to the person."""
        with transaction.atomic():
            response = super().user_change_password(request, id, form_url)
            if isinstance(response, HttpResponseRedirect) and (person := self.get_object(request, id)):
                by = cast(Person, request.user)
                record(Event.PASSWORD_CHANGED, person=person, by=by)
                if person != by:
                    notify_of_password(person, by)
        return response

    @admin.action(description=_("Sign them out everywhere"), permissions=["change"])
    def sign_out_everywhere(self, request: HttpRequest, queryset: QuerySet[Person]) -> None:
        if self._may_change_all(request, queryset):
            by = cast(Person, request.user)
            for person in queryset:
                sessions = end_all_sessions(person)
                record(Event.SESSION_ENDED, person=person, by=by, everywhere=True, sessions=sessions)
                notify_of_sign_out(person, by)

    @admin.action(description=_("Remove their second factor, for example when it is lost"), permissions=["change"])
    def remove_second_factor(self, request: HttpRequest, queryset: QuerySet[Person]) -> None:
        if self._may_change_all(request, queryset):
            by = cast(Person, request.user)
            for person in queryset:
                with transaction.atomic():
                    if Authenticator.objects.filter(user=person).delete()[0]:
                        record(Event.SECOND_FACTOR_REMOVED, person=person, by=by)
                        notify_of_second_factor(person, by)

    @admin.action(
        description=_("Allow them to set up their first second factor in the next 24 hours"),
        permissions=["change"],
    )
    def allow_second_factor(self, request: HttpRequest, queryset: QuerySet[Person]) -> None:
        if self._may_change_all(request, queryset):
            with transaction.atomic():
                codes = second_factor_allow(queryset)
                for person in queryset:
                    record(Event.SECOND_FACTOR_ALLOWED, person=person, by=request.user, hours=ALLOWED_HOURS)
            for username, code in codes.items():
                messages.success(
                    request,
                    _(
                        "In the next %(hours)s hours, %(username)s may set up a second factor with the code %(code)s. "
                        "It is shown once. Give it to them on the telephone or in person, after you made sure who asks."
                    )
                    % {"hours": ALLOWED_HOURS, "username": username, "code": code},
                )

    def _may_change_all(self, request: HttpRequest, people: QuerySet[Person]) -> bool:
        """Return whether the maintainer may change all of these people. Otherwise, show who stands in the way."""
        refused = [person for person in people if not may_change(cast(Person, request.user), person)]
        if refused:
            names = ", ".join(person.username for person in refused)
            text = _("Nothing was changed, because of %(people)s.") % {"people": names}
            messages.error(request, f"{text} {REFUSAL}")
        return not refused


def describe(value: Any) -> Any:
    """Return a flag as it is, and the names of groups and permissions."""
    return value if isinstance(value, bool) else [str(one) for one in value]
