"""Which messages are still to be mailed to whom, and when each person's next mail is due."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from .message import Message


class MailItem(models.Model):
    """That a message is to be mailed to a person. The row is deleted in the transaction that writes the mail.

    The columns have no constraint in the database, as those of `Recipient`: a row without its person or its message is
    deleted when its mail is due.
    """

    pk = models.CompositePrimaryKey("person_id", "message_id")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    message = models.ForeignKey(
        Message, on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    is_urgent = models.BooleanField()

    class Meta:
        indexes = [models.Index(fields=["message"], name="mail_item_urgent", condition=Q(is_urgent=True))]

    def __str__(self) -> str:
        return f"message {self.message_id} by mail to person {self.person_id}"


class MailDigest(models.Model):
    """That a person gets one mail, about all messages that are not urgent, at `due_at`.

    The row is locked while an item of the person is added, and while the mail is composed. So no item is left out, and
    two workers never write a mail for one person.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", primary_key=True, db_constraint=False
    )
    due_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="mail_digest_due")]

    def __str__(self) -> str:
        return f"mail to person {self.person_id} at {self.due_at}"
