"""Roles: hats that people wear for a while. Whoever saves or deletes one leaves a line in its history."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.utils import timezone

from core.people.details import details_problems, same_details
from core.people.versions import raise_versions

from .person import Person

OVERLAP = "role_overlap"  # PostgreSQL's constraint, which migrations/0003_roles.py makes


class RoleQuerySet(models.QuerySet["Role"]):
    """Roles by their dates.

    `update()` and the `bulk_` methods check nothing, raise no version and leave no history: their caller has to.
    """

    def active(self, day: date | None = None) -> Self:
        """Those that hold on `day`, today when it is left out."""
        day = day or timezone.localdate()
        return self.filter(Q(end__isnull=True) | Q(end__gte=day), start__lte=day)

    def past(self, day: date | None = None) -> Self:
        return self.filter(end__lt=day or timezone.localdate())

    def future(self, day: date | None = None) -> Self:
        return self.filter(start__gt=day or timezone.localdate())

    def overlapping(self, start: date, end: date | None) -> Self:
        """Those that hold on a day from `start` to `end`, both included; without `end`, for ever."""
        found = self.filter(Q(end__isnull=True) | Q(end__gte=start))
        return found if end is None else found.filter(start__lte=end)

    def delete(self, *, by: Person | None = None, why: str = "") -> tuple[int, dict[str, int]]:
        """Remove each as `Role.delete` does, all or none."""
        removed: Counter[str] = Counter()
        with transaction.atomic():
            for role in self:
                removed.update(role.delete(by=by, why=why)[1])
        return removed.total(), dict(removed)

    delete.queryset_only = True  # type: ignore[attr-defined] # as Django's own is: a manager has none


class Role(models.Model):
    """A person's role from its first day to its last, both included and by the portal's clock.

    `name` is one of `portal.yaml`'s roles, whose schema `details` follows. Without `end` a role holds until it is
    ended. Rows of one role of one person never overlap; on PostgreSQL the database sees to that as well. A role stays
    its person's, and keeps its name.
    """

    # No index of its own: those below begin with it, and PostgreSQL would take the short one and read all rows.
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="roles", db_index=False)
    name = models.CharField("role", max_length=40)
    start = models.DateField("first day", default=timezone.localdate)
    end = models.DateField("last day", null=True, blank=True, help_text="Empty: until it is ended.")
    details = models.JSONField(default=dict, blank=True)

    objects: ClassVar[RoleQuerySet] = RoleQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["start", "id"]
        indexes = [
            # One person's roles on a day: those that ended long ago, however many, are not looked at.
            models.Index(fields=["person", "end", "start"], name="role_of_person"),
            models.Index(fields=["name", "person"], name="role_by_name"),  # the directory's
        ]
        constraints = [
            models.CheckConstraint(name="role_dates", condition=Q(end__isnull=True) | Q(end__gte=F("start"))),
        ]

    def __str__(self) -> str:
        until = "" if self.end is None else f" to {self.end}"
        return f"{self.title} from {self.start}{until}"

    def save(
        self,
        *args: Any,
        by: Person | None = None,
        why: str = "",
        update_fields: Iterable[str] | None = None,
        **more: Any,
    ) -> None:
        """Check, write, raise the person's version and leave a line of history, all or nothing.

        `by` is who does it: None for a command. A role is checked and remembered whole: with `update_fields` the other
        fields become what the database has. What changes nothing leaves no line. Raises ValidationError for a role that
        may not be.
        """
        try:
            with transaction.atomic():
                before = self._lock()
                if before and (before.person_id, before.name) != (self.person_id, self.name):
                    raise ValidationError(f"A role keeps its name and its person: {before}. End it, and grant another.")
                if before and update_fields is not None:
                    for name in {"start", "end", "details"}.difference(update_fields):
                        setattr(self, name, getattr(before, name))
                self.clean_fields(exclude=["person"])
                self.clean()
                if before and not self._differs_from(before):
                    return
                super().save(*args, update_fields=update_fields, **more)
                RoleChange.of(self, kind_of_change(before, self), by=by, why=why).save()
                raise_versions([self.person_id])
        except IntegrityError as error:
            if OVERLAP not in str(error):
                raise
            # Somebody who does not wait for others, as an import may not, came between the check and the writing.
            message = f"At that time {self.person} is {self.title} already. Prolong that role, or end it."
            raise ValidationError({"start": [message]}) from error

    def delete(self, *args: Any, by: Person | None = None, why: str = "", **more: Any) -> tuple[int, dict[str, int]]:
        """Remove it as if it had never been, raise the person's version and leave a line of history, all or nothing."""
        with transaction.atomic():
            before = Role.locked(self)
            RoleChange.of(before, RoleChange.Kind.REMOVED, by=by, why=why).save()
            removed = super().delete(*args, **more)
            raise_versions([before.person_id])
        return removed

    @classmethod
    def locked(cls, role: "Role") -> "Role":
        """`role` as the database has it now, which nobody else changes before the transaction ends.

        Raises ValidationError when it was removed.
        """
        lock_roles(role.person_id)
        if (found := cls.objects.filter(pk=role.pk).first()) is None:
            raise ValidationError(f"There is no such role any more: {role}.")
        return found

    def _lock(self) -> "Role | None":
        """Let nobody else change the person's roles; this one as it was, None for one that is new."""
        if self._state.adding:
            lock_roles(self.person_id)
            return None
        return Role.locked(self)

    def _differs_from(self, before: "Role") -> bool:
        return (before.start, before.end) != (self.start, self.end) or not same_details(before.details, self.details)

    @property
    def title(self) -> str:
        """As people read it: from `portal.yaml`, the bare name once it has gone from there."""
        return title_of(self.name)

    def status(self, day: date | None = None) -> str:
        """`active`, `past` or `future` on `day`, today when it is left out."""
        day = day or timezone.localdate()
        if self.start > day:
            return "future"
        return "past" if self.end is not None and self.end < day else "active"

    def clean(self) -> None:
        """Whether the role may be: its name, its dates, its details, and no other row of it at the same time."""
        super().clean()
        errors: dict[str, list[str]] = {}
        if self.details is None:
            self.details = {}
        if self._state.adding and self.name not in settings.PORTAL.roles:
            known = ", ".join(settings.PORTAL.roles) or "(none)"
            errors["name"] = [f"{self.name!r} is no role. portal.yaml has: {known}."]
        elif problems := details_problems(self.name, self.details):
            errors["details"] = problems
        if self.start and self.end is not None and self.end < self.start:
            errors["end"] = [f"The last day, {self.end}, is before the first, {self.start}."]
        elif self.start and self.person_id:
            others = Role.objects.filter(person_id=self.person_id, name=self.name).exclude(pk=self.pk)
            if clash := others.overlapping(self.start, self.end).first():
                reached = "end" if clash.start > self.start else "start"  # the day that would have to move
                errors[reached] = [f"At that time there is this role already: {clash}. Prolong that one, or end it."]
        if errors:
            raise ValidationError(errors)


