"""A client in a test: what a site does to sign a person in, step by step, so that a test can do one step wrongly."""

import base64
import hashlib
import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from allauth.idp.oidc.models import Token

from core.testing.client import PortalClient

AUTHORIZE = "/identity/authorize"
TOKEN = "/identity/api/token"
VERIFIER = "a-verifier-of-at-least-43-characters-for-the-tests"
ID_TOKEN = "id_token_hint"
FORM = "application/x-www-form-urlencoded"
OPENID = "openid profile email"


def challenge_of(verifier):
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def answer_of(response):
    """Return the parameters of the answer to a client."""
    assert response.status_code == 302, (response.status_code, response.content[-1500:])
    return dict(parse_qsl(urlsplit(response["Location"]).query))


def tokens_left():
    """Return how many access and refresh tokens there are."""
    return Token.objects.exclude(type=Token.Type.AUTHORIZATION_CODE).count()


class RelyingParty:
    def __init__(self, registration, secret="", *, redirect_uri, person=None):
        self.registration, self.secret, self.redirect_uri = registration, secret, redirect_uri
        self.client_id = registration.client_id
        self.browser = PortalClient()
        self.program = PortalClient()
        if person:
            self.browser.sign_in(person)

    def parameters(self, **more):
        """Return the parameters of an authorization request. None leaves one out."""
        usual = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": OPENID,
            "state": "a-state",
            "nonce": "a-nonce",
            "code_challenge": challenge_of(VERIFIER),
            "code_challenge_method": "S256",
        }
        return {name: value for name, value in {**usual, **more}.items() if value is not None}

    def authorize(self, **more):
        return self.browser.get(f"{AUTHORIZE}?{urlencode(self.parameters(**more))}")

    def consent(self, page, action="grant", **more):
        """Press a button of the page of consent."""
        html = page.content.decode()
        fields = dict(re.findall(r'<input type="hidden" name="(request|page)" value="([^"]*)"', html))
        return self.browser.post(AUTHORIZE, {**fields, "action": action, **more})

    def code(self, **more):
        """Sign in, with the page of consent if there is one, and return the code."""
        response = self.authorize(**more)
        if response.status_code == 200:
            response = self.consent(response)
        return answer_of(response)["code"]

    def headers(self):
        pair = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
        return {"Authorization": f"Basic {pair}"} if self.secret else {}

    def post(self, path, **values):
        if not self.secret:
            values.setdefault("client_id", self.client_id)
        return self.program.post(path, urlencode(values), content_type=FORM, headers=self.headers())

    def exchange(self, code_of_answer, **more):
        values = {
            "grant_type": "authorization_code",
            "code": code_of_answer,
            "redirect_uri": self.redirect_uri,
            "code_verifier": VERIFIER,
        }
        values = {name: value for name, value in {**values, **more}.items() if value is not None}
        return self.post(TOKEN, **values)

    def tokens(self, **more):
        response = self.exchange(self.code(**more))
        assert response.status_code == 200, response.content
        return response.json()

    def refresh(self, token, **more):
        return self.post(TOKEN, grant_type="refresh_token", refresh_token=token, **more)

    def userinfo(self, access_token):
        return self.program.get("/identity/api/userinfo", headers={"Authorization": f"Bearer {access_token}"})
