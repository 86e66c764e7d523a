"""Try mail again that was given up or that waits."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from core.transactions import after_commit

from .models import KEEP_TRYING, Mail
from .tasks import deliver_mail


def mail_try_again(mails: QuerySet[Mail]) -> list[Mail]:
    """Send these mails now, and try them as long as new ones. Returns them, without those that were sent."""
    with transaction.atomic():
        unsent = list(mails.filter(sent_at__isnull=True).exclude(content=""))
        now = timezone.now()
        for mail in unsent:
            mail.given_up_at, mail.tries, mail.next_try_at, mail.try_until = None, 0, now, now + KEEP_TRYING
            mail.save(update_fields=["given_up_at", "tries", "next_try_at", "try_until"])
            after_commit(deliver_mail.delay, mail.pk)
    return unsent
