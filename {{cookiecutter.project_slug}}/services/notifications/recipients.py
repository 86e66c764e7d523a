"""The statements on the table of recipients that Django's ORM does not have: INSERT … SELECT, and UPDATE … RETURNING.

Each is one statement for any number of people or messages. They are the same for PostgreSQL and SQLite, apart from how
a list of ids is passed.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from core.people.models import Person
from core.plugins.manifest import NotificationKind

from .models import Channel, Message, Preference, Recipient

KEYS = UUID("2f0d9b1c-53a5-4d0c-a4a4-1f6b5c0f6e0b")  # the namespace of the keys of messages

INSERT = """
INSERT INTO {recipients} (person_id, message_id, key, read_at, is_hidden)
SELECT people.id, %s, %s, NULL, {is_hidden}
FROM ({people}) AS people
WHERE people.id IS NOT NULL
ORDER BY people.id
ON CONFLICT DO NOTHING
"""

TURNED_OFF = """
EXISTS (SELECT 1 FROM {preferences} AS preference WHERE preference.person_id = people.id
        AND preference.app = %s AND preference.kind = %s AND preference.channel = %s)
"""

MARK_READ = """
UPDATE {recipients} SET read_at = %s WHERE person_id = %s AND read_at IS NULL AND {which} RETURNING message_id
"""

HIDE = (
    "UPDATE {recipients} SET is_hidden = TRUE WHERE person_id = %s AND NOT is_hidden AND {which} RETURNING message_id"
)

# A message that is hidden cannot be seen in the inbox, so only its id marks it as read.
IN_INBOX = "NOT is_hidden"
IN_INBOX_UNTIL = "NOT is_hidden AND message_id IN (SELECT id FROM {messages} WHERE created_at <= %s)"

# A condition on a column that one parameter completes, for any number of ids.
IN_LIST = {"postgresql": "{column} = ANY(%s)", "sqlite": "{column} IN (SELECT value FROM json_each(%s))"}


def insert_from_query(message: Message, kind: NotificationKind | None, people: "QuerySet[Person]") -> int:
    """Insert a recipient for each person that the query finds, and return how many are new."""
    # Only a query that a slice has cut needs its order.
    ordered = people if people.query.is_sliced else people.order_by()
    try:
        sql, parameters = ordered.values("id").query.sql_with_params()
    except EmptyResultSet:  # such as Person.objects.none()
        return 0
    return insert(message, kind, sql, parameters)


def insert_from_ids(message: Message, kind: NotificationKind | None, ids: Iterable[int]) -> int:
    """Insert a recipient for each person with one of these ids who exists, and return how many are new."""
    condition, parameters = in_list("id", ids)
    return insert(message, kind, f"SELECT id FROM {quoted(Person)} WHERE {condition}", parameters)  # noqa: S608 - constants


def insert(message: Message, kind: NotificationKind | None, people: str, people_parameters: Iterable[Any]) -> int:
    """Insert a recipient for each row of the SELECT `people`. Those who already have the message's key get none."""
    hidden, hidden_parameters = is_hidden(message, kind)
    sql = INSERT.format(recipients=quoted(Recipient), is_hidden=hidden, people=people)
    with connection.cursor() as cursor:
        cursor.execute(sql, [message.pk, key_of(message), *hidden_parameters, *people_parameters])
        return int(cursor.rowcount)


def is_hidden(message: Message, kind: NotificationKind | None) -> tuple[str, list[str]]:
    """Return an SQL expression, and its parameters: whether the message is left out of the inbox of `people.id`."""
    if kind is None or (not kind.optional and "inbox" in kind.channels):
        return "FALSE", []
    if "inbox" not in kind.channels:
        return "TRUE", []
    return TURNED_OFF.format(preferences=quoted(Preference)), [message.app, message.kind, Channel.INBOX]


def key_of(message: Message) -> Any:
    """Return the value of the recipients' column `key`, as this database stores it."""
    if not message.key:
        return None
    key = uuid5(KEYS, f"{message.app}.{message.kind}:{message.key}")
    return Recipient._meta.get_field("key").get_db_prep_value(key, connection)


def mark_read(person_id: int, *, ids: Iterable[int] | None, until: datetime | None) -> list[int]:
    """Mark messages of a person as read, and return those that were unread.

    With `ids` those, with `until` the ones in the inbox that were sent until then, and all in the inbox without both.
    """
    which: str = IN_INBOX
    parameters: list[Any] = []
    if ids is not None:
        which, parameters = in_list("message_id", ids)
    elif until is not None:
        which, parameters = IN_INBOX_UNTIL.format(messages=quoted(Message)), [time(until)]
    return update(MARK_READ, which, [time(timezone.now()), person_id, *parameters])


def hide(person_id: int, *, ids: Iterable[int]) -> list[int]:
    """Hide messages of a person, and return those that were shown."""
    which, parameters = in_list("message_id", ids)
    return update(HIDE, which, [person_id, *parameters])


def update(sql: str, which: str, parameters: list[Any]) -> list[int]:
    """Execute an UPDATE of the rows that `which` describes, and return the ids of their messages."""
    with connection.cursor() as cursor:
        cursor.execute(sql.format(recipients=quoted(Recipient), which=which), parameters)
        return [message_id for (message_id,) in cursor.fetchall()]


def in_list(column: str, ids: Iterable[int]) -> tuple[str, list[Any]]:
    """Return the condition that the column has one of these ids, and its parameters."""
    found = sorted(set(ids))
    parameter = found if connection.vendor == "postgresql" else json.dumps(found)
    return IN_LIST[connection.vendor].format(column=column), [parameter]


def time(moment: datetime) -> Any:
    """Return a time as this database stores it."""
    return connection.ops.adapt_datetimefield_value(moment)


def quoted(model: type[Any]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
