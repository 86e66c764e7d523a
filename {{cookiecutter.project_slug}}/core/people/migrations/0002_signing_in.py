"""Prepare people for sign-in: indexes on username and email, and a row of allauth for each email address."""

import django.db.models.functions.text
from django.db import migrations, models


def confirm_emails(apps, schema_editor):
    """Mark the email addresses of existing people as verified: an administrator entered them."""
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
        ("account", "0009_emailaddress_unique_primary_email"),  # also converts email addresses to lower case
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
