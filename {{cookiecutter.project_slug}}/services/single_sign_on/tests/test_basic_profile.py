"""What the conformance suite of OpenID Connect asks of the code flow: its basic profile, by its own names.

https://openid.net/certification/. Each is met, or named in NOT_MET with the reason.
"""

from datetime import timedelta
from urllib.parse import urlencode

import jwt
import pytest
from django.test import Client as DjangoClient

from core.testing.client import PortalClient

from .relying_party import AUTHORIZE, FORM, ID_TOKEN, TOKEN, VERIFIER, answer_of

NOT_MET = {
    "oidcc-max-age-1": "allauth has no hook for auth_time. A client asks with prompt=login",
    "oidcc-max-age-10000": "the same",
    "oidcc-scope-address": "the portal stores no addresses of people",
    "oidcc-scope-phone": "the portal stores no phone numbers",
    "oidcc-scope-all": "the same",
    "oidcc-userinfo-post-body": "a token is sent in the header (RFC 6750, section 2.1), where no log has it",
    "oidcc-claims-essential": "the parameter claims is not supported, as discovery says",
}


def signed(tokens):
    return jwt.decode(tokens["id_token"], options={"verify_signature": False})


def server(client, capture):
    tokens = client.tokens(scope="openid")
    claims = signed(tokens)
    assert {"iss", "sub", "aud", "exp", "iat", "nonce", "at_hash"} <= set(claims)
    assert claims["aud"] == client.client_id
    assert len(claims["sub"]) <= 255


def response_type_missing(client, capture):
    assert answer_of(client.authorize(response_type=None))["error"] == "invalid_request"


def userinfo_get(client, capture):
    tokens = client.tokens(scope="openid")
    assert client.userinfo(tokens["access_token"]).json()["sub"] == signed(tokens)["sub"]


def userinfo_post_header(client, capture):
    tokens = client.tokens(scope="openid")
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    response = client.program.post("/identity/api/userinfo", headers=headers)
    assert response.json()["sub"] == signed(tokens)["sub"]


def request_without_nonce(client, capture):
    assert "nonce" not in signed(client.tokens(scope="openid", nonce=None))


def scope_profile(client, capture):
    found = client.userinfo(client.tokens(scope="openid profile")["access_token"]).json()
    assert {"name", "preferred_username"} <= set(found)
    assert "email" not in found


def scope_email(client, capture):
    found = client.userinfo(client.tokens(scope="openid email")["access_token"]).json()
    assert found["email_verified"] is True
    assert "name" not in found


def other_scope_order(client, capture):
    assert client.tokens(scope="email openid")["id_token"]


def ignored(**parameters):
    def check(client, capture):
        assert client.tokens(scope="openid", **parameters)["id_token"]

    return check


def prompt_login(client, capture):
    client.code(scope="openid")
    assert client.authorize(scope="openid", prompt="login")["Location"].startswith("/identity/sign-in-again")


def prompt_none_not_logged_in(client, capture):
    client.browser = PortalClient()
    assert answer_of(client.authorize(prompt="none"))["error"] == "login_required"


def prompt_none_logged_in(client, capture):
    first, second = client.tokens(scope="openid"), client.tokens(scope="openid", prompt="none")
    assert signed(first)["sub"] == signed(second)["sub"]


def id_token_of_the_same_person(client, capture):
    token = client.tokens(scope="openid")["id_token"]
    assert "code" in answer_of(client.authorize(scope="openid", prompt="none", **{ID_TOKEN: token}))


def code_reuse(client, capture):
    code = client.code(scope="openid")
    token = client.exchange(code).json()["access_token"]
    with capture(execute=True):
        assert client.exchange(code).json()["error"] == "invalid_grant"
    assert client.userinfo(token).status_code == 401


def code_reuse_after_30_seconds(client, capture, clock):
    code = client.code(scope="openid")
    assert client.exchange(code).status_code == 200
    clock.move(timedelta(seconds=30))
    assert client.exchange(code).json()["error"] == "invalid_grant"


