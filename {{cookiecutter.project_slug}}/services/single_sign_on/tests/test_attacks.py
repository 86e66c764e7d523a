"""Attacks and bad input get the specification's error. Nothing is given, and nothing is a 500."""

import time
from datetime import timedelta
from urllib.parse import urlencode

import jwt
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client as DjangoClient
from redis.exceptions import ConnectionError as RedisConnectionError

from core.grants import current_grant
from core.people.versions import raise_versions
from core.stores.session_store import ProtectedValues
from core.testing.client import PortalClient
from core.testing.threads import at_the_same_time
from services.single_sign_on.clients import client_change
from services.single_sign_on.keys import signing_keys
from services.single_sign_on.models import Connection, UsedRefreshToken

from .conftest import CALLBACK
from .relying_party import AUTHORIZE, ID_TOKEN, TOKEN, VERIFIER, RelyingParty, answer_of, challenge_of, tokens_left

OFFLINE = "openid offline_access"

REDIRECT_URIS = {
    "a trailing dot": "https://wiki.example.edu./callback",
    "another case of the path": "https://wiki.example.edu/Callback",
    "another case of the host": "https://WIKI.example.edu/callback",
    "another port": "https://wiki.example.edu:8443/callback",
    "the usual port": "https://wiki.example.edu:443/callback",
    "a user": "https://wiki.example.edu@evil.example/callback",
    "a user of the same host": "https://evil@wiki.example.edu/callback",
    "an encoded slash": "https://wiki.example.edu/%2Fcallback",
    "an encoded path": "https://wiki.example.edu/%63allback",
    "a sub-domain": "https://evil.wiki.example.edu/callback",
    "a longer domain": "https://wiki.example.edu.evil.example/callback",
    "a parameter": "https://wiki.example.edu/callback?next=https://evil.example",
    "a fragment": "https://wiki.example.edu/callback#x",
    "a longer path": "https://wiki.example.edu/callback/../evil",
    "a backslash": "https://wiki.example.edu\\@evil.example/callback",
    "without TLS": "http://wiki.example.edu/callback",
    "another scheme": "javascript:alert(1)//wiki.example.edu/callback",
    "a loopback address": "http://127.0.0.1/callback",
    "a space": "https://wiki.example.edu/callback ",
    "a line break": "https://wiki.example.edu/callback\r\nSet-Cookie: x=1",
    "a null character": "https://wiki.example.edu/callback\0",
    "nothing": "",
}


@pytest.mark.parametrize("uri", REDIRECT_URIS.values(), ids=REDIRECT_URIS)
def test_an_answer_goes_to_a_registered_uri_byte_for_byte(wiki, uri):
    response = wiki.authorize(redirect_uri=uri)
    assert response.status_code == 400
    assert "Location" not in response


def test_a_request_with_two_redirect_uris_is_refused(wiki):
    query = urlencode([*wiki.parameters().items(), ("redirect_uri", "https://evil.example/")])
    assert wiki.browser.get(f"{AUTHORIZE}?{query}").status_code == 400


@pytest.mark.parametrize(
    ("uri", "status"),
    [
        ("http://127.0.0.1/callback", 200),
        ("http://127.0.0.1:5123/callback", 200),
        ("http://127.0.0.1:5123/other", 400),
        ("http://127.0.0.2:5123/callback", 400),
        ("http://[::1]:5123/callback", 400),
        ("http://localhost:5123/callback", 400),
        ("http://evil@127.0.0.1:5123/callback", 400),
        ("http://127.0.0.1:5123@evil.example/callback", 400),
        ("http://127.0.0.1:99999/callback", 400),
        ("https://127.0.0.1:5123/callback", 400),
    ],
)
def test_only_the_port_of_a_native_clients_loopback_address_may_differ(relying_party, uri, status):
    assert relying_party(kind="native").authorize(redirect_uri=uri).status_code == status


