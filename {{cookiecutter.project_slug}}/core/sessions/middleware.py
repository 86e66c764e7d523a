"""Sessions over HTTP: the cookie holds the token of a session, not its key."""

from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.http import HttpRequest, HttpResponse

from core.http.outage import unavailable_response
from core.stores.outage import STORE_ERRORS

from .current import set_current_session
from .store import SessionStore


class SessionMiddleware(DjangoSessionMiddleware):
    """Django's middleware, with the token in the cookie."""

    def process_request(self, request: HttpRequest) -> None:
        request.session = SessionStore.from_token(request.COOKIES.get(settings.SESSION_COOKIE_NAME))
        set_current_session(request.session)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        session: SessionStore = request.session  # type: ignore[assignment]  # process_request sets it
        try:
            # A session in use does not expire: its expiry moves when a tenth of its age has passed.
            if session.accessed and session.should_be_written:
                session.modified = True
            response = super().process_response(request, response)
        except STORE_ERRORS as error:
            return unavailable_response(request, error)
        if (cookie := response.cookies.get(settings.SESSION_COOKIE_NAME)) and cookie.value:
            cookie.set(cookie.key, session.token or "", session.token or "")
        return response
