"""The figures of the overview: what waits, mail that failed, sign-ins and the disk.

They are computed once in 5 seconds for everyone who looks.
"""

import shutil
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Min, Q
from django.utils import timezone

from core.audit.events import Event
from core.audit.models import AuditEntry
from core.backups.models import Kind
from core.backups.selectors import backup_state
from core.health.queues import queues
from core.health.servers import certificate_days
from core.mail.models import FAILED, WAITING, Mail
from core.stores.cache import cached
from core.tasks import BULK
from services.notifications.models import Chunk

LIFETIME = timedelta(seconds=5)
CERTIFICATE_LIFETIME = timedelta(minutes=10)
ANSWER_SECONDS = 2.0  # for the message broker and the reverse proxy

REFUSED = (Event.SIGN_IN_FAILED, Event.SIGN_IN_LIMITED, Event.SECOND_FACTOR_FAILED)


def figures() -> dict[str, Any]:
    """Return all figures as JSON, at most 5 seconds old."""
    values: dict[str, Any] = cached("overview").get_or_compute("figures", compute, lifetime=LIFETIME)
    return values


def forget() -> None:
    """Compute the figures anew next time."""
    cached("overview").forget("figures")


def compute() -> dict[str, Any]:
    return {
        "queues": [*broker_queues(), notification_queue(), mail_queue()],
        "mail": mail_counts(),
        "sign_ins": sign_ins_today(),
        "disk": disk(),
        "backups": [backups(kind) for kind in Kind],
    }


def broker_queues() -> list[dict[str, Any]]:
    """Return the queues of tasks. Their counts are null while the broker does not answer."""
    if settings.CONFIGURATION.is_embedded("MESSAGE_BROKER_URL"):
        return []
    states = within(ANSWER_SECONDS, queues)
    waiting = {state.name.endswith(BULK): state.waiting for state in states or []}
    return [{"name": "tasks", "waiting": waiting.get(False)}, {"name": "bulk_tasks", "waiting": waiting.get(True)}]


def notification_queue() -> dict[str, Any]:
    waiting = Chunk.objects.filter(done_at__isnull=True).aggregate(
        number=Count("pk"), oldest=Min("message__created_at")
    )
    return queue("notifications", waiting)


def mail_queue() -> dict[str, Any]:
    return queue("mail", Mail.objects.filter(WAITING).aggregate(number=Count("pk"), oldest=Min("created_at")))


def queue(name: str, waiting: dict[str, Any]) -> dict[str, Any]:
    oldest: datetime | None = waiting["oldest"]
    return {"name": name, "waiting": waiting["number"], "oldest": oldest and oldest.isoformat()}


def mail_counts() -> dict[str, int]:
    day = timezone.now() - timedelta(days=1)
    return Mail.objects.aggregate(failed=Count("pk", filter=FAILED), sent=Count("pk", filter=Q(sent_at__gt=day)))


def sign_ins_today() -> dict[str, int]:
    """Count today's sign-ins, and the attempts that were refused, from the audit log."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return AuditEntry.objects.filter(at__gte=midnight).aggregate(
        accepted=Count("pk", filter=Q(event=Event.SIGNED_IN)), refused=Count("pk", filter=Q(event__in=REFUSED))
    )


def backups(kind: Kind) -> dict[str, Any]:
    state = backup_state(kind)
    last_good = state.last_good
    return {"kind": str(kind), "last_good": last_good and last_good.isoformat(), "failed": bool(state.failure)}


def disk() -> dict[str, int]:
    """Return the size of the disk that holds the uploads, and what is free, in bytes."""
    folder = next(path for path in (settings.MEDIA_ROOT, *settings.MEDIA_ROOT.parents) if path.exists())
    usage = shutil.disk_usage(folder)
    return {"total": usage.total, "free": usage.free}


def certificates() -> list[dict[str, Any]]:
    """Return each site's certificate with its days left; none outside containers and without TLS."""
    if not settings.CONFIGURATION.environment.in_containers or settings.PORTAL.tls == "none":
        return []

    def compute() -> dict[str, int]:
        return within(ANSWER_SECONDS, certificate_days) or {}

    days: dict[str, int] = cached("overview").get_or_compute("certificates", compute, lifetime=CERTIFICATE_LIFETIME)
    return [{"site": site, "days": left} for site, left in sorted(days.items(), key=lambda item: item[1])]


def within[T](seconds: float, call: Callable[[], T]) -> T | None:
    """Return the result of `call`, or None when it raises an error or has none after so many seconds."""
    results: list[T] = []

    def run() -> None:
        try:
            results.append(call())
        except Exception:
            return  # the monitor reports why

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    return results[0] if results else None
