"""The endpoints for clients' programs: tokens, what they say about a person, and their end.

allauth makes and checks the tokens. These views see each request before it, and each answer after it.
"""

import json
from datetime import timedelta
from http import HTTPStatus
from typing import Any, cast

from allauth.idp.oidc.models import Client, Token
from allauth.idp.oidc.views import DeviceCodeView as AllauthDeviceCodeView
from allauth.idp.oidc.views import IntrospectView as AllauthIntrospectView
from allauth.idp.oidc.views import RevokeView as AllauthRevokeView
from allauth.idp.oidc.views import TokenView as AllauthTokenView
from allauth.idp.oidc.views import UserInfoView as AllauthUserInfoView
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse

from core.http.clients import client_ip, client_network
from core.stores.counters import Allowance, limit
from services.single_sign_on.access import may_keep_tokens, registration_of
from services.single_sign_on.allauth_internals import basic_credentials
from services.single_sign_on.connections import REGISTRATION, connection_to, delete_tokens
from services.single_sign_on.models import ClientRegistration
from services.single_sign_on.refreshing import end_copied, lock_refresh_token, note_used
from services.single_sign_on.scopes import OFFLINE
from services.single_sign_on.tokens import working_token

MINUTE = timedelta(minutes=1)
MAX_VALUE = 4000  # characters of a parameter

ACCESS = Token.Type.ACCESS_TOKEN
REFRESH = Token.Type.REFRESH_TOKEN
CODE = Token.Type.AUTHORIZATION_CODE


def not_stored(response: HttpResponse) -> HttpResponse:
    """Let no cache keep a response."""
    response["Cache-Control"] = "no-store"
    return response


def error(name: str, status: int = HTTPStatus.BAD_REQUEST, **more: Any) -> HttpResponse:
    """Return an error of RFC 6749, section 5.2."""
    response = not_stored(JsonResponse({"error": name, **more}, status=status))
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Basic realm="client"'
    return response


def bad_form(request: HttpRequest) -> HttpResponse | None:
    """Return the error for a form that allauth should not read: repeated, too long, or with a null character."""
    for name, values in request.POST.lists():
        if len(values) > 1 or any(len(one) > MAX_VALUE or "\0" in one for one in [name, *values]):
            return error("invalid_request")
    named, in_header = request.POST.get("client_id"), basic_credentials(request)[0]
    if named and in_header and named != in_header:
        return error("invalid_client", HTTPStatus.UNAUTHORIZED)
    return None


def client_of(request: HttpRequest) -> ClientRegistration | None:
    """Return the client that the request names. Whether it is this client is not known yet."""
    return registration_of(basic_credentials(request)[0] or request.POST.get("client_id", ""))


def too_many(request: HttpRequest, registration: ClientRegistration | None) -> HttpResponse | None:
    """Count a request for a token, by its address and by the client at it, and return the error for too many."""
    address = client_network(client_ip(request))
    counted: list[Allowance] = [limit_of(f"address:{address}", settings.ADDRESS_TOKENS_PER_MINUTE)]
    if registration is not None:
        counted.append(limit_of(f"client:{registration.pk}:{address}", settings.CLIENT_TOKENS_PER_MINUTE))
    refused = [one for one in counted if not one.is_allowed]
    if not refused:
        return None
    response = error("temporarily_unavailable", HTTPStatus.TOO_MANY_REQUESTS)
    response["Retry-After"] = str(max(1, round(max(one.retry_after.total_seconds() for one in refused))))
    return response


def limit_of(key: str, most: int) -> Allowance:
    return limit("single_sign_on", f"tokens:{key}", most=most, per=MINUTE)


