from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core_people", "0007_second_factor_allowed"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="language",
            field=models.CharField(blank=True, max_length=20, verbose_name="language"),
        ),
    ]