REQUESTS = {
    "no challenge": ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
    "a plain challenge": ({"code_challenge_method": "plain"}, "invalid_request"),
    "no method": ({"code_challenge_method": None}, "invalid_request"),
    "a short challenge": ({"code_challenge": "x"}, "invalid_request"),
    "a token in the answer": ({"response_type": "token"}, "unsupported_response_type"),
    "a hybrid flow": ({"response_type": "code id_token"}, "unsupported_response_type"),
    "no response type": ({"response_type": None}, "invalid_request"),
    "a fragment": ({"response_mode": "fragment"}, "invalid_request"),
    "a request object": ({"request": "eyJhbGciOiJub25lIn0.e30."}, "request_not_supported"),
    "the URL of one": ({"request_uri": "https://evil.example/"}, "request_uri_not_supported"),
    "a resource": ({"resource": "https://api.example.edu"}, "invalid_target"),
    "an unknown scope": ({"scope": "openid everything"}, "invalid_scope"),
    "no scope": ({"scope": None}, "invalid_scope"),
    "100 kB of scope": ({"scope": "openid " + "x" * 100_000}, "invalid_scope"),
    "a control character": ({"state": "a\x00b"}, "invalid_request"),
    "a long state": ({"state": "x" * 1001}, "invalid_request"),
    "no ID token": ({"id_token_hint": "x.y.z"}, "invalid_request"),
}


@pytest.mark.parametrize(("values", "error"), REQUESTS.values(), ids=REQUESTS)
def test_a_bad_request_gets_the_error_of_the_specification(wiki, values, error):
    if "state" in values and "\x00" in values["state"]:
        assert wiki.authorize(**values).status_code == 400, "the portal refuses a null character everywhere"
        return
    answer = answer_of(wiki.authorize(**values))
    assert (answer["error"], answer["iss"]) == (error, "http://testserver")
    assert "code" not in answer


def test_the_description_of_an_error_repeats_nothing_of_the_request(wiki):
    query = urlencode({'"><b>': "x" * 6001, **wiki.parameters(scope="x" * 5000)})
    answer = answer_of(wiki.browser.get(f"{AUTHORIZE}?{query}"))
    assert answer["error_description"] == "A parameter is too long."


@pytest.mark.parametrize("client_id", ["", "unknown", "x" * 3000, "a b", "é"])
def test_an_unknown_client_gets_a_page_and_no_redirect(wiki, client_id):
    response = wiki.authorize(client_id=client_id)
    assert response.status_code == 400
    assert "Location" not in response


@pytest.mark.parametrize("query", ["", "a", "&&&", "%zz", "client_id", "client_id=%ff", "x=" + "y" * 20_000])
def test_a_malformed_query_is_no_error_of_the_server(wiki, query):
    assert wiki.browser.get(f"{AUTHORIZE}?{query}").status_code == 400


