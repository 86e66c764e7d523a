"""Roles: hats that people wear for a while. Whoever saves one leaves a line in its history."""

from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from core.people.details import details_problems
from core.people.versions import raise_versions

from .person import Person


class RoleQuerySet(models.QuerySet["Role"]):
    """Roles by their dates; `update()` is for nobody, for it raises no version and leaves no history."""

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


class Role(models.Model):
    """A person's role from its first day to its last, both included and by the portal's clock.

    `name` is one of `portal.yaml`'s roles, whose schema `details` follows. Without `end` a role holds until it is
    ended. Rows of one role of one person never overlap; on PostgreSQL the database sees to that as well.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="roles")
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

    def save(self, *args: Any, by: Person | None = None, why: str = "", **kwargs: Any) -> None:
        """Check, write, raise the person's version and leave a line of history, all or nothing.

        `by` is who does it: None for a command. Raises ValidationError for a role that may not be.
        """
        with transaction.atomic():
            # Two that give the same role at once wait for each other here; SQLite has one writer anyway.
            Person.objects.select_for_update().only("pk").get(pk=self.person_id)
            before = None if self._state.adding else Role.objects.filter(pk=self.pk).first()
            self.clean_fields(exclude=["person"])
            self.clean()
            super().save(*args, **kwargs)
            RoleChange.objects.create(
                kind=kind_of_change(before, self), by=by, why=why, **RoleChange.of(self), role_id=self.pk
            )
            raise_versions({self.person_id} | ({before.person_id} if before else set()))

    def delete(self, *args: Any, by: Person | None = None, why: str = "", **kwargs: Any) -> tuple[int, dict[str, int]]:
        with transaction.atomic():
            RoleChange.objects.create(kind=RoleChange.Kind.REMOVED, by=by, why=why, **RoleChange.of(self))
            return super().delete(*args, **kwargs)  # the version is raised by the signal, which hears querysets' too

    @property
    def title(self) -> str:
        """As people read it: from `portal.yaml`, the bare name once it has gone from there."""
        known = settings.PORTAL.roles.get(self.name)
        return known.title if known else self.name

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
        if self._state.adding and self.name not in settings.PORTAL.roles:
            known = ", ".join(settings.PORTAL.roles) or "(none)"
            errors["name"] = [f"{self.name!r} is no role. portal.yaml has: {known}."]
        elif self.name in settings.PORTAL.roles and (problems := details_problems(self.name, self.details)):
            errors["details"] = problems
        if self.start and self.end is not None and self.end < self.start:
            errors["end"] = [f"The last day, {self.end}, is before the first, {self.start}."]
        elif self.start and self.person_id:
            others = Role.objects.filter(person_id=self.person_id, name=self.name).exclude(pk=self.pk)
            if clash := others.overlapping(self.start, self.end).first():
                errors["start"] = [f"At that time there is this role already: {clash}. Prolong that one, or end it."]
        if errors:
            raise ValidationError(errors)


class RoleChange(models.Model):
    """What was done to a role: by whom, when and why, and the dates that it had then. Nobody changes a line of it."""

    class Kind(models.TextChoices):
        GRANTED = "granted"
        ENDED = "ended"
        PROLONGED = "prolonged"
        CHANGED = "changed"
        REMOVED = "removed"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="role_changes")
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
        return f"{self.name} {self.kind}"

    @staticmethod
    def of(role: Role) -> dict[str, Any]:
        """What a line remembers of a role."""
        return {"person_id": role.person_id, "name": role.name, "start": role.start, "end": role.end}


def kind_of_change(before: Role | None, after: Role) -> RoleChange.Kind:
    if before is None:
        return RoleChange.Kind.GRANTED
    was, now = before.end or date.max, after.end or date.max
    if (before.name, before.person_id) != (after.name, after.person_id) or was == now:
        return RoleChange.Kind.CHANGED
    return RoleChange.Kind.ENDED if now < was else RoleChange.Kind.PROLONGED
