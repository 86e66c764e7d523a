"""Records events in the audit log.

    record(Event.PASSWORD_CHANGED, person=person, by=request.user)

An entry is written in the caller's transaction, so that it exists if and only if the change does. An error is raised:
what cannot be recorded does not happen. The log line follows the commit.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any, Protocol

import structlog
from django.conf import settings
from django.db import transaction

from core.http.clients import UNKNOWN
from core.stores.session_store import session_store

from .events import Event
from .models import MAX_NAME, AuditEntry

logger = structlog.get_logger("portal.audit")

MAX_TEXT = 300  # characters of a text in the details
BATCH = 1000  # rows of an INSERT

# Failures that anybody can cause. Beyond this number in an hour, they are only in the log.
MOST_FAILURES = 10_000
HOUR = timedelta(hours=1)


class HasName(Protocol):
    """A Person. The models of people import this module, so this module must not import them."""

    pk: Any

    def get_username(self) -> str: ...


def record(event: str, *, person: HasName | None = None, by: Any = None, **details: Any) -> None:
    """Write an entry: `event` happened to `person`, and `by` did it; without `by`, a visitor or a command.

    The IP address and the id of the request are those of the current request. Details are JSON, without secrets:
    texts are cut to 300 characters.
    """
    record_entry(make_entry(event, person=person, by=by, **details))


def record_entry(entry: AuditEntry) -> None:
    """Write an entry of `make_entry` in the caller's transaction, and log it after the commit."""
    entry.save(force_insert=True)
    transaction.on_commit(lambda: log(entry))


def record_failure(event: str, *, person: HasName | None = None, by: Any = None, **details: Any) -> None:
    """Write an entry about a failure that anybody can cause, at most 10,000 in an hour. The log has all of them."""
    count = session_store("core").count("audit:failures", lifetime=HOUR)
    if count == MOST_FAILURES + 1:
        record(Event.FAILURES_OMITTED, after=MOST_FAILURES)
    if count > MOST_FAILURES:
        log(make_entry(event, person=person, by=by, **details))
    else:
        record(event, person=person, by=by, **details)


def record_many(entries: Iterable[AuditEntry]) -> None:
    """Write many entries of `make_entry` with few statements, and without a log line for each."""
    AuditEntry.objects.bulk_create(entries, batch_size=BATCH)


def make_entry(event: str, *, person: HasName | None = None, by: Any = None, **details: Any) -> AuditEntry:
    """Return an unsaved entry, with the IP address and the id of the current request."""
    context = structlog.contextvars.get_contextvars()
    ip_address = context.get("ip_address")
    if by is not None and by.pk is None:
        by = None  # an anonymous visitor
    return AuditEntry(
        event=str(event),
        person_id=person.pk if person else None,
        person=name_of(person),
        by_id=by.pk if by else None,
        by=name_of(by),
        ip_address=None if ip_address == UNKNOWN else ip_address,
        request_id=context.get("request_id", ""),
        site=settings.SITE or "",
        details={name: value[:MAX_TEXT] if isinstance(value, str) else value for name, value in details.items()},
    )


def name_of(person: HasName | None) -> str:
    return person.get_username()[:MAX_NAME] if person else ""


def log(entry: AuditEntry) -> None:
    """Log an entry in one line. docs/reference/audit-log.md describes its fields."""
    logger.info(
        "audit",
        action=str(entry.event),
        person_id=entry.person_id,
        person=entry.person,
        by_id=entry.by_id,
        by=entry.by,
        ip_address=entry.ip_address or UNKNOWN,
        request_id=entry.request_id,
        site=entry.site,
        details=entry.details,
    )
