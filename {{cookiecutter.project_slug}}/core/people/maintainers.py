"""Makes maintainers: people who may use /admin/ and do everything there, and who wear the role of that name."""

from datetime import date, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from .actions import role_grant
from .emails import confirm_emails
from .models import Person, Role, clean_email

ROLE = "maintainer"


@transaction.atomic
def maintainer_make(
    *, username: str, email: str | None = None, display_name: str | None = None, why: str = ""
) -> tuple[Person, list[str]]:
    """Make somebody a maintainer, who need not exist yet; the person, and what was done, a sentence each.

    Whoever exists keeps what is not given: a password, an address, a name. Raises ValidationError for what may not be.
    """
    try:
        person, done = Person.objects.get_by_natural_key(username), []
    except Person.DoesNotExist:
        person, done = Person(username=Person.normalize_username(username)), [f"Made the account {username}."]
        person.set_unusable_password()
    given = {"email": email if email is None else clean_email(email), "display_name": display_name}
    wanted = {name: value for name, value in given.items() if value is not None}
    changed = {name for name, value in wanted.items() if getattr(person, name) != value}
    if person.pk is not None:
        done += [
            f"{name}: {getattr(person, name) or 'nothing'} before, {wanted[name]} now." for name in sorted(changed)
        ]
    if not person.is_active:
        done.append("They may sign in again.")
    if not (person.is_staff and person.is_superuser):
        done.append("They may use /admin/, and do everything there.")
    for name, value in {**wanted, "is_active": True, "is_staff": True, "is_superuser": True}.items():
        setattr(person, name, value)
    person.full_clean()
    person.save()
    if "email" in changed:
        confirm_emails([person])
    return person, done + give_role(person, why)


def give_role(person: Person, why: str) -> list[str]:
    """Give the role, where `portal.yaml` has it and they do not wear it; where it is to begin later, until then."""
    roles = Role.objects.filter(person=person, name=ROLE)
    if ROLE not in settings.PORTAL.roles or roles.active().exists():
        return []
    following: date | None = roles.future().values_list("start", flat=True).first()
    end = following and following - timedelta(days=1)
    try:
        with transaction.atomic():
            role = role_grant(person=person, name=ROLE, start=timezone.localdate(), end=end, why=why)
    except ValidationError as error:
        return [f"The role {ROLE} was not given: {' '.join(error.messages)} Give it in the admin."]
    return [f"Gave them the role {role}."]
