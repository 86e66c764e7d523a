"""The version of a person's roles, and the word to their open sockets that it has changed."""

import time
from collections.abc import Iterable
from itertools import batched

from django.apps import apps
from django.db.models import F, Value
from django.db.models.functions import Greatest

from core.live.publishing import publish_to_many, topic
from core.transactions import after_commit

BATCH = 1000  # people to a statement


def access_topic(person_id: int) -> str:
    """What a person's sockets follow, to look again whether they are still welcome."""
    return topic("access", "person", person_id)


def raise_versions(person_ids: Iterable[int]) -> None:
    """Raise these people's versions, in the caller's transaction, and tell their sockets when it is in.

    A version is the time in microseconds, and greater than the one before: had it been a plain counter, a number that
    was rolled back would come again, and what was cached under it meanwhile would hold.
    """
    ids = list(person_ids)
    people = apps.get_model("core_people", "Person").objects
    for some in batched(ids, BATCH):
        version = Greatest(F("roles_version") + 1, Value(time.time_ns() // 1000))
        people.filter(pk__in=some).update(roles_version=version)
    after_commit(publish_access_changes, ids)


def publish_access_changes(person_ids: Iterable[int]) -> None:
    publish_to_many(map(access_topic, person_ids), {"type": "access.changed"})
