import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Mail",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("recipient", models.CharField(max_length=320)),
                ("sender", models.CharField(max_length=320)),
                ("subject", models.CharField(max_length=300)),
                ("content", models.TextField(blank=True, editable=False)),
                (
                    "message_id",
                    models.CharField(editable=False, max_length=255, unique=True, verbose_name="Message-ID"),
                ),
                (
                    "is_bulk",
                    models.BooleanField(
                        default=False, help_text="Sent after all other mail.", verbose_name="bulk mail"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ("next_try_at", models.DateTimeField(editable=False, verbose_name="next attempt")),
                ("try_until", models.DateTimeField(editable=False)),
                ("tries", models.PositiveIntegerField(default=0, editable=False, verbose_name="attempts")),
                ("error", models.CharField(blank=True, editable=False, max_length=300, verbose_name="last error")),
                ("sent_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("given_up_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "verbose_name": "mail",
                "verbose_name_plural": "mail",
                "ordering": ["-id"],
                "default_permissions": ["view", "change", "delete"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("given_up_at__isnull", True), ("sent_at__isnull", True)),
                        fields=["is_bulk", "next_try_at"],
                        name="mail_waiting",
                    ),
                    models.Index(
                        condition=models.Q(("given_up_at__isnull", False)), fields=["given_up_at"], name="mail_failed"
                    ),
                    models.Index(fields=["sent_at"], name="mail_sent"),
                ],
            },
        ),
    ]
