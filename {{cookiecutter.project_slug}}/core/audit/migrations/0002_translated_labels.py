"""Labels that the admin shows in the language of the reader. The tables do not change."""

import django.core.serializers.json
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core_audit", "0001_initial"),
    ]

    operations = [
        migrations.AlterField(
            model_name="auditentry",
            name="details",
            field=models.JSONField(
                default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder, verbose_name="details"
            ),
        ),
        migrations.AlterField(
            model_name="auditentry",
            name="event",
            field=models.CharField(max_length=40, verbose_name="event"),
        ),
        migrations.AlterField(
            model_name="auditentry",
            name="person",
            field=models.CharField(blank=True, max_length=150, verbose_name="person"),
        ),
        migrations.AlterField(
            model_name="auditentry",
            name="site",
            field=models.CharField(blank=True, max_length=8, verbose_name="site"),
        ),
    ]
