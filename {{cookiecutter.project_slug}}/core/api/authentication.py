"""Who asks: the person of the session, and a 401 (not DRF's 403) for somebody who must sign in first."""

from rest_framework.authentication import SessionAuthentication as DRFSessionAuthentication
from rest_framework.request import Request


class SessionAuthentication(DRFSessionAuthentication):
    def authenticate_header(self, request: Request) -> str:
        return "Session"
