"""Rename the privacy settings to `*_visible_to`, and the change `prolonged` of a role to `extended`."""

from django.db import migrations, models

PARTS = {"entry": "everyone", "photo": "everyone", "roles": "everyone", "email": "campus"}
TITLES = {"entry": "entry in the directory", "photo": "photo", "roles": "roles", "email": "email"}
VISIBILITY = [("everyone", "everyone who signed in"), ("campus", "people on the campus"), ("nobody", "nobody")]
KINDS = ["granted", "ended", "extended", "changed", "removed"]


def rename_kind(old: str, new: str):
    def rename(apps, schema_editor):
        apps.get_model("core_people", "RoleChange").objects.filter(kind=old).update(kind=new)

    return rename


class Migration(migrations.Migration):
    dependencies = [("core_people", "0004_directory")]

    operations = [
        *(
            operation
            for part, default in PARTS.items()
            for operation in (
                migrations.RenameField("person", f"{part}_shown_to", f"{part}_visible_to"),
                migrations.AlterField(
                    "person",
                    f"{part}_visible_to",
                    models.CharField(f"{TITLES[part]} visible to", choices=VISIBILITY, default=default, max_length=8),
                ),
            )
        ),
        migrations.AlterField(
            "rolechange", "kind", models.CharField(choices=[(kind, kind.capitalize()) for kind in KINDS], max_length=9)
        ),
        migrations.RunPython(rename_kind("prolonged", "extended"), rename_kind("extended", "prolonged")),
    ]
