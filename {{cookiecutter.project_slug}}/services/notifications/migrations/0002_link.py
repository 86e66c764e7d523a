"""Rename the path of a notification's page to `link`."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]

    operations = [migrations.RenameField("notification", "address", "link")]
