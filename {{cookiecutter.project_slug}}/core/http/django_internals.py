"""The private API of Django's content security policy that the portal uses, and the only module that uses it.

tests/test_internals.py fails when a release of Django moves one of these names.
"""

from django.http import HttpResponse

PRIVATE = ("django.views.decorators.csp.csp_override",)


def has_own_policy(response: HttpResponse) -> bool:
    """Return whether the view has a policy of its own, by the decorator csp_override."""
    return hasattr(response, "_csp_config")
