"""ID tokens that the portal must not accept, and answers of the provider that it cannot use."""

import hashlib
import hmac
import json
import threading
import time
from base64 import urlsafe_b64encode

import jwt
import pytest
from cryptography.hazmat.primitives import serialization

from core.audit.events import Event
from core.audit.models import AuditEntry
from core.openid import fetching
from core.openid.provider import forget_providers
from core.testing.openid_provider import KEY_ID, make_key, public_jwk
from services.accounts.models import InstituteAccount

from .browser import Browser
from .institute import begin, decide, finish, sign_in

DISCOVERY = "/.well-known/openid-configuration"


@pytest.fixture(scope="module")
def other_key():
    return make_key()


@pytest.fixture
def browser(institute, asha):
    return Browser()


def refused(browser):
    """Sign in, and return why the token was refused."""
    assert sign_in(browser) == {"next": "/", "problem": "invalid"}
    assert browser.username is None
    assert not InstituteAccount.objects.exists()
    return AuditEntry.objects.filter(event=Event.SIGN_IN_FAILED).latest("id").details["detail"]


def by_hand(header, claims, key=b""):
    """Return a token that no library would make. Without a key, it has no signature."""

    def part(content):
        return urlsafe_b64encode(content).rstrip(b"=")

    text = b".".join(part(json.dumps(one).encode()) for one in (header, claims))
    signature = part(hmac.new(key, text, hashlib.sha256).digest()) if key else b""
    return (text + b"." + signature).decode()


class TestForgedTokens:
    @pytest.mark.parametrize("name", ["none", "None", "NONE"])
    def test_without_a_signature(self, institute, browser, name):
        institute.make_token = lambda claims: by_hand({"alg": name, "kid": KEY_ID}, claims)
        assert refused(browser) == f"its algorithm is {name}"

    def test_with_a_signature_that_was_cut_off(self, institute, browser):
        institute.make_token = lambda claims: institute.sign(claims).rpartition(".")[0] + "."
        assert "InvalidSignatureError" in refused(browser)

    def test_signed_with_another_key(self, institute, browser, other_key):
        institute.make_token = lambda claims: jwt.encode(claims, other_key, "RS256", headers={"kid": KEY_ID})
        assert "InvalidSignatureError" in refused(browser)

    def test_signed_with_a_key_that_it_brings_itself(self, institute, browser, other_key):
        header = {"kid": "own", "jwk": public_jwk(other_key, "own"), "jku": f"{institute.issuer}/own-keys"}
        institute.make_token = lambda claims: jwt.encode(claims, other_key, "RS256", headers=header)
        assert refused(browser) == "the provider has no such key"
        assert "/own-keys" not in institute.paths()

    @pytest.mark.parametrize("form", ["pem", "jwk", "secret"])
    def test_with_hs256_and_what_is_public_or_shared(self, institute, browser, form):
        pem = institute.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        key = {"pem": pem, "jwk": public_jwk(institute.key)["n"].encode(), "secret": b"the secret of the client"}[form]
        institute.make_token = lambda claims: by_hand({"alg": "HS256", "kid": KEY_ID}, claims, key)
        assert refused(browser) == "its algorithm is HS256"

    def test_with_a_symmetric_key_among_the_keys(self, institute, browser):
        institute.keys.append({"kty": "oct", "kid": "shared", "k": "c2VjcmV0", "alg": "HS256"})
        institute.make_token = lambda claims: by_hand({"alg": "HS256", "kid": "shared"}, claims, b"secret")
        assert refused(browser) == "its algorithm is HS256"

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"aud": "another client"}, "InvalidAudienceError"),
            ({"aud": ["portal", "another client"]}, "azp"),
            ({"aud": ["portal", "another client"], "azp": "another client"}, "azp"),
            ({"azp": "another client"}, "azp"),
            ({"iss": "https://evil.example"}, "InvalidIssuerError"),
            ({"nonce": "of another sign-in"}, "nonce"),
            ({"nonce": None}, "nonce"),
            ({"exp": 1_700_000_000}, "ExpiredSignatureError"),
            ({"iat": 4_000_000_000}, "ImmatureSignatureError"),
            ({"nbf": 4_000_000_000}, "ImmatureSignatureError"),
            ({"sub": ""}, "sub"),
            ({"sub": "x" * 256}, "sub"),
            ({"sub": 7}, "InvalidSubjectError"),
        ],
    )
    def test_with_claims_of_something_else(self, institute, browser, changes, reason):
        institute.claims |= changes
        assert reason in refused(browser)

    @pytest.mark.parametrize("claim", ["iss", "sub", "aud", "exp", "iat", "nonce"])
    def test_without_a_claim(self, institute, browser, claim):
        institute.make_token = lambda claims: institute.sign({n: v for n, v in claims.items() if n != claim})
        assert claim in refused(browser)

    @pytest.mark.parametrize("token", [None, "", "a.b", "a.b.c", 7, "x" * 100_000])
    def test_that_are_no_tokens(self, institute, browser, token):
        institute.make_token = lambda claims: token
        refused(browser)

    def test_an_answer_of_userinfo_about_somebody_else(self, institute, browser):
        institute.claims = {"sub": "248289761001"}
        institute.userinfo = {"sub": "somebody else", "email": "asha@example.edu", "email_verified": True}
        assert "somebody else" in refused(browser)


