"""The apps that a person has opened recently. They are a convenience, in the application store, and may be lost."""

import json
from collections.abc import Collection
from datetime import timedelta
from typing import cast

import structlog

from core.people.models import Person
from core.stores.application_store import application_store
from core.stores.outage import is_outage

logger = structlog.get_logger(__name__)

MOST_RECENT = 8
MOST_STORED = 24  # the sites share the store, and some apps are open on one of them only
LIFETIME = timedelta(days=30)  # after the person last opened an app

# Put a name in front of the list. KEYS: the list. ARGV: the name, the most names, the lifetime in milliseconds.
RECORD = """
redis.call('LREM', KEYS[1], 0, ARGV[1])
redis.call('LPUSH', KEYS[1], ARGV[1])
redis.call('LTRIM', KEYS[1], 0, ARGV[2] - 1)
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return cjson.encode(redis.call('LRANGE', KEYS[1], 0, -1))
"""


def recent_apps(person: Person, openable: Collection[str]) -> list[str]:
    """Return the names of the last MOST_RECENT opened apps that are among `openable`, newest first.

    Costs one round trip. Without the application store there are none.
    """
    store = application_store("portal")
    try:
        found = cast(list[bytes], store.redis.lrange(store.stored_key(key_of(person)), 0, -1))
    except Exception as error:
        if not is_outage(error):
            raise
        logger.warning("recent_apps_unavailable", error=type(error).__name__)
        return []
    return newest([name.decode() for name in found], openable)


def recent_apps_record(*, person: Person, name: str, openable: Collection[str]) -> list[str]:
    """Record that the person has opened an app, and return what `recent_apps` returns. One round trip.

    Raises one of core.stores.outage.STORE_ERRORS without the application store.
    """
    found = application_store("portal").run_script(
        RECORD, [key_of(person)], name, MOST_STORED, LIFETIME // timedelta(milliseconds=1)
    )
    return newest(json.loads(found), openable)


def key_of(person: Person) -> str:
    return f"recent:{person.pk}"


def newest(names: list[str], openable: Collection[str]) -> list[str]:
    return [name for name in names if name in openable][:MOST_RECENT]
