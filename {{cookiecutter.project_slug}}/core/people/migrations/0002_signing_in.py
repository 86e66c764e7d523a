"""What signing in needs of people: quick look-ups of what was typed, and allauth's row for each e-mail."""

import django.db.models.functions.text
from django.db import migrations, models


def confirm_emails(apps, schema_editor):
    """Those who were made before there was such a table had their e-mail from whoever made them."""
    person_model = apps.get_model("core_people", "Person")
    address_model = apps.get_model("account", "EmailAddress")
    known = address_model.objects.values("user_id")
    people = person_model.objects.exclude(email="").exclude(pk__in=known)
    address_model.objects.bulk_create(
        (
            address_model(user_id=person.pk, email=person.email.lower(), primary=True, verified=True)
            for person in people.iterator()
        ),
        batch_size=1000,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("account", "0009_emailaddress_unique_primary_email"),  # which also puts people's e-mails into lower case
        ("core_people", "0001_initial"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="person",
            index=models.Index(django.db.models.functions.text.Upper("username"), name="person_username"),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(models.F("email"), name="person_email"),
        ),
        migrations.RunPython(confirm_emails, migrations.RunPython.noop, elidable=True),
    ]
