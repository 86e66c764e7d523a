"""Labels that the admin shows in the language of the reader. The tables do not change."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0006_mail"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="chunk",
            options={"ordering": ["id"], "verbose_name": "chunk", "verbose_name_plural": "chunks"},
        ),
        migrations.AlterModelOptions(
            name="message",
            options={"ordering": ["-id"], "verbose_name": "message", "verbose_name_plural": "messages"},
        ),
        migrations.AlterField(
            model_name="chunk",
            name="done_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="delivered at"),
        ),
        migrations.AlterField(
            model_name="chunk",
            name="error",
            field=models.CharField(blank=True, editable=False, max_length=300, verbose_name="last error"),
        ),
        migrations.AlterField(
            model_name="chunk",
            name="first_person",
            field=models.BigIntegerField(verbose_name="first person"),
        ),
        migrations.AlterField(
            model_name="chunk",
            name="last_person",
            field=models.BigIntegerField(verbose_name="last person"),
        ),
        migrations.AlterField(
            model_name="chunk",
            name="message",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="chunks",
                to="notifications.message",
                verbose_name="message",
            ),
        ),
        migrations.AlterField(
            model_name="chunk",
            name="sent_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="sent at"),
        ),
        migrations.AlterField(
            model_name="chunk",
            name="tries",
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name="attempts"),
        ),
        migrations.AlterField(
            model_name="message",
            name="app",
            field=models.CharField(max_length=40, verbose_name="app"),
        ),
        migrations.AlterField(
            model_name="message",
            name="audience",
            field=models.JSONField(null=True, verbose_name="audience"),
        ),
        migrations.AlterField(
            model_name="message",
            name="created_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="created at"),
        ),
        migrations.AlterField(
            model_name="message",
            name="key",
            field=models.CharField(blank=True, max_length=200, verbose_name="key"),
        ),
        migrations.AlterField(
            model_name="message",
            name="kind",
            field=models.CharField(max_length=40, verbose_name="kind"),
        ),
        migrations.AlterField(
            model_name="message",
            name="link",
            field=models.CharField(
                blank=True, help_text="A path of the portal that shows more.", max_length=300, verbose_name="link"
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="params",
            field=models.JSONField(default=dict, verbose_name="parameters"),
        ),
        migrations.AlterField(
            model_name="message",
            name="sent_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="sent at"),
        ),
        migrations.AlterField(
            model_name="message",
            name="started_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="started at"),
        ),
    ]