class TokenView(AllauthTokenView):  # type: ignore[misc]  # allauth has no types
    """Limits tries, lets a refresh token work once, and refuses people who may not use the client."""

    def post(self, request: HttpRequest) -> HttpResponse:
        if response := bad_form(request):
            return response
        if "resource" in request.POST:
            return error("invalid_target")
        registration = client_of(request)
        if response := too_many(request, registration):
            return response
        if registration is None:
            return error("invalid_client", HTTPStatus.UNAUTHORIZED)
        setattr(request, REGISTRATION, registration)
        if request.POST.get("grant_type") == Client.GrantType.REFRESH_TOKEN:
            return self.refresh(request, registration)
        return self.answer(request, registration)

    def answer(self, request: HttpRequest, registration: ClientRegistration, **more: Any) -> HttpResponse:
        """Return allauth's answer. It gives no tokens to people who may not use the client (any more)."""
        with transaction.atomic():
            response = cast(HttpResponse, super().post(request))
            if response.status_code == HTTPStatus.BAD_REQUEST and is_for_another_address(request, registration):
                return error("invalid_grant")  # RFC 6749, section 5.2. allauth answers invalid_request
            if response.status_code != HTTPStatus.OK:
                return not_stored(response)
            return self.checked(registration, json.loads(response.content), **more)

    def checked(
        self, registration: ClientRegistration, data: dict[str, Any], *, before: Token | None = None
    ) -> HttpResponse:
        """Return the answer with these tokens, as far as the person may have them. `before` is a replaced token."""
        token = Token.objects.by_value(data["access_token"]).filter(type=ACCESS).select_related("user").get()
        if token.user is not None:
            if not may_keep_tokens(connection_to(registration.client, token.user), token.user, registration):
                delete_tokens(client_id=registration.client_id, person_id=token.user_id)
                return error("invalid_grant")
            refresh = data.get("refresh_token")
            if before is not None:
                if "scope" in self.request.POST:
                    keep_scopes(refresh, before)
                note_used(before)
            elif refresh and OFFLINE not in token.get_scopes():
                Token.objects.by_value(refresh).filter(type=REFRESH).delete()
                data = {name: value for name, value in data.items() if not name.startswith("refresh_")}
        return not_stored(JsonResponse(data))

    def refresh(self, request: HttpRequest, registration: ClientRegistration) -> HttpResponse:
        text = request.POST.get("refresh_token", "")
        with transaction.atomic():
            before = lock_refresh_token(text, client_id=registration.client_id)
            response = self.answer(request, registration, before=before)
        if response.status_code == HTTPStatus.BAD_REQUEST and before is None:
            end_copied(text, client_id=registration.client_id)
        return response


def is_for_another_address(request: HttpRequest, registration: ClientRegistration) -> bool:
    """Return whether the request has a code of this client that was given for another redirect URI."""
    codes = Token.objects.valid().by_value(request.POST.get("code", "")).filter(type=CODE, client=registration.client)
    code = codes.first()
    return code is not None and code.get_redirect_uri() != request.POST.get("redirect_uri")


def keep_scopes(refresh: str | None, before: Token) -> None:
    """Give a new refresh token the scopes of the one before, also if this request asked for fewer (RFC 6749, 6)."""
    if refresh:
        Token.objects.by_value(refresh).filter(type=REFRESH).exclude(scopes=before.scopes).update(scopes=before.scopes)


class DeviceCodeView(AllauthDeviceCodeView):  # type: ignore[misc]  # as above
    """Gives codes to apps and command lines only. allauth reads the client's id from the form alone."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if response := bad_form(request):
            return response
        registration = registration_of(request.POST.get("client_id", ""))
        if response := too_many(request, registration):
            return response
        if registration is None or registration.kind != ClientRegistration.Kind.NATIVE:
            return error("invalid_client", HTTPStatus.UNAUTHORIZED)
        if "resource" in request.POST:
            return error("invalid_target")
        scopes = request.POST.get("scope", "").split()
        if not scopes or not set(scopes) <= set(registration.client.get_scopes()):
            return error("invalid_scope")
        return cast(HttpResponse, super().post(request, *args, **kwargs))


class UserInfoView(AllauthUserInfoView):  # type: ignore[misc]  # as above
    def get(self, request: HttpRequest) -> HttpResponse:
        return self.checked(request, super().get)

    def post(self, request: HttpRequest) -> HttpResponse:
        return self.checked(request, super().post)

    def checked(self, request: HttpRequest, view: Any) -> HttpResponse:
        token = working_token(request)
        if token is None:
            return bearer_error("invalid_token")
        if "openid" not in token.scopes:
            return bearer_error("insufficient_scope", HTTPStatus.FORBIDDEN)
        return not_stored(cast(HttpResponse, view(request)))


def bearer_error(name: str, status: int = HTTPStatus.UNAUTHORIZED) -> HttpResponse:
    """Return an error of RFC 6750, section 3."""
    response = not_stored(JsonResponse({"error": name}, status=status))
    response["WWW-Authenticate"] = f'Bearer error="{name}"'
    return response


class RevokeView(AllauthRevokeView):  # type: ignore[misc]  # as above
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if response := bad_form(request) or too_many(request, client_of(request)):
            return response
        return cast(HttpResponse, super().post(request, *args, **kwargs))


class IntrospectView(AllauthIntrospectView):  # type: ignore[misc]  # as above
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if response := bad_form(request):
            return response
        return cast(HttpResponse, super().post(request, *args, **kwargs))
