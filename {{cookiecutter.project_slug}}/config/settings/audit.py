"""The audit log: for how long its entries are kept."""

# PostgreSQL lets nobody delete an entry that is younger: the trigger in core/audit/migrations/ has the same number. A
# new number needs a new migration.
AUDIT_RETENTION_DAYS = 365

# The periodic task that deletes older entries, for the scheduler.
DELETE_OLD_ENTRIES = {"task": "core.audit.tasks.delete_old_entries", "schedule": 6 * 3600.0}  # seconds
