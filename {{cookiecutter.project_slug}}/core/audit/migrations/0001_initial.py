"""Create the audit log. On PostgreSQL, the database itself refuses to change it."""

import django.core.serializers.json
import django.db.models.functions.text
import django.utils.timezone
from django.db import migrations, models
from django.db.models import F

# As in config/settings/audit.py.
RETENTION_DAYS = 365

# The trigger binds every role, also the owner of the table, unless it changes the schema. The clock is the database's, and
# so is the time of a new entry: nobody writes one that is old enough to be deleted.
APPEND_ONLY = f"""
CREATE FUNCTION core_audit_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND OLD.at < now() - interval '{RETENTION_DAYS} days' THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'the audit log is append-only: entries never change, and are kept for {RETENTION_DAYS} days'
        USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE FUNCTION core_audit_own_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.at := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON core_audit_auditentry
    FOR EACH ROW EXECUTE FUNCTION core_audit_append_only();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON core_audit_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION core_audit_append_only();
CREATE TRIGGER own_time BEFORE INSERT ON core_audit_auditentry
    FOR EACH ROW EXECUTE FUNCTION core_audit_own_time();
"""

NOT_APPEND_ONLY = """
DROP TRIGGER own_time ON core_audit_auditentry;
DROP TRIGGER no_truncate ON core_audit_auditentry;
DROP TRIGGER append_only ON core_audit_auditentry;
DROP FUNCTION core_audit_own_time;
DROP FUNCTION core_audit_append_only;
"""


def protect(apps, schema_editor):
    """Add the triggers on PostgreSQL. SQLite serves development alone, and gets none."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(APPEND_ONLY)


def unprotect(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(NOT_APPEND_ONLY)


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="AuditEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="time")),
                ("event", models.CharField(max_length=40)),
                ("person_id", models.BigIntegerField(null=True, verbose_name="person's id")),
                ("person", models.CharField(blank=True, max_length=150)),
                ("by_id", models.BigIntegerField(null=True, verbose_name="id of who did it")),
                ("by", models.CharField(blank=True, max_length=150, verbose_name="done by")),
                ("ip_address", models.GenericIPAddressField(null=True, verbose_name="IP address")),
                ("request_id", models.CharField(blank=True, max_length=64, verbose_name="request")),
                ("site", models.CharField(blank=True, max_length=8)),
                ("details", models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder)),
            ],
            options={
                "verbose_name": "audit entry",
                "verbose_name_plural": "audit log",
                "ordering": ["-id"],
                "default_permissions": ["view"],
                "indexes": [
                    models.Index(fields=["at"], name="audit_at"),
                    models.Index(fields=["event", "-id"], name="audit_event"),
                    models.Index(django.db.models.functions.text.Upper("person"), F("id").desc(), name="audit_person"),
                    models.Index(django.db.models.functions.text.Upper("by"), F("id").desc(), name="audit_by"),
                    models.Index(fields=["ip_address", "-id"], name="audit_ip_address"),
                    models.Index(fields=["request_id"], name="audit_request"),
                ],
            },
        ),
        migrations.RunPython(protect, unprotect),
    ]
