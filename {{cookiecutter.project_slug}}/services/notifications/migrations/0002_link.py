"""The path of the page that shows more is a link."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]

    operations = [migrations.RenameField("notification", "address", "link")]
