"""The photo at the URL of the claim `picture`, for a client whose token has the scope."""

from http import HTTPStatus
from typing import cast

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views import View

from core.api.files import file_response
from core.files.fields import ProtectedFieldFile
from core.http.problems import error_response
from services.single_sign_on.claims import is_given
from services.single_sign_on.scopes import PHOTO
from services.single_sign_on.tokens import working_token

from .tokens import bearer_error


class PhotoView(View):
    def get(self, request: HttpRequest) -> HttpResponseBase:
        token = working_token(request)
        if token is None:
            return bearer_error("invalid_token")
        if PHOTO not in token.scopes or not is_given(token.person, token.connection, PHOTO):
            return bearer_error("insufficient_scope", HTTPStatus.FORBIDDEN)
        photo = cast(ProtectedFieldFile, token.person.photo)
        if not photo:
            return error_response(request, HTTPStatus.NOT_FOUND)
        return file_response(photo, "large")
