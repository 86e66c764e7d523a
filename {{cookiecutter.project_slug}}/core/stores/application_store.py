"""The application store: temporary data of apps, such as drafts.

Every write has a lifetime, and each app has its own namespace:

    drafts = application_store("polls")
    drafts.set(f"draft:{person.pk}", {"question": "…"}, lifetime=timedelta(days=7))

When the store is full, it evicts the values that expire first. What must stay until it expires, such as a one-time code
or the counter of a limit, belongs in core.stores.session_store. The Redis GUI shows these keys and values, so a key has
only letters, digits and . _ : - @. Put an id into it, and never what a visitor typed.
"""

from datetime import timedelta

from .namespaces import Namespace


class ApplicationStore(Namespace):
    alias = "application"
    part = "apps"  # infrastructure/redis/start lets the Redis GUI read these keys
    has_readable_keys = True
    max_lifetime = timedelta(days=90)


def application_store(namespace: str) -> ApplicationStore:
    """Return the namespace of the app called `namespace`."""
    return ApplicationStore(namespace)
