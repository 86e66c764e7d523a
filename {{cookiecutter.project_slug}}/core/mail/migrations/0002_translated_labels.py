"""Labels that the admin shows in the language of the reader. The tables do not change."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core_mail", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="mail",
            name="content",
            field=models.TextField(blank=True, editable=False, verbose_name="content"),
        ),
        migrations.AlterField(
            model_name="mail",
            name="created_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="created at"),
        ),
        migrations.AlterField(
            model_name="mail",
            name="given_up_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="given up at"),
        ),
        migrations.AlterField(
            model_name="mail",
            name="recipient",
            field=models.CharField(max_length=320, verbose_name="recipient"),
        ),
        migrations.AlterField(
            model_name="mail",
            name="sender",
            field=models.CharField(max_length=320, verbose_name="sender"),
        ),
        migrations.AlterField(
            model_name="mail",
            name="sent_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="sent at"),
        ),
        migrations.AlterField(
            model_name="mail",
            name="subject",
            field=models.CharField(max_length=300, verbose_name="subject"),
        ),
        migrations.AlterField(
            model_name="mail",
            name="try_until",
            field=models.DateTimeField(editable=False, verbose_name="tried until"),
        ),
    ]
