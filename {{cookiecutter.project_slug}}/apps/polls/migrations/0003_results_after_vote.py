from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("polls", "0002_closing"),
    ]

    operations = [
        migrations.AddField(
            model_name="poll",
            name="results_after_vote",
            # The database fills it for servers of the version before, which do not know the column.
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
