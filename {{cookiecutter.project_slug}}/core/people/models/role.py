"""Roles of people for a period. Saving or deleting a role records the change in its history."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.catalogues.texts import translate
from core.people.details import details_problems, same_details
from core.people.protection import check_may_change
from core.people.versions import raise_versions

from .person import Person

OVERLAP = "role_overlap"  # the exclusion constraint in PostgreSQL, from migrations/0003_roles.py


class RoleQuerySet(models.QuerySet["Role"]):
    """Roles by their dates.

    `update()` and the `bulk_` methods do not validate, raise versions or record history: the caller must.
    """

    def active(self, day: date | None = None) -> Self:
        """Return the roles that are active on `day`, by default today."""
        day = day or timezone.localdate()
        return self.filter(Q(end__isnull=True) | Q(end__gte=day), start__lte=day)

    def past(self, day: date | None = None) -> Self:
        """Return the roles that ended before `day`, by default today."""
        return self.filter(end__lt=day or timezone.localdate())

    def future(self, day: date | None = None) -> Self:
        """Return the roles that begin after `day`, by default today."""
        return self.filter(start__gt=day or timezone.localdate())

    def overlapping(self, start: date, end: date | None) -> Self:
        """Return the roles that are active on a day from `start` to `end`, both included. None is no last day."""
        roles = self.filter(Q(end__isnull=True) | Q(end__gte=start))
        return roles if end is None else roles.filter(start__lte=end)

    def delete(self, *, by: Person | None = None, why: str = "") -> tuple[int, dict[str, int]]:
        """Delete each role as `Role.delete` does, all or none."""
        removed: Counter[str] = Counter()
        with transaction.atomic():
            for role in self:
                removed.update(role.delete(by=by, why=why)[1])
        return removed.total(), dict(removed)

    delete.queryset_only = True  # type: ignore[attr-defined]  # like Django's own: not available on managers


class Role(models.Model):
    """A role of a person from its first day to its last, both included, in the portal's time zone.

    `name` is a role of `portal.yaml`, whose schema validates `details`. Without `end`, the role stays active until it
    is ended. Periods of the same role must not overlap. PostgreSQL also enforces this with an exclusion constraint.
    The person and the name never change.
    """

    # No index of its own: the indexes below begin with it, and PostgreSQL would choose the short one and read all rows.
    person = models.ForeignKey(
        Person, verbose_name=gettext_lazy("person"), on_delete=models.CASCADE, related_name="roles", db_index=False
    )
    name = models.CharField(gettext_lazy("role"), max_length=40)
    start = models.DateField(gettext_lazy("first day"), default=timezone.localdate)
    end = models.DateField(
        gettext_lazy("last day"), null=True, blank=True, help_text=gettext_lazy("Empty if the role has no last day.")
    )
    details = models.JSONField(gettext_lazy("details"), default=dict, blank=True)

    objects: ClassVar[RoleQuerySet] = RoleQuerySet.as_manager()  # type: ignore[assignment]  # a manager with its methods

    class Meta:
        verbose_name = gettext_lazy("role")
        verbose_name_plural = gettext_lazy("roles")
        ordering = ["start", "id"]
        indexes = [
            # Finds the roles of a person on a day, without reading the ones that ended before.
            models.Index(fields=["person", "end", "start"], name="role_of_person"),
            models.Index(fields=["name", "person"], name="role_by_name"),  # for the directory
        ]
        constraints = [
            models.CheckConstraint(name="role_dates", condition=Q(end__isnull=True) | Q(end__gte=F("start"))),
        ]

    def __str__(self) -> str:
        values = {"role": self.title, "start": self.start, "end": self.end}
        return (_("%(role)s from %(start)s") if self.end is None else _("%(role)s from %(start)s to %(end)s")) % values

    def save(
        self,
        *args: Any,
        by: Person | None = None,
        why: str = "",
        update_fields: Iterable[str] | None = None,
        **kwargs: Any,
    ) -> None:
        """Validate, write, raise the person's version and record the change in the history, in one transaction.

        `by` is the person who changes the role, None for a command. `why` is the reason. With `update_fields`, the
        other fields get the values of the database, because all fields are validated and recorded. Records nothing if
        nothing changes. Raises ValidationError for invalid values, and PermissionDenied if `by` may not change this
        person (core/people/protection.py).
        """
        try:
            with transaction.atomic():
                before = self._lock(by)
                if before and (before.person_id, before.name) != (self.person_id, self.name):
                    raise ValidationError(
                        _("The name and the person of a role cannot change: %(role)s. End it and grant another.")
                        % {"role": before}
                    )
                if before and update_fields is not None:
                    for name in {"start", "end", "details"}.difference(update_fields):
                        setattr(self, name, getattr(before, name))
                self.clean_fields(exclude=["person"])
                self.clean()
                if before and not self._differs_from(before):
                    return
                super().save(*args, update_fields=update_fields, **kwargs)
                RoleChange.from_role(self, change_kind(before, self), by=by, why=why).save()
                raise_versions([self.person_id])
        except IntegrityError as error:
            if OVERLAP not in str(error):
                raise
            # A concurrent transaction that does not lock the person, such as an import, wrote after the validation.
            message = _("%(person)s already has the role %(role)s in this period. Extend or end that one.") % {
                "person": self.person,
                "role": self.title,
            }
            raise ValidationError({"start": [message]}) from error

    def delete(self, *args: Any, by: Person | None = None, why: str = "", **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Delete the role, raise the person's version and record the removal in the history, in one transaction.

        Raises ValidationError if the role was removed before, and PermissionDenied if `by` may not change this person.
        """
        with transaction.atomic():
            before = Role.get_locked(self, by=by)
            RoleChange.from_role(before, RoleChange.Kind.REMOVED, by=by, why=why).save()
            deleted = super().delete(*args, **kwargs)
            raise_versions([before.person_id])
        return deleted

    @classmethod
    def get_locked(cls, role: "Role", *, by: Person | None = None) -> "Role":
        """Lock the roles of its person until the transaction ends, and return `role` as the database has it now.

        Raises ValidationError if the role was removed, and PermissionDenied if `by` may not change this person.
        """
        lock_roles(role.person_id, by=by)
        if (current := cls.objects.filter(pk=role.pk).first()) is None:
            raise ValidationError(_("This role was removed: %(role)s.") % {"role": role})
        return current

    def _lock(self, by: Person | None) -> "Role | None":
        """Lock the person's roles, and return this role as the database has it; None for a new role."""
        if self._state.adding:
            lock_roles(self.person_id, by=by)
            return None
        return Role.get_locked(self, by=by)

    def _differs_from(self, before: "Role") -> bool:
        return (before.start, before.end) != (self.start, self.end) or not same_details(before.details, self.details)

    @property
    def title(self) -> str:
        """The title from `portal.yaml`, or the name if the role is no longer in there."""
        return role_title(self.name)

    def status(self, day: date | None = None) -> str:
        """Return `active`, `past` or `future` on `day`, by default today."""
        day = day or timezone.localdate()
        if self.start > day:
            return "future"
        return "past" if self.end is not None and self.end < day else "active"

    def clean(self) -> None:
        """Validate the name, the dates, the details, and that no other period of the same role overlaps."""
        super().clean()
        errors: dict[str, list[str]] = {}
        if self.details is None:
            self.details = {}
        if self._state.adding and self.name not in settings.PORTAL.roles:
            allowed = ", ".join(settings.PORTAL.roles) or "(none)"
            errors["name"] = [
                _("Unknown role %(role)r. The roles in portal.yaml are: %(allowed)s.")
                % {"role": self.name, "allowed": allowed}
            ]
        elif problems := details_problems(self.name, self.details):
            errors["details"] = problems
        if self.start and self.end is not None and self.end < self.start:
            errors["end"] = [
                _("The last day, %(end)s, is before the first day, %(start)s.") % {"end": self.end, "start": self.start}
            ]
        elif self.start and self.person_id:
            others = Role.objects.filter(person_id=self.person_id, name=self.name).exclude(pk=self.pk)
            if overlapping := others.overlapping(self.start, self.end).first():
                field = "end" if overlapping.start > self.start else "start"  # the day that has to change
                errors[field] = [
                    _("This period overlaps another one: %(role)s. Extend or end that one.") % {"role": overlapping}
                ]
        if errors:
            raise ValidationError(errors)


