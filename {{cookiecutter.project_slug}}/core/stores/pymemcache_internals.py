"""The private API of pymemcache that the portal uses, and the only module that uses it.

tests/test_internals.py fails when a release of pymemcache moves one of these names.
"""

# The methods of a client that talk to the server: every command uses one of them once.
ROUND_TRIPS = ("_fetch_cmd", "_store_cmd", "_misc_cmd")

PRIVATE = tuple(f"pymemcache.client.base.Client.{name}" for name in ROUND_TRIPS)
