"""The table of mail: each row is one mail to one address, written in the transaction of what it is about."""

import json
from datetime import datetime, timedelta
from email.utils import make_msgid, parseaddr
from typing import Any, Self, TypedDict

from django.core.mail import EmailMessage
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.encryption import decrypt, encrypt

from .message import MessageWithUrls

# The task that follows the commit sends a new mail. After this time, the periodic task sends it.
FIRST_WAIT = timedelta(seconds=30)
# For how long a mail is tried. RFC 5321, 4.5.4.1: "generally at least 4-5 days".
KEEP_TRYING = timedelta(days=5)

MAX_ADDRESS = 320  # characters
MAX_SUBJECT = 300
MAX_ERROR = 300
MAX_CONTENT = 256 * 1024  # bytes of text, HTML and headers together

WAITING = Q(sent_at__isnull=True, given_up_at__isnull=True)
FAILED = Q(given_up_at__isnull=False)


class Content(TypedDict):
    """What is encrypted. `html` is empty for a mail of plain text."""

    text: str
    html: str
    headers: dict[str, str]


class MailQuerySet(models.QuerySet["Mail"]):
    def waiting(self) -> Self:
        return self.filter(WAITING)

    def failed(self) -> Self:
        return self.filter(FAILED)


class Mail(models.Model):
    """A mail that waits, was sent, or was given up.

    `content` is encrypted, because links in it work like passwords, and is erased once the mail was sent.
    """

    recipient = models.CharField(_("recipient"), max_length=MAX_ADDRESS)
    sender = models.CharField(_("sender"), max_length=MAX_ADDRESS)
    subject = models.CharField(_("subject"), max_length=MAX_SUBJECT)
    content = models.TextField(_("content"), blank=True, editable=False)
    # Each copy has the same one, so that mailboxes show a mail that was sent twice once.
    message_id = models.CharField(_("Message-ID"), max_length=255, unique=True, editable=False)
    is_bulk = models.BooleanField(_("bulk mail"), default=False, help_text=_("Sent after all other mail."))
    is_urgent = models.BooleanField(
        _("urgent"), default=False, db_default=False, help_text=_("Sent before other bulk mail.")
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    next_try_at = models.DateTimeField(_("next attempt"), editable=False)
    try_until = models.DateTimeField(_("tried until"), editable=False)
    tries = models.PositiveIntegerField(_("attempts"), default=0, editable=False)
    error = models.CharField(_("last error"), max_length=MAX_ERROR, blank=True, editable=False)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True, editable=False)
    given_up_at = models.DateTimeField(_("given up at"), null=True, blank=True, editable=False)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mail")
        ordering = ["-id"]
        default_permissions = ["view", "change", "delete"]
        indexes = [
            models.Index(fields=["is_bulk", "-is_urgent", "next_try_at"], name="mail_waiting", condition=WAITING),
            models.Index(fields=["given_up_at"], name="mail_failed", condition=FAILED),
            models.Index(fields=["sent_at"], name="mail_sent"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} → {self.recipient}"

    @classmethod
    def of(
        cls,
        message: EmailMessage,
        recipient: str,
        *,
        is_bulk: bool = False,
        is_urgent: bool = False,
        now: datetime | None = None,
    ) -> Self:
        """Return a row, not yet saved, for a copy of `message` to `recipient`.

        Raises ValueError for what a row does not hold: attachments, cc and bcc, other alternatives than HTML, and more
        than MAX_CONTENT.
        """
        created_at = now or timezone.now()
        if (size := size_of(message)) > MAX_CONTENT:
            raise ValueError(f"a mail of {size} bytes: at most {MAX_CONTENT} are allowed")
        domain = parseaddr(message.from_email)[1].rpartition("@")[2]
        return cls(
            recipient=recipient,
            sender=message.from_email,
            subject=str(message.subject)[:MAX_SUBJECT],
            content=encrypt(json.dumps(content_of(message)), purpose="mail"),
            # With the sender's domain: the host's own name would be looked up, and tells nobody anything.
            message_id=make_msgid(domain=domain if domain.isascii() else "localhost"),
            is_bulk=is_bulk,
            is_urgent=is_urgent,
            created_at=created_at,
            next_try_at=created_at if is_bulk else created_at + FIRST_WAIT,
            try_until=created_at + KEEP_TRYING,
        )

    def message(self) -> EmailMessage:
        """Return the mail as Django sends it. Raises NoKeyDecrypts."""
        content: Content = json.loads(decrypt(self.content, purpose="mail"))
        message = MessageWithUrls(
            self.subject,
            content["text"],
            self.sender,
            [self.recipient],
            headers={"Message-ID": self.message_id, **content["headers"]},
        )
        if content["html"]:
            message.attach_alternative(content["html"], "text/html")
        return message


def content_of(message: EmailMessage) -> Content:
    """Return the part of `message` that is encrypted. Raises ValueError for what a row does not hold."""
    alternatives: list[Any] = list(getattr(message, "alternatives", []))
    if message.attachments or message.cc or message.bcc or message.content_subtype != "plain":
        raise ValueError("a mail with attachments, cc or bcc, or whose body is not plain text, cannot be sent later")
    if len(alternatives) > 1 or any(kind != "text/html" for _, kind in alternatives):
        raise ValueError("a mail sent later has at most one alternative, which is text/html")
    headers = {name: str(value) for name, value in message.extra_headers.items()}
    if message.reply_to:
        headers["Reply-To"] = ", ".join(message.reply_to)
    html = str(alternatives[0][0]) if alternatives else ""
    return {"text": str(message.body), "html": html, "headers": headers}


def size_of(message: EmailMessage) -> int:
    """Return how many bytes the content of `message` takes before it is encrypted. Raises as `Mail.of` does."""
    return len(json.dumps(content_of(message)))  # ASCII


def waits_too_many(most: int) -> bool:
    """Return whether `most` mails, or more, wait that are not bulk mail. One query, which stops counting there."""
    waiting = Mail.objects.waiting().filter(is_bulk=False).order_by()
    return len(waiting.values_list("pk")[:most]) >= most


def reencrypt_mail() -> int:
    """Encrypt the mail that waits or was given up with the first key. Returns the number of rows."""
    count = 0
    for mail in Mail.objects.exclude(content="").only("pk", "content").iterator():
        # A mail that was sent meanwhile stays erased.
        count += Mail.objects.filter(pk=mail.pk, content=mail.content).update(
            content=encrypt(decrypt(mail.content, purpose="mail"), purpose="mail")
        )
    return count
