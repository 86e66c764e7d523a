from datetime import timedelta

from django.utils import timezone

from core.periodic import periodic

from .models import AuditEntry, retention_days

BATCH = 10_000  # rows of a DELETE


@periodic(every=timedelta(hours=6))
def delete_old_entries() -> None:
    """Delete the entries that are older than the retention, a batch at a time. A second run changes nothing."""
    # A day more than the database requires, so that a difference between the clocks is no error.
    before = timezone.now() - timedelta(days=retention_days() + 1)
    while ids := list(AuditEntry.objects.filter(at__lt=before).order_by("at").values_list("pk", flat=True)[:BATCH]):
        AuditEntry.objects.filter(pk__in=ids).delete()
