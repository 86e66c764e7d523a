"""Raise the version of a person's roles, and publish the change to their open sockets."""

import time
from collections.abc import Iterable
from itertools import batched

from django.apps import apps
from django.db.models import F, Value
from django.db.models.functions import Greatest

from core.live.names import INTERNAL
from core.live.publishing import publish_to_many
from core.transactions import after_commit

BATCH = 1000  # people per statement


def access_topic(person_id: int) -> str:
    """Return the topic that a person's sockets subscribe to, to recheck their access."""
    return f"{INTERNAL}:person.{person_id}"


def raise_versions(person_ids: Iterable[int]) -> None:
    """Raise these people's versions in the caller's transaction, and publish the change after the commit.

    A version is the time in microseconds, and always greater than the version before. A plain counter would give a
    rolled-back version again, and roles that were cached under it during the rolled-back transaction would be used.
    """
    ids = list(person_ids)
    people = apps.get_model("core_people", "Person").objects
    for batch in batched(ids, BATCH):
        version = Greatest(F("roles_version") + 1, Value(time.time_ns() // 1000))
        people.filter(pk__in=batch).update(roles_version=version)
    after_commit(publish_access_changes, ids)


def publish_access_changes(person_ids: Iterable[int]) -> None:
    publish_to_many(map(access_topic, person_ids))
