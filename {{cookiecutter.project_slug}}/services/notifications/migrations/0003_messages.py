"""Messages and their recipients, which replace the table with one row for each notification."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def person() -> models.Field:
    return models.ForeignKey(
        db_index=False,
        on_delete=django.db.models.deletion.CASCADE,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


def key() -> tuple[str, models.Field]:
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


def now() -> models.Field:
    return models.DateTimeField(default=django.utils.timezone.now, editable=False)


class Migration(migrations.Migration):
    dependencies = [
        ("notifications", "0002_link"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Message",
            fields=[
                key(),
                ("app", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=40)),
                ("params", models.JSONField(default=dict)),
                (
                    "link",
                    models.CharField(blank=True, help_text="A path of the portal that shows more.", max_length=300),
                ),
                ("key", models.CharField(blank=True, max_length=200)),
                ("audience", models.JSONField(null=True)),
                ("created_at", now()),
                ("sent_at", now()),
                ("started_at", models.DateTimeField(editable=False, null=True)),
            ],
            options={
                "ordering": ["-id"],
                "indexes": [
                    models.Index(fields=["created_at"], name="message_created"),
                    models.Index(
                        condition=models.Q(("started_at__isnull", True)), fields=["sent_at"], name="message_not_started"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Recipient",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "person_id", "message_id", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "message",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recipients",
                        to="notifications.message",
                    ),
                ),
                ("key", models.UUIDField(editable=False, null=True)),
                ("read_at", models.DateTimeField(editable=False, null=True)),
                ("is_hidden", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [models.Index(fields=["message", "person"], name="recipient_of_message")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("key__isnull", False)), fields=("person", "key"), name="recipient_key"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Chunk",
            fields=[
                key(),
                (
                    "message",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="chunks",
                        to="notifications.message",
                    ),
                ),
                ("first_person", models.BigIntegerField()),
                ("last_person", models.BigIntegerField()),
                ("sent_at", now()),
                ("done_at", models.DateTimeField(editable=False, null=True)),
                ("tries", models.PositiveIntegerField(default=0, editable=False)),
                ("error", models.CharField(blank=True, editable=False, max_length=300)),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("done_at__isnull", True)), fields=["sent_at"], name="chunk_not_done"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("message", "first_person"), name="chunk_of_message"),
                    models.CheckConstraint(
                        condition=models.Q(("last_person__gte", models.F("first_person"))), name="chunk_people"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Preference",
            fields=[
                key(),
                ("person", person()),
                ("app", models.CharField(max_length=40)),
                ("kind", models.CharField(max_length=40)),
                (
                    "channel",
                    models.CharField(choices=[("inbox", "in the portal"), ("mail", "by e-mail")], max_length=5),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("person", "app", "kind", "channel"), name="notification_preference")
                ],
            },
        ),
        migrations.CreateModel(
            name="StaleInbox",
            fields=[key(), ("person", person()), ("since", now())],
            options={"indexes": [models.Index(fields=["since"], name="stale_inbox_since")]},
        ),
    ]
