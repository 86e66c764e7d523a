"""Attacks and bad input, through NGINX, get the specification's error. Nothing is given, and nothing is a 500."""

from collections.abc import Callable
from contextlib import closing, suppress
from urllib.parse import urlencode

import jwt
import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.stack.single_sign_on.relying_party import (
    AUTHORIZE,
    CALLBACK,
    ID_TOKEN,
    SIGNED_OUT,
    VERIFIER,
    RelyingParty,
    answer_of,
    check_refused,
)
from tests.support.compose import Stack
from tests.support.single_sign_on import hidden_fields, press
from tests.support.visitor import FORM, Response, Visitor

Client = Callable[[str], RelyingParty]
ANOTHER_VERIFIER = "another-verifier-of-at-least-43-characters-for-the-tests"
LONG_SCOPE = "openid " + "x" * 100_000

REDIRECT_URIS = {
    "a slash more": f"{CALLBACK}/",
    "a trailing dot": CALLBACK.replace(".edu/", ".edu./"),
    "another case": CALLBACK.replace("wiki", "WIKI"),
    "a port": CALLBACK.replace(".edu/", ".edu:443/"),
    "a user": CALLBACK.replace("https://", "https://portal@"),
    "an encoded slash": CALLBACK.replace("/callback", "/%2Fcallback"),
    "a sub-domain": CALLBACK.replace("wiki", "evil.wiki"),
    "a parameter": f"{CALLBACK}?next=x",
}


@pytest.fixture
def another_site(client: Client) -> RelyingParty:
    return client("Another site")


@pytest.mark.parametrize("uri", REDIRECT_URIS.values(), ids=REDIRECT_URIS)
def test_a_request_for_another_address_leads_nowhere(wiki: RelyingParty, reader: Visitor, uri: str) -> None:
    check_page(wiki.authorize(reader, redirect_uri=uri))


def test_a_request_of_an_unknown_client_leads_nowhere(wiki: RelyingParty, reader: Visitor) -> None:
    check_page(wiki.authorize(reader, client_id="unknown"))


def check_page(response: Response, status: int = 400) -> None:
    """Fail unless the person gets a page that says why, and the client gets nothing."""
    assert response.status == status, response.text[:300]
    assert response.content_type == "text/html"
    assert "<main" in response.text
    assert "Location" not in response.headers


REQUESTS = {
    "no challenge": ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
    "a plain challenge": ({"code_challenge": VERIFIER, "code_challenge_method": "plain"}, "invalid_request"),
    "a token in the answer": ({"response_type": "token"}, "unsupported_response_type"),
    "an unsigned request object": ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
    "a scope that the client does not have": ({"scope": "openid roles"}, "invalid_scope"),
    "6 kB of scope": ({"scope": LONG_SCOPE[:6000]}, "invalid_scope"),
}


@pytest.mark.parametrize(("changed", "error"), REQUESTS.values(), ids=REQUESTS)
def test_a_bad_request_gets_its_error(
    wiki: RelyingParty, reader: Visitor, stack: Stack, changed: dict[str, str | None], error: str
) -> None:
    answer = answer_of(wiki.authorize(reader, **changed))
    assert answer.pop("error_description")
    assert answer == {"error": error, "state": "a-state", "iss": stack.origin("internet")}


class TestLongScope:
    """100 kB of it are more than NGINX reads. What it passes on is more than the portal takes."""

    def test_in_the_url_of_a_request(self, wiki: RelyingParty, reader: Visitor) -> None:
        connection = reader.connection()
        with closing(connection):
            with suppress(OSError):  # NGINX closes the connection before it has read everything
                connection.request("GET", wiki.path(scope=LONG_SCOPE), headers=reader.cookie_header())
            assert connection.getresponse().status == 414

    @pytest.mark.parametrize(("length", "status"), [(100_000, 413), (50_000, 400)])
    def test_in_the_form_of_a_request(self, wiki: RelyingParty, reader: Visitor, length: int, status: int) -> None:
        body = wiki.path(scope=LONG_SCOPE[:length]).partition("?")[2]
        check_page(reader.request("POST", AUTHORIZE, body=body, headers=reader.page_headers(FORM)), status)

    @pytest.mark.parametrize("endpoint", ["token", "device", "revoke", "introspect"])
    def test_in_the_form_of_a_program(self, wiki: RelyingParty, endpoint: str) -> None:
        form = {"grant_type": "refresh_token", "refresh_token": "x", "client_id": wiki.client_id}
        assert wiki.post(endpoint, scope=LONG_SCOPE, **form).status == 413
        check_refused(wiki.post(endpoint, scope=LONG_SCOPE[:50_000], **form), "invalid_request")


# What somebody does with a code that is not theirs: error, status, and the request.
STOLEN: dict[str, tuple[str, int, Callable[[RelyingParty, RelyingParty, str], Response]]] = {
    "by another client": ("invalid_grant", 400, lambda _wiki, thief, code: thief.exchange(code)),
    "by another client with the id of this one": (
        "invalid_client",
        401,
        lambda wiki, thief, code: thief.exchange(code, client_id=wiki.client_id),
    ),
    "with a wrong secret": (
        "invalid_client",
        401,
        lambda wiki, thief, code: RelyingParty(wiki.program, wiki.client_id, thief.secret).exchange(code),
    ),
    "without the verifier": (
        "invalid_request",
        400,
        lambda wiki, _thief, code: wiki.exchange(code, code_verifier=None),
    ),
    "with another verifier": (
        "invalid_grant",
        400,
        lambda wiki, _thief, code: wiki.exchange(code, code_verifier=ANOTHER_VERIFIER),
    ),
    "for another address": (
        "invalid_grant",
        400,
        lambda wiki, _thief, code: wiki.exchange(code, redirect_uri=SIGNED_OUT),
    ),
}


