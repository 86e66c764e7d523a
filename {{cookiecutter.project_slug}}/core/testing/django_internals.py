"""The private API of Django's test client that the portal uses, and the only module that uses it.

tests/test_internals.py fails when a release of Django moves one of these names.
"""

from django.http import HttpRequest
from django.test import Client

PRIVATE = ("django.test.Client._set_login_cookies",)


class AdaptableClient(Client):
    """Django's test client, whose session cookie a subclass changes."""

    def set_session_cookie(self, request: HttpRequest) -> None:
        """Change the cookie of the session that force_login() has created, `request.session`."""

    def _set_login_cookies(self, request: HttpRequest) -> None:
        super()._set_login_cookies(request)  # type: ignore[misc]  # private, so the stubs lack it
        self.set_session_cookie(request)