class TestCode:
    def refused(self, response, error="invalid_grant", status=400):
        assert (response.status_code, response.json()["error"]) == (status, error)
        assert "access_token" not in response.json()

    def test_a_code_works_once_and_its_second_use_ends_the_tokens(self, wiki, django_capture_on_commit_callbacks):
        code = wiki.code()
        token = wiki.exchange(code).json()["access_token"]
        with django_capture_on_commit_callbacks(execute=True):
            self.refused(wiki.exchange(code))
        assert wiki.userinfo(token).status_code == 401

    def test_another_client_cannot_use_it(self, wiki, relying_party):
        thief = relying_party(name="Thief")
        code = wiki.code()
        self.refused(thief.exchange(code))
        self.refused(thief.exchange(code, client_id=wiki.client_id), "invalid_client", 401)
        assert wiki.exchange(code).status_code == 200

    @pytest.mark.parametrize("verifier", [None, "", "x" * 43, VERIFIER + "x"])
    def test_without_the_verifier_it_is_worth_nothing(self, wiki, verifier):
        code = wiki.code()
        response = wiki.exchange(code, code_verifier=verifier)
        assert response.status_code == 400
        assert response.json()["error"] in {"invalid_grant", "invalid_request"}
        assert wiki.exchange(code).status_code == 200

    def test_the_challenge_of_another_sign_in_does_not_fit(self, wiki):
        code = wiki.code(code_challenge=challenge_of("another verifier that is also longer than 43 characters"))
        self.refused(wiki.exchange(code))

    @pytest.mark.parametrize("uri", [None, "https://wiki.example.edu/other"])
    def test_the_redirect_uri_must_be_that_of_the_request(self, wiki, uri):
        code = wiki.code()
        self.refused(wiki.exchange(code, redirect_uri=uri))
        assert wiki.exchange(code).status_code == 200

    def test_the_secret_must_be_right(self, wiki):
        wiki.secret += "x"
        self.refused(wiki.exchange(wiki.code()), "invalid_client", 401)

    def test_it_lives_for_a_minute(self, wiki, clock):
        first, second = wiki.code(), wiki.code()
        clock.move(timedelta(seconds=59))
        assert wiki.exchange(first).status_code == 200
        clock.move(timedelta(seconds=2))
        self.refused(wiki.exchange(second))

    def test_a_person_who_is_deactivated_meanwhile_gets_nothing(self, wiki, asha):
        code = wiki.code()
        asha.is_active = False
        asha.save()
        self.refused(wiki.exchange(code))

    def test_a_person_with_a_new_password_meanwhile_gets_nothing(self, wiki, asha):
        code = wiki.code()
        asha.set_password("another password entirely")
        asha.save()
        self.refused(wiki.exchange(code))

    @pytest.mark.parametrize("values", [{"code": "x" * 5000}, {"code": ""}, {"code": None}, {"code": "a\0b"}])
    def test_a_malformed_code_is_no_error_of_the_server(self, wiki, values):
        assert wiki.exchange("x", **values).status_code == 400

    @pytest.mark.parametrize("grant", ["password", "implicit", "client_credentials", "", "urn:x"])
    def test_a_web_client_has_no_other_grant(self, wiki, grant):
        response = wiki.post(TOKEN, grant_type=grant, username="asha", password="x")
        assert response.status_code in {400, 401}
        assert "access_token" not in response.json()

    def test_parameters_are_not_repeated(self, wiki):
        body = urlencode([("grant_type", "authorization_code"), ("code", "a"), ("code", "b")])
        form = "application/x-www-form-urlencoded"
        response = wiki.program.post(TOKEN, body, content_type=form, headers=wiki.headers())
        self.refused(response, "invalid_request")


