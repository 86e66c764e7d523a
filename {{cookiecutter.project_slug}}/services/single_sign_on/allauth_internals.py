"""The private API of allauth's OpenID Connect provider that the portal uses, and the only module that uses it.

tests/test_internals.py fails when a release of allauth moves one of these names.
"""

from functools import lru_cache
from typing import Any

from allauth.core import context
from allauth.core.internal.httpkit import extract_basic_auth
from allauth.core.internal.jwkkit import load_jwk_from_pem
from allauth.idp.oidc.internal.oauthlib.device_codes import cache_device_code_key
from allauth.idp.oidc.models import Client
from allauth.idp.oidc.views import AuthorizationView, DeviceAuthorizationView
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

__all__ = [
    "AdaptableAuthorizationView",
    "AdaptableDeviceView",
    "basic_credentials",
    "current_request",
    "load_key",
    "public_key",
]

PRIVATE = (
    "allauth.core.internal.httpkit.extract_basic_auth",
    "allauth.core.internal.jwkkit.load_jwk_from_pem",
    "allauth.idp.oidc.internal.oauthlib.device_codes.cache_device_code_key",
    "allauth.idp.oidc.views.DeviceAuthorizationView._dispatch_authorization",
)


def current_request() -> HttpRequest | None:
    """Return the request that allauth works on."""
    request: HttpRequest | None = context.request
    return request


def basic_credentials(request: HttpRequest) -> tuple[str, str]:
    """Return the id and the secret of a client in the header `Authorization`, as allauth reads it; empty without."""
    client_id, secret = extract_basic_auth({"Authorization": request.headers.get("Authorization", "")})
    return client_id or "", secret or ""


@lru_cache(maxsize=16)
def load_key(pem: str) -> tuple[str, RSAPrivateKey]:
    """Return the name of a key in tokens (`kid`), and the key."""
    public, private = load_jwk_from_pem(pem)
    return public["kid"], private


@lru_cache(maxsize=16)
def public_key(pem: str) -> dict[str, Any]:
    found: dict[str, Any] = load_jwk_from_pem(pem)[0]
    return found


class AdaptableAuthorizationView(AuthorizationView):  # type: ignore[misc]  # allauth has no types
    """allauth's page of consent. A subclass decides whether it is needed, and knows what a client asks for."""

    _scopes: list[str]
    _request_info: dict[str, Any]

    @property
    def requested_scopes(self) -> list[str]:
        return self._scopes

    @property
    def client_id(self) -> str:
        return str(self._request_info["client_id"])

    @property
    def redirect_uri(self) -> str:
        return str(self._request_info["redirect_uri"])

    @property
    def state(self) -> str:
        return self._request_info.get("state") or ""

    def grant_without_page(self) -> HttpResponse:
        """Answer the client as if the person had consented now."""
        form = self.form_class(**{**self.get_form_kwargs(), "data": {"request": "-"}})
        form.is_valid()
        response: HttpResponse = self.form_valid(form)
        return response


class AdaptableDeviceView(DeviceAuthorizationView):  # type: ignore[misc]  # as above
    """allauth's page on which a person confirms the code of a device. A subclass sees what it asks for before."""

    def before_confirmation(self, request: HttpRequest, client: Client, scopes: list[str]) -> HttpResponse | None:
        """Return a response in place of the page, or None. `request` may be a POST that confirms."""
        raise NotImplementedError

    def _dispatch_authorization(
        self, request: HttpRequest, user_code: str, device_code: str, client: Client
    ) -> HttpResponse:
        data = cache.get(cache_device_code_key(device_code)) or {}
        scopes = data.get("scope") or client.get_default_scopes()
        response = self.before_confirmation(request, client, scopes)
        if response is None:
            response = super()._dispatch_authorization(request, user_code, device_code, client)
        return response
