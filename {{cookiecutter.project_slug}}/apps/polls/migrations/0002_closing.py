from django.db import migrations, models
from django.db.models import F, Q
from django.utils import timezone


def finish_closed_polls(apps, schema_editor):
    """Record that polls that closed before this version are finished, so that nobody is notified of them again."""
    apps.get_model("polls", "Poll").objects.filter(closes_at__lte=timezone.now()).update(closed_at=F("closes_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("polls", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="poll",
            name="closed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="poll",
            name="votes_can_change",
            # The database fills it for servers of the version before, which do not know the column.
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.AddIndex(
            model_name="poll",
            index=models.Index(fields=["closes_at", "id"], name="polls_by_end"),
        ),
        migrations.AddIndex(
            model_name="poll",
            index=models.Index(condition=Q(closed_at=None), fields=["closes_at"], name="polls_to_close"),
        ),
        migrations.RunPython(finish_closed_polls, migrations.RunPython.noop, elidable=True),
    ]