class TestConsent:
    def test_a_forged_post_gives_nothing(self, wiki, asha):
        page = wiki.authorize()
        strict = PortalClient(enforce_csrf_checks=True).sign_in(asha)
        wiki.browser = strict
        assert wiki.consent(page).status_code == 403
        assert not Connection.objects.exists()

    def test_the_page_of_another_person_gives_nothing(self, wiki, make_person):
        page = wiki.authorize()
        wiki.browser = PortalClient().sign_in(make_person("ben"))
        assert wiki.consent(page).status_code == 400
        assert not Connection.objects.exists()

    def test_the_page_of_another_client_gives_nothing(self, wiki, relying_party):
        other = relying_party(name="Other").authorize().content.decode()
        signed = other.partition('name="page" value="')[2].partition('"')[0]
        page = wiki.authorize()
        page.content = page.content.replace(b'name="page" value="', b'name="page" value="' + signed.encode() + b'" x="')
        assert wiki.consent(page).status_code == 400
        assert not Connection.objects.exists()

    def test_a_redirect_uri_that_is_removed_meanwhile_gets_nothing(self, wiki):
        page = wiki.authorize()
        client_change(by=None, registration=wiki.registration, redirect_uris=["https://wiki.example.edu/other"])
        response = wiki.consent(page)
        assert response.status_code == 400
        assert "Location" not in response

    def test_a_page_lives_for_ten_minutes(self, wiki, monkeypatch):
        page, opened = wiki.authorize(), time.time()
        with monkeypatch.context() as later:
            later.setattr(time, "time", lambda: opened + 601)
            assert wiki.consent(page).status_code == 400
        assert not Connection.objects.exists()
        assert "code" in answer_of(wiki.consent(page))

    def test_no_site_can_frame_the_page(self, wiki):
        page = wiki.authorize()
        assert page["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
        assert "no-store" in page["Cache-Control"]

    def test_an_answer_without_what_was_signed_gives_nothing(self, wiki):
        response = wiki.browser.post(AUTHORIZE, {"request": "x", "page": "x", "action": "grant"})
        assert response.status_code == 403

    def test_a_request_by_post_asks_too(self, wiki):
        response = wiki.browser.post(AUTHORIZE, wiki.parameters())
        assert response["Location"].startswith(f"{AUTHORIZE}?")
        assert not Connection.objects.exists()


class TestTokens:
    def test_a_token_of_one_client_means_nothing_at_another(self, wiki, relying_party):
        other = relying_party(name="Other")
        tokens = wiki.tokens(scope=OFFLINE)
        for name in ("access_token", "refresh_token"):
            assert other.post("/identity/api/introspect", token=tokens[name]).json() == {"active": False}
            assert other.post("/identity/api/revoke", token=tokens[name]).status_code == 200
        assert other.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
        assert wiki.userinfo(tokens["access_token"]).status_code == 200
        assert wiki.refresh(tokens["refresh_token"]).status_code == 200

    def test_an_unsigned_token_means_nothing(self, wiki):
        claims = jwt.decode(wiki.tokens()["id_token"], options={"verify_signature": False})
        unsigned = jwt.encode(claims, None, algorithm="none")
        assert wiki.userinfo(unsigned).status_code == 401
        assert answer_of(wiki.authorize(**{ID_TOKEN: unsigned}))["error"] == "invalid_request"

    def test_a_token_with_an_unknown_key_means_nothing(self, wiki, rsa_keys):
        claims = jwt.decode(wiki.tokens()["id_token"], options={"verify_signature": False})
        unknown = jwt.encode(claims, rsa_keys[-1], algorithm="RS256", headers={"kid": "unknown"})
        assert answer_of(wiki.authorize(**{ID_TOKEN: unknown}))["error"] == "invalid_request"

    def test_a_token_signed_with_the_public_key_as_a_secret_means_nothing(self, wiki):
        claims = jwt.decode(wiki.tokens()["id_token"], options={"verify_signature": False})
        kid = jwt.get_unverified_header(wiki.tokens()["id_token"])["kid"]
        forged = jwt.encode(claims, "x" * 64, algorithm="HS256", headers={"kid": kid})
        assert answer_of(wiki.authorize(**{ID_TOKEN: forged}))["error"] == "invalid_request"
        assert signing_keys()

    def test_an_id_token_is_no_access_token(self, wiki):
        assert wiki.userinfo(wiki.tokens()["id_token"]).status_code == 401

    @pytest.mark.parametrize("text", ["", "x", "x" * 86, "portal_" + "x" * 43, "é" * 86])
    def test_an_unknown_token_gets_401(self, wiki, text):
        response = wiki.userinfo(text)
        assert (response.status_code, response["WWW-Authenticate"]) == (401, 'Bearer error="invalid_token"')

    def test_a_token_in_the_query_means_nothing(self, wiki):
        token = wiki.tokens()["access_token"]
        assert wiki.program.get("/identity/api/userinfo", {"access_token": token}).status_code == 401

    def test_a_deactivated_person_has_no_tokens(self, wiki, asha):
        tokens = wiki.tokens(scope=OFFLINE)
        asha.is_active = False
        asha.save()
        assert wiki.userinfo(tokens["access_token"]).status_code == 401
        assert wiki.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
        assert tokens_left() == 0

    def test_a_new_password_ends_tokens(self, wiki, asha):
        tokens = wiki.tokens(scope=OFFLINE)
        asha.set_password("another password entirely")
        asha.save()
        assert wiki.userinfo(tokens["access_token"]).status_code == 401
        assert wiki.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
        assert tokens_left() == 0

    def test_an_id_token_lives_for_five_minutes(self, wiki):
        """Clients check it when they receive it, with clocks that are less than five minutes off."""
        claims = jwt.decode(wiki.tokens()["id_token"], options={"verify_signature": False})
        assert claims["exp"] - claims["iat"] == 300
        assert abs(claims["iat"] - time.time()) < 60

    def test_an_access_token_ends_after_an_hour(self, wiki, clock):
        token = wiki.tokens()["access_token"]
        clock.move(timedelta(minutes=59))
        assert wiki.userinfo(token).status_code == 200
        clock.move(timedelta(minutes=2))
        assert wiki.userinfo(token).status_code == 401


class TestRefresh:
    def test_a_refresh_token_ends_after_thirty_days(self, wiki, clock):
        first, second = (wiki.tokens(scope=OFFLINE)["refresh_token"] for _ in range(2))
        clock.move(timedelta(days=30, minutes=-1))
        assert wiki.refresh(first).status_code == 200
        clock.move(timedelta(minutes=2))
        assert wiki.refresh(second).json() == {"error": "invalid_grant"}

    def test_a_refresh_token_works_once(self, wiki):
        first = wiki.tokens(scope=OFFLINE)["refresh_token"]
        second = wiki.refresh(first).json()
        assert second["refresh_token"] != first
        assert wiki.userinfo(second["access_token"]).status_code == 200

    def test_a_repetition_within_seconds_is_only_refused(self, wiki, clock):
        first = wiki.tokens(scope=OFFLINE)["refresh_token"]
        second = wiki.refresh(first).json()
        clock.move(timedelta(seconds=9))
        assert wiki.refresh(first).json() == {"error": "invalid_grant"}
        assert wiki.refresh(second["refresh_token"]).status_code == 200

    def test_a_later_use_ends_the_persons_tokens_at_this_client(self, wiki, relying_party, clock):
        other = relying_party(name="Other")
        elsewhere = other.tokens(scope=OFFLINE)
        first = wiki.tokens(scope=OFFLINE)["refresh_token"]
        second = wiki.refresh(first).json()
        clock.move(timedelta(seconds=11))
        assert wiki.refresh(first).json()["error"] == "invalid_grant"
        assert wiki.userinfo(second["access_token"]).status_code == 401
        assert wiki.refresh(second["refresh_token"]).json()["error"] == "invalid_grant"
        assert other.userinfo(elsewhere["access_token"]).status_code == 200

    def test_with_a_wrong_secret_a_used_token_ends_nothing(self, wiki, clock):
        first = wiki.tokens(scope=OFFLINE)["refresh_token"]
        second = wiki.refresh(first).json()
        clock.move(timedelta(minutes=1))
        secret, wiki.secret = wiki.secret, "wrong"
        assert wiki.refresh(first).status_code == 401
        wiki.secret = secret
        assert wiki.userinfo(second["access_token"]).status_code == 200

    def test_digests_of_used_tokens_are_kept_and_their_texts_are_not(self, wiki):
        first = wiki.tokens(scope=OFFLINE)["refresh_token"]
        wiki.refresh(first)
        used = UsedRefreshToken.objects.get()
        assert used.digest != first
        assert len(used.digest) == 64

    def test_fewer_scopes_for_once_are_no_fewer_scopes_for_ever(self, wiki):
        first = wiki.tokens(scope="openid email offline_access")["refresh_token"]
        second = wiki.refresh(first, scope="openid").json()
        assert second["scope"] == "openid"
        third = wiki.refresh(second["refresh_token"]).json()
        assert set(third["scope"].split()) == {"openid", "email", "offline_access"}

    def test_more_scopes_are_refused(self, wiki):
        first = wiki.tokens(scope=OFFLINE)["refresh_token"]
        assert wiki.refresh(first, scope="openid email").json()["error"] == "invalid_scope"

    def test_roles_are_checked(self, relying_party, use_roles, give_role, asha):
        use_roles(student={})
        role = give_role(asha, "student")
        client = relying_party(roles=("student",))
        token = client.tokens(scope=OFFLINE)["refresh_token"]
        token = client.refresh(token).json()["refresh_token"]
        type(role).objects.filter(pk=role.pk).delete()
        raise_versions([asha.pk])
        assert client.refresh(token).json()["error"] == "invalid_grant"
        assert tokens_left() == 0


def test_the_token_endpoint_limits_a_client_at_an_address(wiki, settings):
    settings.CLIENT_TOKENS_PER_MINUTE = 2
    for _ in range(2):
        assert wiki.exchange("wrong").status_code == 400
    response = wiki.exchange("wrong")
    assert (response.status_code, response.json()["error"]) == (429, "temporarily_unavailable")
    assert int(response["Retry-After"]) > 0
    wiki.program.defaults["REMOTE_ADDR"] = "10.0.0.9"
    assert wiki.exchange("wrong").status_code == 400, "another address has tries of its own"


def test_the_token_endpoint_limits_an_address_with_unknown_clients(wiki, settings):
    settings.ADDRESS_TOKENS_PER_MINUTE = 1
    wiki.client_id = "unknown"
    assert wiki.exchange("wrong").status_code == 401
    assert wiki.exchange("wrong").status_code == 429


@pytest.mark.parametrize("path", ["token", "revoke", "introspect", "device", "userinfo"])
@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"a=%zz", b"token=%00", b"client_id=%00", b"grant_type=refresh_token"]
)
def test_a_malformed_form_is_no_error_of_the_server(wiki, path, body):
    for headers in ({}, wiki.headers(), {"Authorization": "Basic %%%"}, {"Authorization": "Bearer \xe9"}):
        response = DjangoClient().generic(
            "POST", f"/identity/api/{path}", body, content_type="application/x-www-form-urlencoded", headers=headers
        )
        assert response.status_code in {200, 400, 401}, response.content
    assert current_grant() is None


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer")
@pytest.mark.django_db(transaction=True)
def test_of_two_refreshes_at_once_one_is_refused(wiki):
    token = wiki.tokens(scope=OFFLINE)["refresh_token"]

    def refresh():
        return RelyingParty(wiki.registration, wiki.secret, redirect_uri=CALLBACK).refresh(token)

    good, bad = sorted(at_the_same_time(refresh, refresh), key=lambda one: one.status_code)
    assert (good.status_code, bad.status_code) == (200, 400)
    assert wiki.userinfo(good.json()["access_token"]).status_code == 200


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer")
@pytest.mark.django_db(transaction=True)
def test_of_two_exchanges_of_a_code_at_once_one_is_refused(wiki):
    code = wiki.code()

    def exchange():
        return RelyingParty(wiki.registration, wiki.secret, redirect_uri=CALLBACK).exchange(code)

    assert sorted(one.status_code for one in at_the_same_time(exchange, exchange)) == [200, 400]


class TestOutages:
    def test_without_the_application_store_a_code_works(self, wiki, monkeypatch):
        code = wiki.code()
        monkeypatch.setitem(settings.CACHES, "application", {"BACKEND": "does.not.Exist"})
        assert wiki.exchange(code).status_code == 200

    def test_without_the_session_store_the_client_is_told_to_try_again(self, wiki, monkeypatch):
        code = wiki.code()

        def fail(*args, **more):
            raise RedisConnectionError("gone")

        monkeypatch.setattr(ProtectedValues, "run_script", fail)
        response = wiki.exchange(code)
        assert (response.status_code, response["Content-Type"]) == (503, "application/problem+json")
        assert int(response["Retry-After"]) > 0
        monkeypatch.undo()
        assert wiki.exchange(code).status_code == 200
