"""Labels that the admin shows in the language of the reader. The tables do not change."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core_people", "0008_language"),
    ]

    operations = [
        migrations.AlterField(
            model_name="person",
            name="roles_version",
            field=models.PositiveBigIntegerField(default=0, editable=False, verbose_name="version of the roles"),
        ),
        migrations.AlterModelOptions(
            name="role",
            options={"ordering": ["start", "id"], "verbose_name": "role", "verbose_name_plural": "roles"},
        ),
        migrations.AlterField(
            model_name="person",
            name="photo",
            field=models.CharField(blank=True, editable=False, max_length=40, verbose_name="photo"),
        ),
        migrations.AlterField(
            model_name="role",
            name="details",
            field=models.JSONField(blank=True, default=dict, verbose_name="details"),
        ),
        migrations.AlterField(
            model_name="role",
            name="person",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="roles",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        migrations.AlterField(
            model_name="rolechange",
            name="kind",
            field=models.CharField(
                choices=[
                    ("granted", "granted"),
                    ("ended", "ended"),
                    ("extended", "extended"),
                    ("changed", "changed"),
                    ("removed", "removed"),
                ],
                max_length=9,
                verbose_name="change",
            ),
        ),
        migrations.AlterField(
            model_name="rolechange",
            name="person",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="role_changes",
                to=settings.AUTH_USER_MODEL,
                verbose_name="person",
            ),
        ),
        migrations.AlterField(
            model_name="rolechange",
            name="role",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="changes",
                to="core_people.role",
                verbose_name="role",
            ),
        ),
    ]