class TestKeys:
    def test_a_new_key_is_asked_for(self, institute, browser, other_key, monkeypatch):
        assert sign_in(Browser()) == {"next": "/"}
        monkeypatch.setattr("core.openid.provider.SHORTEST_SECONDS", 0)
        institute.keys = [public_jwk(other_key, "new")]
        institute.make_token = lambda claims: jwt.encode(claims, other_key, "RS256", headers={"kid": "new"})
        assert sign_in(browser) == {"next": "/"}

    def test_unknown_keys_do_not_make_the_portal_ask_again_and_again(self, institute, browser, other_key):
        institute.make_token = lambda claims: jwt.encode(claims, other_key, "RS256", headers={"kid": "unknown"})
        before = institute.paths().count("/keys")
        for _ in range(3):
            refused(browser)
        assert institute.paths().count("/keys") == before + 1

    def test_a_token_without_a_key_id_is_verified_with_the_only_key(self, institute, browser, other_key):
        institute.make_token = lambda claims: jwt.encode(claims, institute.key, "RS256")
        assert sign_in(browser) == {"next": "/"}
        institute.keys.append(public_jwk(other_key, "second"))
        forget_providers()
        assert sign_in(Browser())["problem"] == "invalid"

    def test_a_key_for_encryption_does_not_verify(self, institute, browser):
        institute.keys = [{**public_jwk(institute.key), "use": "enc"}]
        assert refused(browser) == "the provider has no key that signs"

    def test_a_broken_key_does_not_verify(self, institute, browser):
        institute.keys = [{"kty": "RSA", "kid": KEY_ID, "n": "x", "e": "?"}]
        refused(browser)


class TestOutages:
    """The provider does not answer, or not as it should."""

    @pytest.fixture(autouse=True)
    def short_time(self, monkeypatch):
        monkeypatch.setattr(fetching, "SECONDS", 0.5)

    @staticmethod
    def at_token(browser, institute, before):
        location = decide(begin(browser))
        institute.before["/token"] = before
        return finish(browser, location)["problem"]

    @pytest.mark.parametrize(
        ("status", "content", "problem"),
        [
            (500, b"", "unavailable"),
            (503, b"<h1>Down</h1>", "unavailable"),
            (429, b"{}", "unavailable"),
            (302, b"", "invalid"),
            (204, b"", "invalid"),
            (200, b"<h1>Hello</h1>", "invalid"),
            (200, b"[]", "invalid"),
            (200, b"{}", "invalid"),
            (200, b"[" * 100_000, "invalid"),
            (200, b"\xff\xfe", "invalid"),
            (200, b'{"id_token": "' + b"x" * 300_000 + b'"}', "invalid"),
            (400, b"<h1>No</h1>", "invalid"),
            (401, b'{"error": "invalid_client"}', "invalid"),
        ],
    )
    def test_any_answer_ends_on_a_page(self, browser, institute, status, content, problem):
        def answer(handler):
            handler.send(status, "application/json", content)
            return True

        assert self.at_token(browser, institute, answer) == problem
        assert browser.username is None

    def test_no_redirect_is_followed(self, browser, institute):
        def answer(handler):
            handler.send_response(307)
            handler.send_header("Location", "/elsewhere")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return True

        assert self.at_token(browser, institute, answer) == "invalid"
        assert "/elsewhere" not in institute.paths()

    def test_a_provider_that_hangs(self, browser, institute):
        def hang(handler):
            deadline = time.monotonic() + 15
            while time.monotonic() < deadline:
                if handler.connection.recv(1024) == b"":
                    break
            handler.close_connection = True
            return True

        assert self.at_token(browser, institute, hang) == "unavailable"

    def test_the_connection_of_a_provider_that_sends_single_bytes_is_ended(self, browser, institute):
        ended = threading.Event()

        def drip(handler):
            handler.send_response(200)
            handler.send_header("Content-Length", "100000")
            handler.end_headers()
            try:
                for _ in range(150):
                    handler.wfile.write(b" ")
                    handler.wfile.flush()
                    time.sleep(0.1)
            except OSError:
                ended.set()
            handler.close_connection = True
            return True

        assert self.at_token(browser, institute, drip) == "unavailable"
        assert ended.wait(5)

    def test_a_provider_that_is_gone(self, browser, institute):
        institute.configure(issuer="http://127.0.0.1:1")
        assert browser.send("POST", "auth/institute", {}).status_code == 503

    @pytest.mark.parametrize(
        "changes",
        [
            {"issuer": "https://evil.example"},
            {"issuer": None},
            {"token_endpoint": None},
            {"token_endpoint": "https:///token"},
            {"jwks_uri": "file:///etc/passwd"},
            {"authorization_endpoint": "javascript:alert(1)"},
            {"authorization_endpoint": "http://127.0.0.1:port/"},
            {"userinfo_endpoint": "ftp://127.0.0.1/"},
            {"token_endpoint_auth_methods_supported": ["private_key_jwt"]},
        ],
    )
    def test_metadata_that_cannot_be_used(self, browser, institute, changes):
        institute.metadata = changes
        assert browser.send("POST", "auth/institute", {}).status_code == 503

    def test_a_failure_is_not_asked_for_by_every_visitor(self, browser, institute):
        institute.before[DISCOVERY] = lambda handler: handler.answer(500, {}) or True
        before = institute.paths().count(DISCOVERY)
        for _ in range(3):
            assert browser.send("POST", "auth/institute", {}).status_code == 503
        assert institute.paths().count(DISCOVERY) == before + 1

    def test_requests_at_once_are_limited(self, browser, institute, monkeypatch):
        monkeypatch.setattr(fetching, "SLOT_SECONDS", 0.01)
        taken = [fetching.SLOTS.acquire(timeout=15) for _ in range(2)]
        try:
            assert browser.send("POST", "auth/institute", {}).status_code == 503
        finally:
            for _ in taken:
                fetching.SLOTS.release()
