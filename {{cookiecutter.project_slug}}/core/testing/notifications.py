"""Finds the notifications that a test has caused."""

from typing import Any

from django.apps import apps

from core.people.models import Person


def notified(person: Person, kind: str) -> list[Any]:
    """Return the messages of a kind, such as `polls.closed`, that are for a person, newest first.

        (message,) = notified(voter, "polls.closed")
        assert message.title == "The poll has closed: Tea or coffee?"

    Each has `params`, `link`, `key`, and the `title` and `body` that people read. Messages that the person deleted or
    turned off are left out. Messages to an audience are found once the worker has begun.
    """
    app, _, name = kind.partition(".")
    recipients = apps.get_model("notifications", "Recipient").objects.filter(
        person=person, is_hidden=False, message__app=app, message__kind=name
    )
    return [recipient.message for recipient in recipients.select_related("message").order_by("-message_id")]
