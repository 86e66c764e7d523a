"""The audit log: for how long its entries are kept."""

# PostgreSQL lets nobody delete an entry that is younger: the trigger in core/audit/migrations/ has the same number. A
# new number needs a new migration.
AUDIT_RETENTION_DAYS = 365