class RoleChange(models.Model):
    """A record of a change: what was done to a role, by whom, when and why, and its dates after the change.

    Records are never changed. `by` is None for a command, and if that person was deleted. `role` is None if the role
    was removed.
    """

    class Kind(models.TextChoices):
        GRANTED = "granted", gettext_lazy("granted")
        ENDED = "ended", gettext_lazy("ended")
        EXTENDED = "extended", gettext_lazy("extended")
        CHANGED = "changed", gettext_lazy("changed")
        REMOVED = "removed", gettext_lazy("removed")

    person = models.ForeignKey(
        Person,
        verbose_name=gettext_lazy("person"),
        on_delete=models.CASCADE,
        related_name="role_changes",
        db_index=False,
    )
    role = models.ForeignKey(
        Role, verbose_name=gettext_lazy("role"), on_delete=models.SET_NULL, null=True, related_name="changes"
    )
    kind = models.CharField(gettext_lazy("change"), max_length=9, choices=Kind)
    name = models.CharField(gettext_lazy("role"), max_length=40)
    start = models.DateField(gettext_lazy("first day"))
    end = models.DateField(gettext_lazy("last day"), null=True)
    by = models.ForeignKey(
        Person, verbose_name=gettext_lazy("changed by"), on_delete=models.SET_NULL, null=True, related_name="+"
    )
    why = models.CharField(gettext_lazy("reason"), max_length=300, blank=True)
    at = models.DateTimeField(gettext_lazy("changed at"), default=timezone.now, editable=False)

    class Meta:
        ordering = ["-id"]
        verbose_name = gettext_lazy("role change")
        verbose_name_plural = gettext_lazy("role changes")
        indexes = [models.Index(fields=["person", "-id"], name="role_change_of_person")]

    def __str__(self) -> str:
        return f"{self.title}: {self.get_kind_display()}"

    @classmethod
    def from_role(cls, role: Role, kind: Kind, *, by: Person | None, why: str) -> Self:
        """Return an unsaved record of a change. Raises ValidationError if `why` is too long."""
        change = cls(person_id=role.person_id, role_id=role.pk, kind=kind, by=by, why=why)
        change.name, change.start, change.end = role.name, role.start, role.end
        change.clean_fields(exclude=["person", "role", "by", "end"])
        return change

    @property
    def title(self) -> str:
        return role_title(self.name)


def role_title(name: str) -> str:
    """Return the title from `portal.yaml`, or the name if the role is no longer in there."""
    configured = settings.PORTAL.roles.get(name)
    return translate(configured.title) if configured else name


def lock_roles(person_id: int | None, *, by: Person | None) -> None:
    """Lock this person's roles until the transaction ends. SQLite needs no lock: it has one writer at a time.

    Raises ValidationError if the person does not exist, and PermissionDenied if `by` may not change them.
    """
    people = Person.objects.select_for_update(no_key=True).only("is_staff", "is_superuser")
    if (person := people.filter(pk=person_id or 0).first()) is None:
        raise ValidationError({"person": [_("This person does not exist.")]})
    check_may_change(by, person)


def change_kind(before: Role | None, after: Role) -> RoleChange.Kind:
    """Return what was done. `before` is None for a new role."""
    if before is None:
        return RoleChange.Kind.GRANTED
    old_end, new_end = before.end or date.max, after.end or date.max
    if old_end == new_end:
        return RoleChange.Kind.CHANGED
    return RoleChange.Kind.ENDED if new_end < old_end else RoleChange.Kind.EXTENDED
