"""The cookie that keeps the chosen language in a browser. The document is served by it."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase


def set_language_cookie(response: HttpResponseBase, request: HttpRequest, code: str) -> None:
    """Let the browser keep the language, for the pages that come before the portal knows the person.

    An empty `code` deletes the cookie. A browser that has the same cookie already gets none.
    """
    name = settings.LANGUAGE_COOKIE_NAME
    if request.COOKIES.get(name, "") == code:
        return
    if not code:
        response.delete_cookie(name, samesite="Lax")
        return
    response.set_cookie(
        name,
        code,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        samesite="Lax",
        secure=settings.LANGUAGE_COOKIE_SECURE,
    )
