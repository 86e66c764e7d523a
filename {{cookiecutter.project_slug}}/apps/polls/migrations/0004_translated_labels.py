"""Labels that the admin shows in the language of the reader. The tables do not change."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("polls", "0003_results_after_vote"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="choice",
            options={"ordering": ["id"], "verbose_name": "choice", "verbose_name_plural": "choices"},
        ),
        migrations.AlterModelOptions(
            name="poll",
            options={"ordering": ["-id"], "verbose_name": "poll", "verbose_name_plural": "polls"},
        ),
        migrations.AlterField(
            model_name="choice",
            name="poll",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="choices",
                to="polls.poll",
                verbose_name="poll",
            ),
        ),
        migrations.AlterField(
            model_name="choice",
            name="text",
            field=models.CharField(max_length=100, verbose_name="text"),
        ),
        migrations.AlterField(
            model_name="poll",
            name="author",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="polls",
                to=settings.AUTH_USER_MODEL,
                verbose_name="author",
            ),
        ),
        migrations.AlterField(
            model_name="poll",
            name="closed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name="closed at"),
        ),
        migrations.AlterField(
            model_name="poll",
            name="closes_at",
            field=models.DateTimeField(verbose_name="closes at"),
        ),
        migrations.AlterField(
            model_name="poll",
            name="created_at",
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name="created at"),
        ),
        migrations.AlterField(
            model_name="poll",
            name="question",
            field=models.CharField(max_length=200, verbose_name="question"),
        ),
        migrations.AlterField(
            model_name="poll",
            name="results_after_vote",
            field=models.BooleanField(db_default=False, default=False, verbose_name="results after voting"),
        ),
        migrations.AlterField(
            model_name="poll",
            name="version",
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name="version"),
        ),
        migrations.AlterField(
            model_name="poll",
            name="votes_can_change",
            field=models.BooleanField(db_default=True, default=True, verbose_name="votes can change"),
        ),
    ]
