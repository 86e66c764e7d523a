"""The entries of the audit log about roles."""

from core.audit.models import AuditEntry
from core.audit.recording import HasName, make_entry

from .models import RoleChange


def entry_of_change(change: RoleChange, person: HasName) -> AuditEntry:
    """Return an unsaved entry about a change of a role of `person`."""
    return make_entry(
        f"role_{change.kind}",
        person=person,
        by=change.by,
        role=change.name,
        start=str(change.start),
        end=change.end and str(change.end),
        why=change.why,
    )
