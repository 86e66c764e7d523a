from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.files.fields import ProtectedFileField


class PollQuerySet(models.QuerySet["Poll"]):
    def open(self) -> "PollQuerySet":
        return self.filter(closes_at__gt=timezone.now())

    def closed(self) -> "PollQuerySet":
        return self.filter(closes_at__lte=timezone.now())

    def not_voted(self, person_id: int) -> "PollQuerySet":
        """Return the open polls in which a person has not voted."""
        return self.open().exclude(votes__person=person_id)

    def due(self) -> "PollQuerySet":
        """Return the polls whose time has come and whose voters do not know it yet."""
        return self.closed().filter(closed_at=None)


class Poll(models.Model):
    """A question with choices, open until it closes."""

    question = models.CharField(_("question"), max_length=200)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("author"), on_delete=models.SET_NULL, null=True, related_name="polls"
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    closes_at = models.DateTimeField(_("closes at"))
    # When its voters were notified of the result, which is at most a minute after `closes_at`.
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True, editable=False)
    votes_can_change = models.BooleanField(_("votes can change"), default=True, db_default=True)
    # Before the poll closes, only its author and people who have voted see the results.
    results_after_vote = models.BooleanField(_("results after voting"), default=False, db_default=False)
    # What people should read before they vote.
    document = ProtectedFileField(_("document"), types=["pdf"], max_megabytes=5, blank=True)
    # Raised with every vote and at the end. It is part of the key of cached results, so old results are never read.
    version = models.PositiveIntegerField(_("version"), default=0, editable=False)

    objects = PollQuerySet.as_manager()

    class Meta:
        verbose_name = _("poll")
        verbose_name_plural = _("polls")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["closes_at", "id"], name="polls_by_end"),
            models.Index(fields=["closes_at"], condition=Q(closed_at=None), name="polls_to_close"),
        ]

    def __str__(self) -> str:
        return self.question

    @property
    def is_open(self) -> bool:
        return timezone.now() < self.closes_at

    @property
    def path(self) -> str:
        """The path of its page."""
        return f"/polls/{self.pk}/"

    @property
    def topic(self) -> str:
        return f"polls:{self.pk}"


class Choice(models.Model):
    poll = models.ForeignKey(Poll, verbose_name=_("poll"), on_delete=models.CASCADE, related_name="choices")
    text = models.CharField(_("text"), max_length=100)

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["poll", "text"], name="choice_once_in_a_poll")]

    def __str__(self) -> str:
        return self.text


class Vote(models.Model):
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="votes")
    choice = models.ForeignKey(Choice, on_delete=models.CASCADE, related_name="votes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="votes")

    class Meta:
        # Of two votes at the same time, the database keeps one.
        constraints = [models.UniqueConstraint(fields=["poll", "person"], name="one_vote_a_person")]

    def __str__(self) -> str:
        return f"{self.person} voted in {self.poll}"
