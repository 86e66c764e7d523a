"""Labels that the admin shows in the language of the reader. The tables do not change."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("announcements", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="announcement",
            options={"ordering": ["-id"], "verbose_name": "announcement", "verbose_name_plural": "announcements"},
        ),
        migrations.AlterField(
            model_name="announcement",
            name="author",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="author",
            ),
        ),
        migrations.AlterField(
            model_name="announcement",
            name="cancelled_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="cancelled at"),
        ),
        migrations.AlterField(
            model_name="announcement",
            name="created_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="created at"),
        ),
        migrations.AlterField(
            model_name="announcement",
            name="expires_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="expires at"),
        ),
        migrations.AlterField(
            model_name="announcement",
            name="message_id",
            field=models.BigIntegerField(editable=False, null=True, verbose_name="message's id"),
        ),
        migrations.AlterField(
            model_name="announcement",
            name="send_at",
            field=models.DateTimeField(default=django.utils.timezone.now, verbose_name="to be sent at"),
        ),
        migrations.AlterField(
            model_name="announcement",
            name="sent_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="sent at"),
        ),
        migrations.AlterField(
            model_name="announcement",
            name="summary",
            field=models.CharField(editable=False, max_length=200, verbose_name="summary"),
        ),
        migrations.AlterField(
            model_name="announcement",
            name="text",
            field=models.TextField(max_length=10000, verbose_name="text"),
        ),
        migrations.AlterField(
            model_name="announcement",
            name="title",
            field=models.CharField(max_length=120, verbose_name="title"),
        ),
    ]
