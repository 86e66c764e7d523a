"""Make a message, and its one recipient, of each notification. The ids stay the same."""

from django.core.management.color import no_style
from django.db import migrations

BATCH = 5000


def copy(apps, schema_editor):
    notification, message, recipient = (
        apps.get_model("notifications", name) for name in ("Notification", "Message", "Recipient")
    )
    last = 0
    while rows := list(notification.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        # The kinds of then had no templates. A message that its kind cannot show has the title among its parameters.
        message.objects.bulk_create(
            message(
                pk=row.pk,
                app=row.app,
                kind=row.kind,
                params={"title": row.title},
                link=row.link,
                created_at=row.created_at,
                started_at=row.created_at,
            )
            for row in rows
        )
        recipient.objects.bulk_create(
            recipient(person_id=row.person_id, message_id=row.pk, read_at=row.read_at) for row in rows
        )
        last = rows[-1].pk
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), [message]):
            cursor.execute(sql)


class Migration(migrations.Migration):
    dependencies = [("notifications", "0003_messages")]

    operations = [migrations.RunPython(copy, migrations.RunPython.noop)]
