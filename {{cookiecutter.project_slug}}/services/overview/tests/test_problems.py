"""Maintainers get a mail for each problem of the stack, once a day, and none when nothing is wrong."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.utils import timezone

from core.backups.models import BackupRun, Kind
from core.mail.models import Mail
from core.stores.session_store import session_store
from services.overview import problems
from services.overview.tasks import mail_problems

PLENTY = {"total": 100_000_000_000, "free": 50_000_000_000}
KEYS = ("backup", "old-backup", "drill", "disk", "certificate-internet", "certificate-intranet")


@pytest.fixture(autouse=True)
def in_containers(db, monkeypatch, tmp_path, settings):
    """Act as in containers, with room on the disk, no certificate of its own, and no mail sent today."""
    environment = SimpleNamespace(in_containers=True, backup_at="02:30")
    monkeypatch.setattr(problems.settings, "CONFIGURATION", SimpleNamespace(environment=environment))
    monkeypatch.setattr(problems, "disk", lambda: PLENTY)
    monkeypatch.setattr(problems, "CERTIFICATES", tmp_path)
    for key in KEYS:
        session_store("overview").delete(f"mailed:{key}")
    return tmp_path


def run(kind: Kind, *, is_good: bool, detail: str = "", days: float = 0) -> None:
    BackupRun.objects.create(
        kind=kind, is_good=is_good, detail=detail, finished_at=timezone.now() - timedelta(days=days)
    )


def subjects() -> list[str]:
    mail_problems()
    return [mail.subject.partition(": ")[2] for mail in Mail.objects.order_by("id")]


def test_nothing_is_wrong():
    run(Kind.BACKUP, is_good=False, days=1)
    run(Kind.BACKUP, is_good=True)
    run(Kind.DRILL, is_good=True)
    assert subjects() == []


def test_a_backup_and_a_drill_that_failed_are_one_mail_each_a_day(settings):
    run(Kind.BACKUP, is_good=False, detail="the repository /backups has another password")
    run(Kind.DRILL, is_good=False, detail="pg_restore failed")
    expected = ["A backup failed", "A backup could not be restored in a drill"]
    assert subjects() == expected
    assert subjects() == expected
    mail = Mail.objects.earliest("id")
    assert mail.recipient == settings.PORTAL.maintainers.email
    assert mail.subject.startswith(f"{settings.PORTAL.name}: ")


def test_a_backup_that_is_older_than_two_days():
    run(Kind.BACKUP, is_good=True, days=2.1)
    assert subjects() == ["There is no new backup"]


def test_no_backup_is_overdue_when_none_is_made_by_itself():
    problems.settings.CONFIGURATION.environment.backup_at = "never"
    run(Kind.BACKUP, is_good=True, days=200)
    assert subjects() == []


def test_a_disk_that_fills(monkeypatch):
    run(Kind.BACKUP, is_good=True)
    monkeypatch.setattr(problems, "disk", lambda: PLENTY | {"free": 9_000_000_000})
    assert subjects() == ["The disk is almost full"]


@pytest.mark.parametrize(("days", "expected"), [(29, ["A certificate ends soon"]), (31, [])])
def test_a_certificate_that_ends_within_30_days(in_containers, days, expected):
    run(Kind.BACKUP, is_good=True)
    (in_containers / "internet.crt").write_bytes(certificate(days))
    (in_containers / "intranet.crt").write_bytes(b"")
    assert subjects() == expected


def certificate(days: int) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "portal.example.edu")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - timedelta(days=1))
    signed = builder.not_valid_after(now + timedelta(days=days, hours=1)).sign(key, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM)
