"""The access tokens of clients, beside people's API tokens, in the header `Authorization` of a request to the API."""

from django.conf import settings

from core.tokens.actions import PREFIX
from core.tokens.middleware import BearerToken
from core.tokens.middleware import TokenMiddleware as PortalTokenMiddleware

from .tokens import find_client_token


class TokenMiddleware(PortalTokenMiddleware):
    """A client may do what its person may, cut to the scopes that it was granted. Its requests count together."""

    def find(self, text: str) -> BearerToken | None:
        if text.startswith(PREFIX):
            return super().find(text)
        token = find_client_token(text)
        if token is None:
            return None
        limits = {
            f"client:{token.registration.pk}": settings.CLIENT_REQUESTS_PER_MINUTE,
            f"client:{token.registration.pk}:{token.person.pk}": settings.TOKEN_REQUESTS_PER_MINUTE,
        }
        return BearerToken(token.person, token.scopes, f"client:{token.pk}", limits)
