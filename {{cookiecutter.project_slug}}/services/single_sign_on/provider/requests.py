"""Reads authorization requests, and refuses what the portal does not accept, before allauth sees them.

https://www.rfc-editor.org/rfc/rfc9700 and https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest. allauth
would accept a redirect URI with a user or with further parameters, and requires PKCE of public clients only.
"""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.utils.translation import gettext_lazy as _

from services.single_sign_on.access import registration_of
from services.single_sign_on.adapter import Adapter
from services.single_sign_on.models import ClientRegistration
from services.single_sign_on.redirects import MAX_URI, is_registered

CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")  # of S256
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
PROMPTS = frozenset({"none", "login", "consent", "select_account"})

MAX_QUERY = 6000  # characters; a sign-in repeats it in a parameter of another URL
LIMITS = {"scope": 1000, "state": 1000, "nonce": 300, "login_hint": 200, "id_token_hint": 3000, "prompt": 100}

# OpenID Connect's parameters that change what a request means. The portal supports none, and says so.
UNSUPPORTED = {
    "request": "request_not_supported",
    "request_uri": "request_uri_not_supported",
    "registration": "registration_not_supported",
    "resource": "invalid_target",
}
# What allauth reads. Everything else is left out, so that it means nothing.
PASSED_ON = (
    *("client_id", "redirect_uri", "response_type", "scope", "state", "nonce"),
    *("code_challenge", "code_challenge_method"),
)


class RefusedHere(Exception):
    """A request that must not lead anywhere: the person gets a page that says why."""

    def __init__(self, message: Any):
        super().__init__(message)
        self.message = message


class RefusedToClient(Exception):
    """A request that gets an error at its redirect URI. `error` is one of the specifications' names."""

    def __init__(self, redirect_uri: str, state: str, error: str, description: str = ""):
        super().__init__(error)
        self.redirect_uri, self.state, self.error, self.description = redirect_uri, state, error, description


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A request whose client, redirect URI, scopes and challenge are good."""

    registration: ClientRegistration
    redirect_uri: str
    scopes: list[str]
    state: str
    prompts: frozenset[str]
    login_hint: str
    id_token: str  # of an earlier sign-in, about whom the request is
    query: str  # for allauth

    def refuse(self, error: str, description: str = "") -> RefusedToClient:
        return RefusedToClient(self.redirect_uri, self.state, error, description)


def read_request(query: QueryDict) -> AuthorizationRequest:
    """Return the authorization request in a query. Raises RefusedHere and RefusedToClient. One SQL query."""
    values = {name: query.get(name, "") for name in query}
    registration, redirect_uri = read_client(query, values)
    state = values.get("state", "")

    def refuse(error: str, description: str) -> RefusedToClient:
        return RefusedToClient(redirect_uri, state if len(state) <= LIMITS["state"] else "", error, description)

    for name in query:
        if len(query.getlist(name)) > 1:
            raise refuse("invalid_request", "A parameter is repeated.")
    for name, text in values.items():
        if CONTROL.search(text):
            raise refuse("invalid_request", "A parameter has a control character.")
        if len(text) > LIMITS.get(name, MAX_QUERY):
            error = "invalid_scope" if name == "scope" else "invalid_request"
            # RFC 6749, section 4.1.2.1, limits the characters, so the request's own names are not repeated.
            raise refuse(error, f"{name if name in LIMITS else 'A parameter'} is too long.")
    for name, error in UNSUPPORTED.items():
        if name in values:
            raise refuse(error, f"{name} is not supported.")
    check_flow(values, refuse)
    scopes = list(dict.fromkeys(values.get("scope", "").split()))
    if not scopes or not set(scopes) <= set(registration.client.get_scopes()):
        raise refuse("invalid_scope", "The client may not ask for these scopes.")
    prompts = frozenset(values.get("prompt", "").split())
    if not prompts <= PROMPTS or ("none" in prompts and len(prompts) > 1):
        raise refuse("invalid_request", "prompt is none, or some of login, consent and select_account.")
    return AuthorizationRequest(
        registration=registration,
        redirect_uri=redirect_uri,
        scopes=scopes,
        state=state,
        prompts=prompts,
        login_hint=values.get("login_hint", ""),
        id_token=values.get("id_token_hint", ""),
        query=urlencode({name: values[name] for name in PASSED_ON if name in values} | {"scope": " ".join(scopes)}),
    )


def read_client(query: QueryDict, values: dict[str, str]) -> tuple[ClientRegistration, str]:
    """Return the client and its redirect URI, without which no error may be redirected. Raises RefusedHere."""
    clients, uris = query.getlist("client_id"), query.getlist("redirect_uri")
    registration = registration_of(clients[0]) if len(clients) == 1 else None
    if registration is None or registration.kind == ClientRegistration.Kind.MACHINE:
        raise RefusedHere(_("The portal does not know the site that sent you here. Tell the people who run it."))
    is_native = registration.kind == ClientRegistration.Kind.NATIVE
    if (
        len(uris) != 1
        or len(uris[0]) > MAX_URI
        or not is_registered(uris[0], registration.client.get_redirect_uris(), is_native=is_native)
    ):
        raise RefusedHere(
            _(
                "The site that sent you here wants to receive the answer at a URL that it has not registered. Tell the"
                " people who run it."
            )
        )
    return registration, uris[0]


def check_flow(values: dict[str, str], refuse: Any) -> None:
    """Raise RefusedToClient unless the request is for a code, with a challenge of S256."""
    if "response_type" not in values:
        raise refuse("invalid_request", "response_type is missing.")
    if values["response_type"] != "code":
        raise refuse("unsupported_response_type", "response_type is code.")
    if values.get("response_mode", "query") != "query":
        raise refuse("invalid_request", "response_mode is query.")
    if values.get("code_challenge_method") != "S256" or not CHALLENGE.fullmatch(values.get("code_challenge", "")):
        raise refuse("invalid_request", "PKCE with S256 is required.")


def error_redirect(refused: RefusedToClient) -> HttpResponse:
    answer = {"error": refused.error}
    if refused.description:
        answer["error_description"] = refused.description
    if refused.state:
        answer["state"] = refused.state
    return HttpResponseRedirect(with_parameters(refused.redirect_uri, answer))


def with_parameters(uri: str, parameters: dict[str, str]) -> str:
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode(parameters)}"


def issuer() -> str:
    return Adapter().get_issuer()
