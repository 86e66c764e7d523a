from django.conf import settings
from django.db import models
from django.utils import timezone


class Poll(models.Model):
    """A question with choices, open until it closes."""

    question = models.CharField(max_length=200)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="polls")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    closes_at = models.DateTimeField()
    # Raised with every vote. It is part of the key of cached results, so old results are never read.
    version = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.question

    @property
    def is_open(self) -> bool:
        return timezone.now() < self.closes_at


class Choice(models.Model):
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="choices")
    text = models.CharField(max_length=100)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["poll", "text"], name="choice_once_in_a_poll")]

    def __str__(self) -> str:
        return self.text


class Vote(models.Model):
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="votes")
    choice = models.ForeignKey(Choice, on_delete=models.CASCADE, related_name="votes")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="votes")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "person"], name="one_vote_a_person")]

    def __str__(self) -> str:
        return f"{self.person} voted in {self.poll}"
