"""Messages, the people that each is for, and the chunks of people that the worker delivers it to."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services.notifications.rendering import Content, render

CHUNK_PEOPLE = 1000
LAST_PERSON = 2**63 - 1  # no person has a higher id


class Message(models.Model):
    """One message, for one person or for many. The row is its own outbox: it is sent again until it is delivered.

    `params` fill the templates of the kind, which the app's manifest declares. `key` is empty for a message without
    one. `audience` is None for a message to named people; for an audience it has the `roles`, and the recipients are
    found when the fan-out begins. `sent_at` is when the worker was last asked to divide the recipients into chunks,
    and `started_at` when all chunks existed.
    """

    app = models.CharField(_("app"), max_length=40)
    kind = models.CharField(_("kind"), max_length=40)
    params = models.JSONField(_("parameters"), default=dict)
    link = models.CharField(_("link"), max_length=300, blank=True, help_text=_("A path of the portal that shows more."))
    key = models.CharField(_("key"), max_length=200, blank=True)
    audience = models.JSONField(_("audience"), null=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now, editable=False)
    started_at = models.DateTimeField(_("started at"), null=True, editable=False)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["created_at"], name="message_created"),
            models.Index(fields=["sent_at"], name="message_not_started", condition=Q(started_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.app}.{self.kind} {self.pk}"

    @property
    def content(self) -> Content:
        """What the store keeps of the message, and what the texts are made from."""
        return Content(self.app, self.kind, self.params, self.link, self.created_at)

    @property
    def title(self) -> str:
        """The title in the portal's language."""
        return render(self.content, settings.LANGUAGE_CODE)[0]

    @property
    def body(self) -> str:
        """The body in the portal's language."""
        return render(self.content, settings.LANGUAGE_CODE)[1]


class Recipient(models.Model):
    """That a message is for a person, and what the person did with it.

    The first columns of the primary key find the messages of a person, newest first, and the index finds the people of
    a message. `key` identifies the app, the kind and the key of the message. `is_hidden` messages are not in the inbox:
    the person deleted them, or turned the inbox off for this kind.

    The columns have no constraint in the database, whose check would take longer than the rest of the statement that
    inserts the rows. A row without its person or its message is never read, and is deleted with the old messages.
    """

    pk = models.CompositePrimaryKey("person_id", "message_id")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="recipients", db_index=False, db_constraint=False
    )
    key = models.UUIDField(null=True, editable=False)
    read_at = models.DateTimeField(null=True, editable=False)
    is_hidden = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["message", "person"], name="recipient_of_message")]
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="recipient_key", condition=Q(key__isnull=False))
        ]

    def __str__(self) -> str:
        return f"message {self.message_id} for person {self.person_id}"


class Chunk(models.Model):
    """At most CHUNK_PEOPLE recipients of a message: those with an id from `first_person` to `last_person`.

    `sent_at` is when the worker was last asked to deliver it, `done_at` when it had. `tries` counts the failures, and
    `error` is the last one.
    """

    message = models.ForeignKey(
        Message, verbose_name=_("message"), on_delete=models.CASCADE, related_name="chunks", db_index=False
    )
    first_person = models.BigIntegerField(_("first person"))
    last_person = models.BigIntegerField(_("last person"))
    sent_at = models.DateTimeField(_("sent at"), default=timezone.now, editable=False)
    done_at = models.DateTimeField(_("delivered at"), null=True, editable=False)
    tries = models.PositiveIntegerField(_("attempts"), default=0, editable=False)
    error = models.CharField(_("last error"), max_length=300, blank=True, editable=False)

    class Meta:
        verbose_name = _("chunk")
        verbose_name_plural = _("chunks")
        ordering = ["id"]
        indexes = [models.Index(fields=["sent_at"], name="chunk_not_done", condition=Q(done_at__isnull=True))]
        constraints = [
            models.UniqueConstraint(fields=["message", "first_person"], name="chunk_of_message"),
            models.CheckConstraint(name="chunk_people", condition=Q(last_person__gte=F("first_person"))),
        ]

    def __str__(self) -> str:
        return f"people {self.first_person} to {self.last_person} of message {self.message_id}"
