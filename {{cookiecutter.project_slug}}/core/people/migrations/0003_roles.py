"""Add roles with their history, and privacy settings."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

# Periods of the same role of a person must not overlap. A period includes its first and its last day. Without a last
# day, it has no end.
EXCLUSION = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE core_people_role ADD CONSTRAINT role_overlap
    EXCLUDE USING gist (person_id WITH =, name WITH =, daterange(start, "end", '[]') WITH &&);
"""


def exclude_overlaps(apps, schema_editor):
    """Add the constraint on PostgreSQL, the only database that has exclusion constraints. The model checks it too."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(EXCLUSION)


def allow_overlaps(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE core_people_role DROP CONSTRAINT role_overlap")


class Migration(migrations.Migration):
    dependencies = [
        ("core_people", "0002_signing_in"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="email_shown_to",
            field=models.CharField(
                choices=[
                    ("everyone", "everyone who signed in"),
                    ("campus", "people on the campus"),
                    ("nobody", "nobody"),
                ],
                default="campus",
                max_length=8,
                verbose_name="e-mail shown to",
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="entry_shown_to",
            field=models.CharField(
                choices=[
                    ("everyone", "everyone who signed in"),
                    ("campus", "people on the campus"),
                    ("nobody", "nobody"),
                ],
                default="everyone",
                max_length=8,
                verbose_name="entry in the directory shown to",
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="photo",
            field=models.CharField(blank=True, editable=False, max_length=40),
        ),
        migrations.AddField(
            model_name="person",
            name="photo_shown_to",
            field=models.CharField(
                choices=[
                    ("everyone", "everyone who signed in"),
                    ("campus", "people on the campus"),
                    ("nobody", "nobody"),
                ],
                default="everyone",
                max_length=8,
                verbose_name="photo shown to",
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="roles_shown_to",
            field=models.CharField(
                choices=[
                    ("everyone", "everyone who signed in"),
                    ("campus", "people on the campus"),
                    ("nobody", "nobody"),
                ],
                default="everyone",
                max_length=8,
                verbose_name="roles shown to",
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="roles_version",
            field=models.PositiveBigIntegerField(default=0, editable=False),
        ),
        migrations.CreateModel(
            name="Role",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, verbose_name="role")),
                ("start", models.DateField(default=django.utils.timezone.localdate, verbose_name="first day")),
                (
                    "end",
                    models.DateField(
                        blank=True, help_text="Empty: until it is ended.", null=True, verbose_name="last day"
                    ),
                ),
                ("details", models.JSONField(blank=True, default=dict)),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="roles",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["start", "id"],
            },
        ),
        migrations.CreateModel(
            name="RoleChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("granted", "Granted"),
                            ("ended", "Ended"),
                            ("prolonged", "Prolonged"),
                            ("changed", "Changed"),
                            ("removed", "Removed"),
                        ],
                        max_length=9,
                    ),
                ),
                ("name", models.CharField(max_length=40, verbose_name="role")),
                ("start", models.DateField(verbose_name="first day")),
                ("end", models.DateField(null=True, verbose_name="last day")),
                ("why", models.CharField(blank=True, max_length=300)),
                ("at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="role_changes",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="changes",
                        to="core_people.role",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of a role",
                "verbose_name_plural": "changes of roles",
                "ordering": ["-id"],
            },
        ),
        migrations.AddIndex(
            model_name="role",
            index=models.Index(fields=["person", "end", "start"], name="role_of_person"),
        ),
        migrations.AddIndex(
            model_name="role",
            index=models.Index(fields=["name", "person"], name="role_by_name"),
        ),
        migrations.AddConstraint(
            model_name="role",
            constraint=models.CheckConstraint(
                condition=models.Q(("end__isnull", True), ("end__gte", models.F("start")), _connector="OR"),
                name="role_dates",
            ),
        ),
        migrations.AddIndex(
            model_name="rolechange",
            index=models.Index(fields=["person", "-id"], name="role_change_of_person"),
        ),
        migrations.RunPython(exclude_overlaps, allow_overlaps),
    ]