class TestCode:
    @pytest.mark.parametrize(("error", "status", "use"), STOLEN.values(), ids=STOLEN)
    def test_a_stolen_one_is_worth_nothing_and_still_works_for_its_client(
        self, wiki: RelyingParty, another_site: RelyingParty, reader: Visitor, error: str, status: int, use: Callable
    ) -> None:
        code = wiki.code(reader)
        check_refused(use(wiki, another_site, code), error, status)
        assert wiki.exchange(code).status == 200

    def test_one_of_another_sign_in_does_not_fit(self, wiki: RelyingParty, reader: Visitor) -> None:
        """An attacker who puts their own code into another person's browser does not know that one's verifier."""
        codes = [
            wiki.code(reader, code_challenge=create_s256_code_challenge(one)) for one in (VERIFIER, ANOTHER_VERIFIER)
        ]
        check_refused(wiki.exchange(codes[0], code_verifier=ANOTHER_VERIFIER), "invalid_grant")
        check_refused(wiki.exchange(codes[1], code_verifier=VERIFIER), "invalid_grant")

    def test_its_second_use_is_refused_and_ends_what_the_first_gave(self, wiki: RelyingParty, reader: Visitor) -> None:
        code = wiki.code(reader)
        tokens = wiki.exchange(code).json()
        assert wiki.userinfo(tokens["access_token"]).status == 200
        check_refused(wiki.exchange(code), "invalid_grant")
        assert wiki.userinfo(tokens["access_token"]).status == 401
        check_refused(wiki.refresh(tokens["refresh_token"]), "invalid_grant")


def test_tokens_mean_nothing_at_another_client(wiki: RelyingParty, another_site: RelyingParty, reader: Visitor) -> None:
    tokens = wiki.tokens(reader)
    for name in ("access_token", "refresh_token"):
        assert not another_site.is_active(tokens[name])
        assert another_site.post("revoke", token=tokens[name]).status == 200, "as for a token that does not exist"
    check_refused(another_site.refresh(tokens["refresh_token"]), "invalid_grant")
    answer = answer_of(another_site.authorize(reader, **{ID_TOKEN: tokens["id_token"]}))
    assert (answer["error"], "code" in answer) == ("invalid_request", False)
    assert wiki.is_active(tokens["access_token"])
    assert wiki.userinfo(tokens["access_token"]).status == 200
    assert wiki.refresh(tokens["refresh_token"]).status == 200


def unsigned(token: str) -> str:
    return jwt.encode(claims_of(token), None, algorithm="none")


def unsigned_with_a_key_of_the_portal(token: str) -> str:
    return jwt.encode(
        claims_of(token), None, algorithm="none", headers={"kid": jwt.get_unverified_header(token)["kid"]}
    )


def signed_by_an_unknown_key(token: str) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(claims_of(token), key, algorithm="RS256", headers={"kid": "unknown"})


def signed_by_an_unknown_key_under_a_known_name(token: str) -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(
        claims_of(token), key, algorithm="RS256", headers={"kid": jwt.get_unverified_header(token)["kid"]}
    )


def claims_of(token: str) -> dict:
    return jwt.decode(token, options={"verify_signature": False})


FORGERIES = [
    unsigned,
    unsigned_with_a_key_of_the_portal,
    signed_by_an_unknown_key,
    signed_by_an_unknown_key_under_a_known_name,
]


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_a_forged_id_token_means_nothing(wiki: RelyingParty, reader: Visitor, forge: Callable[[str], str]) -> None:
    forged = forge(wiki.tokens(reader)["id_token"])
    answer = answer_of(wiki.authorize(reader, **{ID_TOKEN: forged}))
    assert (answer["error"], "code" in answer) == ("invalid_request", False)
    query = urlencode({ID_TOKEN: forged, "post_logout_redirect_uri": SIGNED_OUT})
    page = reader.get(f"/identity/logout?{query}")
    left = press(reader, "/identity/logout", action="stay", **hidden_fields(page))
    assert left.headers["Location"] == "/", "the URL counts as little as the token"
    assert wiki.userinfo(forged).status == 401


@pytest.mark.parametrize("name", ["For students", "For another ring"])
@pytest.mark.parametrize("prompt", [None, "none", "consent"])
def test_a_client_for_others_signs_nobody_in(client: Client, reader: Visitor, name: str, prompt: str | None) -> None:
    answer = answer_of(client(name).authorize(reader, prompt=prompt))
    assert (answer["error"], "code" in answer) == ("access_denied", False)
    assert name not in {one["name"] for one in reader.get("/api/single_sign_on/connections/").json()}


def test_a_client_for_others_signs_them_in(stack: Stack, client: Client, person: Callable[[str], Visitor]) -> None:
    assert client("For students").tokens(person("student"))["access_token"]
