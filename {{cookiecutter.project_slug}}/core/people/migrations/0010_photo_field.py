"""The photo is a field of core.files. The column stays as it is."""

from django.db import migrations

import core.files.fields


class Migration(migrations.Migration):
    dependencies = [
        ("core_people", "0009_translated_labels"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AlterField(
                    model_name="person",
                    name="photo",
                    field=core.files.fields.ProtectedImageField(
                        blank=True,
                        crop=True,
                        editable=False,
                        folder="photos",
                        max_length=40,
                        route="accounts:photo",
                        sizes={"small": 96, "large": 384},
                        verbose_name="photo",
                    ),
                ),
            ]
        ),
    ]
