from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("core_people", "0006_labels"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="second_factor_allowed_until",
            field=models.DateTimeField(
                editable=False, null=True, verbose_name="may set up their first second factor until"
            ),
        ),
    ]
