"""Write down who gets a message by mail: one INSERT … SELECT for a chunk, whatever the number of people."""

from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import connection
from django.utils import timezone

from core.mail.backends import is_configured
from core.people.models import Person
from core.plugins.manifest import NotificationKind

from ..kinds import find_kind
from ..models import Channel, Chunk, Preference, Recipient
from ..models.mail import MailDigest, MailItem
from ..recipients import quoted, time

# A person gets at most one mail in this time about what is not urgent. It begins with the first message, and what
# arrives meanwhile is in the same mail.
DIGEST_WAIT = timedelta(minutes=10)
# A message may be written while the mail of the last ones is. Then its wait began a little before that mail.
MARGIN = timedelta(seconds=30)

INSERT_ITEMS = """
INSERT INTO {items} (person_id, message_id, is_urgent)
SELECT recipient.person_id, recipient.message_id, %s
FROM {recipients} AS recipient JOIN {people} AS person ON person.id = recipient.person_id
WHERE recipient.message_id = %s AND recipient.person_id BETWEEN %s AND %s AND recipient.read_at IS NULL
  AND person.is_active AND person.email <> ''
  AND EXISTS (SELECT 1 FROM {addresses} AS address
              WHERE address.user_id = person.id AND address.email = person.email AND address.verified)
  AND NOT EXISTS (SELECT 1 FROM {preferences} AS preference
                  WHERE %s AND preference.person_id = person.id
                    AND preference.app = %s AND preference.kind = %s AND preference.channel = %s)
ORDER BY recipient.person_id
ON CONFLICT DO NOTHING
"""

# The update changes nothing, and locks the row: MailDigest says why.
INSERT_DIGESTS = """
INSERT INTO {digests} (person_id, due_at)
SELECT item.person_id, %s FROM {items} AS item
WHERE item.message_id = %s AND item.person_id BETWEEN %s AND %s
ORDER BY item.person_id
ON CONFLICT (person_id) DO UPDATE SET due_at = {digests}.due_at
"""


def plan(chunk: Chunk) -> int:
    """Write down which recipients of a chunk get its message by mail, and return their number.

    These are active people with a confirmed address who have not read it, and did not turn mail of an optional kind
    off. Without a mail server, there are none. Run it in the transaction in which the chunk is done.
    """
    message = chunk.message
    kind = find_kind(message.app, message.kind)
    if kind is None or "mail" not in kind.channels or not is_configured():
        return 0
    people: list[int] = [message.pk, chunk.first_person, chunk.last_person]
    preference: list[bool | str] = [kind.optional, message.app, message.kind, Channel.MAIL]
    with connection.cursor() as cursor:
        cursor.execute(filled(INSERT_ITEMS), [kind.urgent, *people, *preference])
        number = int(cursor.rowcount)
        if number and not kind.urgent:
            cursor.execute(filled(INSERT_DIGESTS), [time(timezone.now() + DIGEST_WAIT + MARGIN), *people])
    return number


def filled(sql: str) -> str:
    """Return a statement with the names of the tables."""
    models: dict[str, Any] = {
        "items": MailItem,
        "digests": MailDigest,
        "recipients": Recipient,
        "people": Person,
        "preferences": Preference,
        "addresses": apps.get_model("account", "EmailAddress"),
    }
    return sql.format(**{name: quoted(model) for name, model in models.items()})


def is_mailed_at_once(kind: NotificationKind | None) -> bool:
    return kind is not None and kind.urgent and "mail" in kind.channels
