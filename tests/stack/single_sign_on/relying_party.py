"""A site that signs people in step by step, so that a test can do one step wrongly."""

import base64
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge

from tests.support.single_sign_on import allow
from tests.support.visitor import FORM, Response, Visitor

AUTHORIZE = "/identity/authorize"
CALLBACK = "https://wiki.example.edu/callback"
SIGNED_OUT = "https://wiki.example.edu/signed-out"
VERIFIER = "a-verifier-of-at-least-43-characters-for-the-tests"
ID_TOKEN = "id_token_hint"
OFFLINE = "openid profile offline_access"


def answer_of(response: Response) -> dict[str, str]:
    """Return the parameters with which the portal sends a person back to the site."""
    location = response.headers["Location"] or ""
    assert location.startswith(f"{CALLBACK}?"), f"{response.status} to {location!r}: {response.text[:300]}"
    return dict(parse_qsl(urlsplit(location).query))


def check_refused(response: Response, error: str, status: int = 400) -> None:
    """Fail unless a program got this error of RFC 6749, section 5.2, and nothing else."""
    assert (response.status, response.json()["error"]) == (status, error), response.text[:300]
    assert set(response.json()) <= {"error", "error_description"}


@dataclass
class RelyingParty:
    program: Visitor  # of the client: it has no cookies
    client_id: str
    secret: str

    def path(self, **changed: str | None) -> str:
        """Return the path and query of an authorization request. None leaves a parameter out."""
        usual = {
            "client_id": self.client_id,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": OFFLINE,
            "state": "a-state",
            "nonce": "a-nonce",
            "code_challenge": create_s256_code_challenge(VERIFIER),
            "code_challenge_method": "S256",
        }
        return f"{AUTHORIZE}?{encoded({**usual, **changed})}"

    def authorize(self, person: Visitor, **changed: str | None) -> Response:
        return person.get(self.path(**changed))

    def code(self, person: Visitor, **changed: str | None) -> str:
        """Sign a person in, and return the code that they bring back."""
        return dict(parse_qsl(urlsplit(allow(person, self.path(**changed))).query))["code"]

    @property
    def headers(self) -> dict[str, str]:
        pair = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
        return {"Content-Type": FORM, "Authorization": f"Basic {pair}"}

    def post(self, endpoint: str, **values: str | None) -> Response:
        return self.program.request("POST", f"/identity/api/{endpoint}", body=encoded(values), headers=self.headers)

    def exchange(self, code: str, **changed: str | None) -> Response:
        usual = {"grant_type": "authorization_code", "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
        return self.post("token", **{"code": code, **usual, **changed})

    def tokens(self, person: Visitor, **changed: str | None) -> dict[str, Any]:
        response = self.exchange(self.code(person, **changed))
        assert response.status == 200, response.text[:300]
        return response.json()

    def refresh(self, token: str) -> Response:
        return self.post("token", grant_type="refresh_token", refresh_token=token)

    def userinfo(self, token: str) -> Response:
        return self.program.get("/identity/api/userinfo", headers={"Authorization": f"Bearer {token}"})

    def is_active(self, token: str) -> bool:
        return self.post("introspect", token=token).json()["active"]


def encoded(values: dict[str, str | None]) -> str:
    return urlencode({name: value for name, value in values.items() if value is not None})
