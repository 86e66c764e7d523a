import django.utils.timezone
from django.db import migrations, models

# The service `backup` adds the rows. infrastructure/postgres/10-portal.sh grants the same in a database whose role is newer
# than this table.
GRANT = """
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'portal_backup') THEN
        GRANT INSERT ON core_backups_backuprun TO portal_backup;
    END IF;
END $$
"""


def let_backups_add_rows(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(GRANT)


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="BackupRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("backup", "backup"), ("drill", "drill")], max_length=10, verbose_name="kind"
                    ),
                ),
                ("finished_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="finished at")),
                ("is_good", models.BooleanField(verbose_name="good")),
                (
                    "detail",
                    models.CharField(
                        blank=True, help_text="Figures, or why it failed.", max_length=2000, verbose_name="detail"
                    ),
                ),
            ],
            options={
                "verbose_name": "backup run",
                "verbose_name_plural": "backup runs",
                "ordering": ["-finished_at"],
                "default_permissions": ["view"],
                "indexes": [models.Index(fields=["kind", "-finished_at"], name="backup_run_newest")],
            },
        ),
        migrations.RunPython(let_backups_add_rows, migrations.RunPython.noop, elidable=False),
    ]
