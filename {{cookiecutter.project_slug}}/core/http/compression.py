"""Compresses the answers of the API.

A compressed answer can reveal a secret to somebody who can add text to it many times and measure its length on the way
(BREACH, https://www.breachattack.com). These answers are safe:

- Session and CSRF tokens travel in headers, which are not compressed. No answer below /api/ repeats them.
- What holds other secrets, such as recovery codes, is below /_allauth/ and in the admin, and is not compressed.
- Cookies are SameSite=Lax, so that another site cannot let a browser send such requests with a person's session.
- Django adds up to 100 random bytes, so that the length of a single answer says little.
"""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from core.configuration.prefixes import API


class CompressionMiddleware(GZipMiddleware):
    """Compresses successful answers to GET below /api/, from 200 bytes on, for clients that accept gzip."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.method != "GET" or response.status_code != 200 or not request.path.startswith(API):
            return response
        return super().process_response(request, response)
