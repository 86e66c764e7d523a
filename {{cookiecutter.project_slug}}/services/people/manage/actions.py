"""What maintainers change: one person, or several at once, and then all of them or none.

Each change is recorded in the audit log, and the person gets a mail about it. Each action raises PermissionDenied if
`by` may not change one of the people (core/people/protection.py).
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from core.audit.events import Event
from core.audit.recording import record
from core.people.actions import role_end, role_grant
from core.people.emails import confirm_emails
from core.people.models import Person, Role, clean_email
from core.people.protection import REFUSAL, check_may_change, may_change
from services.accounts.invitations import invite
from services.accounts.notices import notify_of_email, notify_of_powers
from services.accounts.sign_in.sessions import end_all_sessions


@transaction.atomic
def person_create(
    *, username: str, email: str, display_name: str = "", role: dict[str, Any] | None = None, by: Person
) -> Person:
    """Create a person, grant them `role` (the arguments of `role_grant`), and send the email that sets a password.

    Raises ValidationError for invalid values. Those of the role have the field `role`.
    """
    person = Person(
        username=Person.normalize_username(username), email=clean_email(email), display_name=display_name.strip()
    )
    person.set_unusable_password()
    validate(person)
    person.save()
    confirm_emails([person])
    record(Event.PERSON_ADDED, person=person, by=by, email=person.email)
    if role:
        try:
            role_grant(person=person, by=by, why="new person", **role)
        except ValidationError as error:
            raise ValidationError({"role": error.messages}) from error
    invite(person, by=by)
    return person


@transaction.atomic
def person_update(*, person: Person, by: Person, **values: str) -> Person:
    """Change the `display_name`, the `email`, or both. A new email is confirmed, and both addresses get a mail.

    Raises ValidationError for invalid values.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    check_may_change(by, person)
    before = person.email
    given = {**values, **({"email": clean_email(values["email"])} if "email" in values else {})}
    changed = [name for name, value in given.items() if getattr(person, name) != value.strip()]
    if not changed:
        return person
    for name in changed:
        setattr(person, name, given[name].strip())
    validate(person)
    person.save(update_fields=changed)
    if "display_name" in changed:
        record(Event.PERSON_CHANGED, person=person, by=by, fields=["display_name"])
    if "email" in changed:
        confirm_emails([person])
        record(Event.EMAIL_CHANGED, person=person, by=by, before=before, after=person.email)
        notify_of_email(person, before, by)
    return person


def validate(person: Person) -> None:
    """Raise ValidationError, with a message for each field, for values that the database would refuse."""
    errors: dict[str, list[str]] = {}
    others = Person.objects.exclude(pk=person.pk)
    if others.filter(username__iexact=person.username).exists():
        errors["username"] = [_("Another person has this username.")]
    if person.email and others.filter(email=person.email).exists():
        errors["email"] = [_("Another person has this email address.")]
    try:
        person.clean_fields(exclude=["password"])
    except ValidationError as error:
        errors = {**error.message_dict, **errors}
    if errors:
        raise ValidationError(errors)


@transaction.atomic
def people_deactivate(*, people: Iterable[int], by: Person) -> tuple[int, int]:
    """Deactivate people and end their sessions. Return how many changed, and how many were deactivated already.

    Raises ValidationError if `by` is among them.
    """
    ids = list(people)
    if by.pk in ids:
        raise ValidationError({"people": [_("You cannot deactivate your own account.")]})
    return change_activity(ids, is_active=False, by=by)


@transaction.atomic
def people_reactivate(*, people: Iterable[int], by: Person) -> tuple[int, int]:
    """Let people sign in again. Return how many changed, and how many were active already."""
    return change_activity(list(people), is_active=True, by=by)


def change_activity(ids: Sequence[int], *, is_active: bool, by: Person) -> tuple[int, int]:
    changed = [person for person in locked_people(ids, by=by) if person.is_active != is_active]
    for person in changed:
        person.is_active = is_active
        person.save(update_fields=["is_active"])
        record(Event.POWERS_CHANGED, person=person, by=by, is_active=is_active)
        notify_of_powers(person, {"is_active": is_active}, by)
        if not is_active and (sessions := end_all_sessions(person)):
            record(Event.SESSION_ENDED, person=person, by=by, everywhere=True, sessions=sessions)
    return len(changed), len(ids) - len(changed)


@transaction.atomic
def roles_grant(
    *,
    people: Iterable[int],
    name: str,
    start: date | None = None,
    end: date | None = None,
    details: dict[str, Any] | None = None,
    by: Person,
    why: str = "",
) -> int:
    """Grant a role to people, to all of them or to none, and return to how many.

    Raises ValidationError: with the fields of `role_grant` for what is wrong for everybody, and under `people` with a
    sentence for each person who cannot have the role in this period.
    """
    found = locked_people(people, by=by)
    refused: list[str] = []
    for person in found:
        try:
            with transaction.atomic():
                role_grant(person=person, name=name, start=start, end=end, details=details, by=by, why=why)
        except ValidationError as error:
            if len(found) == 1 or not is_about_period(error):
                raise
            refused.append(f"{person}: {' '.join(error.messages)}")
    if refused:
        raise ValidationError({"people": refused})
    return len(found)


def is_about_period(error: ValidationError) -> bool:
    """Return whether a period of the person's own is in the way. Unknown roles and wrong details are everybody's."""
    return hasattr(error, "error_dict") and set(error.message_dict) <= {"start", "end"}


@transaction.atomic
def roles_end(
    *, people: Iterable[int], name: str, end: date | None = None, by: Person, why: str = ""
) -> tuple[int, int]:
    """End the role that people have today. Return how many roles ended, and how many people did not have it.

    Raises ValidationError under `people` with a sentence for each person whose role ends earlier already.
    """
    found = locked_people(people, by=by)
    roles = {role.person_id: role for role in Role.objects.active().filter(person__in=found, name=name)}
    refused: list[str] = []
    for person in found:
        if (role := roles.get(person.pk)) is None:
            continue
        try:
            role_end(role=role, last_day=end, by=by, why=why)
        except ValidationError as error:
            refused.append(f"{person}: {' '.join(error.messages)}")
    if refused:
        raise ValidationError({"people": refused})
    return len(roles), len(found) - len(roles)


def locked_people(ids: Iterable[int], *, by: Person) -> list[Person]:
    """Lock these people until the transaction ends, and return them by name.

    Raises ValidationError if one of them does not exist, and PermissionDenied, with their names, if `by` may not change
    some of them.
    """
    wanted = set(ids)
    people = list(Person.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk"))
    if missing := wanted - {person.pk for person in people}:
        numbers = ", ".join(map(str, sorted(missing)))
        raise ValidationError({"people": [_("There are no people with these ids: %(ids)s.") % {"ids": numbers}]})
    if protected := [str(person) for person in people if not may_change(by, person)]:
        raise PermissionDenied(f"{', '.join(protected)}: {REFUSAL}")
    return sorted(people, key=lambda person: str(person).lower())