class RoleChange(models.Model):
    """What was done to a role: by whom, when and why, and the dates that it had then. Nobody changes a line of it.

    `by` is None for a command, and for somebody whose account is gone; `role` is, once that was removed.
    """

    class Kind(models.TextChoices):
        GRANTED = "granted"
        ENDED = "ended"
        EXTENDED = "extended"
        CHANGED = "changed"
        REMOVED = "removed"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="role_changes", db_index=False)
    role = models.ForeignKey(Role, on_delete=models.SET_NULL, null=True, related_name="changes")
    kind = models.CharField(max_length=9, choices=Kind)
    name = models.CharField("role", max_length=40)
    start = models.DateField("first day")
    end = models.DateField("last day", null=True)
    by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    why = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["-id"]
        verbose_name = "change of a role"
        verbose_name_plural = "changes of roles"
        indexes = [models.Index(fields=["person", "-id"], name="role_change_of_person")]

    def __str__(self) -> str:
        return f"{self.title} {self.kind}"

    @classmethod
    def of(cls, role: Role, kind: Kind, *, by: Person | None, why: str) -> Self:
        """What a line remembers of a role; not saved. Raises ValidationError when `why` is too long."""
        line = cls(person_id=role.person_id, role_id=role.pk, kind=kind, by=by, why=why)
        line.name, line.start, line.end = role.name, role.start, role.end
        line.clean_fields(exclude=["person", "role", "by", "end"])
        return line

    @property
    def title(self) -> str:
        return title_of(self.name)


def title_of(name: str) -> str:
    known = settings.PORTAL.roles.get(name)
    return known.title if known else name


def lock_roles(person_id: int | None) -> None:
    """Let nobody else change this person's roles until the transaction ends; SQLite has one writer anyway.

    Raises ValidationError when there is no such person.
    """
    rows = Person.objects.select_for_update(no_key=True).filter(pk=person_id)
    if not list(rows.values_list("pk")):
        raise ValidationError({"person": ["There is no such person."]})


def kind_of_change(before: Role | None, after: Role) -> RoleChange.Kind:
    if before is None:
        return RoleChange.Kind.GRANTED
    was, now = before.end or date.max, after.end or date.max
    if was == now:
        return RoleChange.Kind.CHANGED
    return RoleChange.Kind.ENDED if now < was else RoleChange.Kind.EXTENDED
