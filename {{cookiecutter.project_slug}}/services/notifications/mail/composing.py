"""Compose mails from the rows that are due, in the transaction that deletes the rows.

Any worker may run this at any time: rows that another one has locked are left out.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import attrgetter

from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from core.mail.sending import send_bulk_later, send_later
from core.people.models import Person

from ..kinds import find_kind
from ..models import Channel, Message, Preference, Recipient
from ..models.mail import MailDigest, MailItem
from .texts import notification_mail

BATCH = 200  # mails of a transaction
ROUND_SECONDS = 20
MOST_ONE_BY_ONE = 10  # urgent mails that are sent before all bulk mail


def compose_due(seconds: float = ROUND_SECONDS) -> int:
    """Compose all mails that are due, for about `seconds`, and return how many there were."""
    ends_at = time.monotonic() + seconds
    composed = 0
    for compose in (compose_urgent, compose_digests):
        while time.monotonic() < ends_at and (number := compose()):
            composed += number
    return composed


def compose_urgent(message_id: int | None = None) -> int:
    """Compose a mail for each of up to BATCH urgent items, of one message or of any, and return their number."""
    with transaction.atomic():
        due = MailItem.objects.filter(is_urgent=True).order_by("message_id", "person_id")
        if message_id is not None:
            due = due.filter(message_id=message_id)
        items = list(locked(due)[:BATCH])
        mails = compose([[item] for item in items])
        if len(mails) <= MOST_ONE_BY_ONE:
            for mail in mails:
                send_later(mail)
        else:
            send_bulk_later(mails, is_urgent=True)
        delete(items)
    return len(items)


def compose_digests() -> int:
    """Compose a mail for each of up to BATCH people who wait for one, and return their number."""
    with transaction.atomic():
        due = MailDigest.objects.filter(due_at__lte=timezone.now()).order_by("due_at")
        people = list(locked(due).values_list("person_id", flat=True)[:BATCH])
        items = list(MailItem.objects.filter(person_id__in=people, is_urgent=False).order_by("person_id", "message_id"))
        send_bulk_later(compose([list(of_person) for _, of_person in groupby(items, attrgetter("person_id"))]))
        delete(items)
        MailDigest.objects.filter(person_id__in=people).delete()
    return len(people)


def compose(groups: Sequence[Sequence[MailItem]]) -> list[EmailMessage]:
    """Return a mail for each group of items of one person, about those that the person still wants mailed.

    Five queries, whatever the number of groups.
    """
    items = [item for group in groups for item in group]
    ids = {item.person_id for item in items}
    people = Person.objects.filter(is_active=True).exclude(email="").in_bulk(ids)
    messages = Message.objects.in_bulk({item.message_id for item in items})
    seen = seen_by(ids, messages)
    turned_off = {
        (one.person_id, one.app, one.kind) for one in Preference.objects.filter(person_id__in=ids, channel=Channel.MAIL)
    }

    def wanted(group: Sequence[MailItem]) -> list[Message]:
        """Return the messages of a group that exist, and that the person neither read nor turned off meanwhile."""
        found = [messages[item.message_id] for item in group if item.message_id in messages]
        person_id = group[0].person_id
        return [
            message
            for message in found
            if (person_id, message.pk) not in seen
            and (kind := find_kind(message.app, message.kind)) is not None
            and not (kind.optional and (person_id, message.app, message.kind) in turned_off)
        ]

    return [
        notification_mail(person, found)
        for group in groups
        if (person := people.get(group[0].person_id)) and (found := wanted(group))
    ]


def seen_by(people: Iterable[int], messages: Mapping[int, Message]) -> set[tuple[int, int]]:
    """Return the person and the message of each that was read or deleted in the portal.

    A message that is hidden because the person turned the inbox off was not seen.
    """
    rows = Recipient.objects.filter(person_id__in=people, message_id__in=messages)
    inbox_off = set(
        Preference.objects.filter(person_id__in=people, channel=Channel.INBOX).values_list("person_id", "app", "kind")
    )
    seen = set()
    for person_id, message_id, read_at, is_hidden in rows.values_list(
        "person_id", "message_id", "read_at", "is_hidden"
    ):
        message = messages[message_id]
        kind = find_kind(message.app, message.kind)
        never_shown = (
            kind is None or "inbox" not in kind.channels or (person_id, message.app, message.kind) in inbox_off
        )
        if read_at is not None or (is_hidden and not never_shown):
            seen.add((person_id, message_id))
    return seen


def locked[Row: (MailItem, MailDigest)](rows: "QuerySet[Row]") -> "QuerySet[Row]":
    """Return the query so that it locks its rows, without those that another worker has locked."""
    if connection.features.has_select_for_update_skip_locked:
        return rows.select_for_update(skip_locked=True)
    return rows


def delete(items: Sequence[MailItem]) -> None:
    for message_id, of_message in groupby(sorted(items, key=attrgetter("message_id")), attrgetter("message_id")):
        people = [item.person_id for item in of_message]
        MailItem.objects.filter(message_id=message_id, person_id__in=people).delete()
