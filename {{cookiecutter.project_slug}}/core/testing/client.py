"""Django's test client for the portal's sessions."""

from typing import Any, Self, cast

from django.conf import settings
from django.http import HttpRequest

from core.people.models import Person
from core.sessions.store import SessionStore
from core.tokens.actions import token_create

from .django_internals import AdaptableClient


class PortalClient(AdaptableClient):
    """A browser in a test: `PortalClient().sign_in(person).get("/api/polls/")`.

    Django's client puts the session's key into the cookie; the portal's cookie holds a token.
    """

    person: Person  # who has signed in last

    def sign_in(self, person: Person) -> Self:
        """Sign in without a password, and return the client."""
        self.force_login(person)
        self.person = person
        return self

    def use_token(self, person: Person, *scopes: str) -> Self:
        """Send an API token of `person` with these scopes, such as `polls.read`, and return the client."""
        _, text = token_create(person=person, name="of a test", scopes=scopes, days=1)
        self.defaults["HTTP_AUTHORIZATION"] = f"Bearer {text}"
        self.person = person
        return self

    @property
    def token(self) -> str:
        """The token in the cookie of the session."""
        return self.cookies[settings.SESSION_COOKIE_NAME].value

    @property
    def session(self) -> SessionStore:
        cookie = self.cookies.get(settings.SESSION_COOKIE_NAME)
        return SessionStore.from_token(cookie.value if cookie else None)

    def set_session_cookie(self, request: HttpRequest) -> None:
        token = cast(SessionStore, request.session).token or ""
        self.cookies[settings.SESSION_COOKIE_NAME].set(settings.SESSION_COOKIE_NAME, token, token)

    def post_json(self, path: str, data: Any, **more: Any) -> Any:
        """Send `data` as JSON by POST, and return the response."""
        return self.post(path, data, content_type="application/json", **more)

    def put_json(self, path: str, data: Any, **more: Any) -> Any:
        """Send `data` as JSON by PUT, and return the response."""
        return self.put(path, data, content_type="application/json", **more)

    def patch_json(self, path: str, data: Any, **more: Any) -> Any:
        """Send `data` as JSON by PATCH, and return the response."""
        return self.patch(path, data, content_type="application/json", **more)
