"""Delete the table whose rows 0004 copied. A migration of its own: PostgreSQL drops no table that has checks to do."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("notifications", "0004_notifications_to_messages")]

    operations = [migrations.DeleteModel("Notification")]