def registered_redirect_uri(client, capture):
    assert client.authorize(redirect_uri="https://wiki.example.edu/other").status_code == 400


def post_request(client, capture):
    response = client.browser.post(AUTHORIZE, client.parameters(scope="openid"))
    assert client.browser.get(response["Location"]).status_code == 200


def client_secret_post(client, capture):
    form = {
        "grant_type": "authorization_code",
        "code": client.code(scope="openid"),
        "redirect_uri": client.redirect_uri,
        "code_verifier": VERIFIER,
        "client_id": client.client_id,
        "client_secret": client.secret,
    }
    assert DjangoClient().post(TOKEN, urlencode(form), content_type=FORM).status_code == 200


def unsigned_request_object(client, capture):
    token = "eyJhbGciOiJub25lIn0.e30."
    assert answer_of(client.authorize(request=token))["error"] == "request_not_supported"
    response = DjangoClient(enforce_csrf_checks=True).post(AUTHORIZE, client.parameters(request=token))
    assert answer_of(client.browser.get(response["Location"]))["error"] == "request_not_supported"


def refresh_token(client, capture):
    first = client.tokens(scope="openid offline_access")
    second = client.refresh(first["refresh_token"]).json()
    assert signed(second)["sub"] == signed(first)["sub"]
    assert signed(second)["aud"] == signed(first)["aud"]


MET = {
    "oidcc-server": server,
    "oidcc-response-type-missing": response_type_missing,
    "oidcc-userinfo-get": userinfo_get,
    "oidcc-userinfo-post-header": userinfo_post_header,
    "oidcc-ensure-request-without-nonce-succeeds-for-code-flow": request_without_nonce,
    "oidcc-scope-profile": scope_profile,
    "oidcc-scope-email": scope_email,
    "oidcc-ensure-other-scope-order-succeeds": other_scope_order,
    "oidcc-display-page": ignored(display="page"),
    "oidcc-display-popup": ignored(display="popup"),
    "oidcc-prompt-login": prompt_login,
    "oidcc-prompt-none-not-logged-in": prompt_none_not_logged_in,
    "oidcc-prompt-none-logged-in": prompt_none_logged_in,
    "oidcc-ensure-request-with-unknown-parameter-succeeds": ignored(extra="foobar"),
    "oidcc-id-token-hint": id_token_of_the_same_person,
    "oidcc-login-hint": ignored(login_hint="asha"),
    "oidcc-ui-locales": ignored(ui_locales="se"),
    "oidcc-claims-locales": ignored(claims_locales="se"),
    "oidcc-ensure-request-with-acr-values-succeeds": ignored(acr_values="1 2"),
    "oidcc-codereuse": code_reuse,
    "oidcc-ensure-registered-redirect-uri": registered_redirect_uri,
    "oidcc-ensure-post-request-succeeds": post_request,
    "oidcc-server-client-secret-post": client_secret_post,
    "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported": unsigned_request_object,
    "oidcc-refresh-token": refresh_token,
}


@pytest.mark.parametrize("check", MET.values(), ids=MET)
def test_is_met(wiki, check, django_capture_on_commit_callbacks):
    check(wiki, django_capture_on_commit_callbacks)


def test_a_code_is_refused_after_30_seconds_too(wiki, django_capture_on_commit_callbacks, clock):
    """oidcc-codereuse-30seconds"""
    code_reuse_after_30_seconds(wiki, django_capture_on_commit_callbacks, clock)


def test_what_is_not_met_is_not_promised(db, visitor):
    found = visitor.get("/.well-known/openid-configuration").json()
    assert not {"address", "phone"} & set(found["scopes_supported"])
    assert "auth_time" not in found["claims_supported"]
    assert found["claims_parameter_supported"] is False
    assert not set(NOT_MET) & set(MET)
