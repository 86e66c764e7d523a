"""Problems that a maintainer should hear of without looking at the overview: each is a mail, at most once a day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from django.conf import settings
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _

from core.backups.models import Kind
from core.backups.selectors import backup_state

from .figures import disk

OLDEST_BACKUP = timedelta(days=2)
LEAST_FREE = 0.1  # of the disk
CERTIFICATE_DAYS = 30
CERTIFICATES = Path("/run/certificates")  # those of `tls: own-certificate`; the portal renews its own


@dataclass(frozen=True, slots=True)
class StackProblem:
    key: str  # the same each time that the problem is found
    subject: str
    text: str


def stack_problems() -> Iterator[StackProblem]:
    """Yield what is wrong now, in the language that is active."""
    if settings.CONFIGURATION.environment.in_containers:
        yield from backup_problems()
        yield from certificate_problems()
    usage = disk()
    if usage["free"] < usage["total"] * LEAST_FREE:
        gigabytes = f"{usage['free'] / 1e9:.1f}"
        yield StackProblem(
            "disk",
            _("The disk is almost full"),
            _("Only {gigabytes} GB are free. The portal cannot save anything once it is full: make room.").format(
                gigabytes=gigabytes
            ),
        )


def backup_problems() -> Iterator[StackProblem]:
    backup, drill = backup_state(Kind.BACKUP), backup_state(Kind.DRILL)
    if backup.failure:
        yield StackProblem("backup", _("A backup failed"), backup.failure)
    elif is_too_old(backup.last_good):
        yield StackProblem(
            "old-backup",
            _("There is no new backup"),
            _("The last good backup is older than two days. docker compose logs backup shows the cause."),
        )
    if drill.failure:
        yield StackProblem("drill", _("A backup could not be restored in a drill"), drill.failure)


def is_too_old(last_good: datetime | None) -> bool:
    """Return whether a backup is overdue. A new portal has two days for its first one."""
    if settings.CONFIGURATION.environment.backup_at.strip() == "never":
        return False
    since = last_good or MigrationRecorder.Migration.objects.aggregate(first=Min("applied"))["first"]
    return bool(since and timezone.now() - since > OLDEST_BACKUP)


def certificate_problems() -> Iterator[StackProblem]:
    for site in ("internet", "intranet"):
        days = days_of_certificate(CERTIFICATES / f"{site}.crt")
        if days is not None and days < CERTIFICATE_DAYS:
            yield StackProblem(
                f"certificate-{site}",
                _("A certificate ends soon"),
                _(
                    "The certificate of the site {site} ends in {days} days. Renew it, then run make certificate."
                ).format(site=site, days=days),
            )


def days_of_certificate(path: Path) -> int | None:
    """Return for how many days the first certificate of a PEM file is valid; None without one."""
    try:
        certificate = x509.load_pem_x509_certificates(path.read_bytes())[0]
    except (OSError, ValueError, IndexError):
        return None
    return (certificate.not_valid_after_utc - datetime.now(UTC)).days
