"""What doctor says about notifications, in the line of the notification store."""

from datetime import timedelta
from itertools import islice

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.health.checks import Degraded

from . import inbox
from .models import Chunk, Message

SAMPLE = 20  # inboxes
LATE = timedelta(minutes=1)


def report() -> str:
    """Return how much memory an inbox takes. Raises Degraded while messages are late."""
    before = timezone.now() - LATE
    late = Chunk.objects.filter(done_at__isnull=True, message__created_at__lt=before)
    waiting = late.count() + Message.objects.filter(started_at__isnull=True, created_at__lt=before).count()
    if waiting:
        reason = late.exclude(error="").values_list("error", flat=True).first() or _("is a worker running?")
        raise Degraded(
            format_lazy(
                _("{waiting} parts of messages have waited for more than a minute: {reason}"),
                waiting=waiting,
                reason=reason,
            ),
            advice="notifications-late",
        )
    sizes = list(islice(map(inbox.size, inbox.existing()), SAMPLE))
    known = [size for size in sizes if size is not None]
    return f"{sum(known) // len(known)} bytes a person, of {len(known)} inboxes" if known else "no inboxes to measure"
