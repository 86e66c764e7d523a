"""The imports of CSV files by maintainers. People and roles themselves are in core/people."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """The state of an import. Only READY can be confirmed."""

    CHECKING = "checking"
    INVALID = "invalid"  # it has problems
    READY = "ready"
    IMPORTING = "importing"
    DONE = "done"
    CHANGED = "changed"  # people or roles changed after the check, so nothing was written
    FAILED = "failed"


class PeopleImport(models.Model):
    """A file that a maintainer has uploaded, and what the check of it found.

    `fingerprint` is of what would be written: an import writes exactly that, or nothing. The content is deleted as soon
    as it is imported, and the row after some time (services/people/imports/retention.py).
    """

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("file"), max_length=200)
    content = models.BinaryField()
    updates = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=State, default=State.CHECKING)
    rows = models.PositiveIntegerField(default=0)
    problems: Any = models.JSONField(default=list)  # the first MOST_PROBLEMS, as [line, column, found, allowed]
    problem_count = models.PositiveIntegerField(default=0)
    summary: Any = models.JSONField(default=dict)
    fingerprint = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("import of people")
        verbose_name_plural = _("imports of people")

    def __str__(self) -> str:
        return self.name
