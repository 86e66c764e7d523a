"""Makes maintainers: people who may do everything in /admin/, and who have the role `maintainer`."""

from datetime import date, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from core.audit.events import Event
from core.audit.recording import record
from core.people.actions import role_grant
from core.people.emails import confirm_emails
from core.people.models import Person, Role, clean_email

from .notices import notify_of_email

ROLE = "maintainer"


@transaction.atomic
def maintainer_make(
    *, username: str, email: str | None = None, display_name: str | None = None, why: str = ""
) -> tuple[Person, list[str]]:
    """Make a person a maintainer, and create their account if there is none.

    Returns the person, and one sentence for each change. An existing person keeps their password, and their email and
    display name unless these are given. Raises ValidationError for invalid values.
    """
    try:
        person, done = Person.objects.get_by_natural_key(username), []
    except Person.DoesNotExist:
        person, done = Person(username=Person.normalize_username(username)), [f"Created the account {username}."]
        person.set_unusable_password()
    before = person.email
    given = {"email": email if email is None else clean_email(email), "display_name": display_name}
    wanted = {name: value for name, value in given.items() if value is not None}
    changed = {name for name, value in wanted.items() if getattr(person, name) != value}
    if person.pk is not None:
        done += [
            f"Changed {name} from {getattr(person, name) or '(empty)'} to {wanted[name] or '(empty)'}."
            for name in sorted(changed)
        ]
    if not person.is_active:
        done.append("They can sign in again.")
    if not (person.is_staff and person.is_superuser):
        done.append("They can do everything in /admin/.")
    for name, value in {**wanted, "is_active": True, "is_staff": True, "is_superuser": True}.items():
        setattr(person, name, value)
    person.full_clean()
    person.save()
    if "email" in changed:
        confirm_emails([person])
        if before:
            record(Event.EMAIL_CHANGED, person=person, command=why, before=before, after=person.email)
            notify_of_email(person, before, by=None)
    done += grant_maintainer_role(person, why)
    record(Event.MAINTAINER_MADE, person=person, command=why, changes=done)
    return person, done


def grant_maintainer_role(person: Person, why: str) -> list[str]:
    """Grant the role from today, if `portal.yaml` has it and it is not active; until the day before a future one."""
    roles = Role.objects.filter(person=person, name=ROLE)
    if ROLE not in settings.PORTAL.roles or roles.active().exists():
        return []
    following: date | None = roles.future().values_list("start", flat=True).first()
    end = following and following - timedelta(days=1)
    try:
        with transaction.atomic():
            role = role_grant(person=person, name=ROLE, start=timezone.localdate(), end=end, why=why)
    except ValidationError as error:
        return [f"The role {ROLE} was not granted: {' '.join(error.messages)} Grant it in the admin."]
    return [f"Granted the role {role}."]
