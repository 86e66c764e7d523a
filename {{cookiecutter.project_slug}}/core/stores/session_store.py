"""The session store: what must neither be evicted nor shown. One-time codes, used codes, and counters of limits.

    codes = session_store("polls")
    codes.set(f"code:{person.pk}", code, lifetime=timedelta(minutes=10))
    codes.count(f"tries:{person.pk}", lifetime=timedelta(hours=1))

Nothing is evicted: while this store is full, nobody can sign in. So values are small and their lifetimes are short, and
visitors must not choose how many keys there are. The Redis GUI can read neither the keys, which are digests, nor the
values.
"""

from datetime import timedelta

from .namespaces import Namespace


class ProtectedValues(Namespace):
    alias = "default"
    part = "apps"
    max_lifetime = timedelta(days=7)
    max_bytes = 64 * 1024


def session_store(namespace: str) -> ProtectedValues:
    """Return the namespace of the app called `namespace`. It has the methods of the application store's."""
    return ProtectedValues(namespace)
