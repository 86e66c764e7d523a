"""Discovery says what holds, and keys are rotated while tokens of both verify. Neither costs a query."""

from datetime import timedelta
from io import StringIO

import jwt
import pytest
from django.core.management import call_command

from core.audit.models import AuditEntry
from core.health.checks import Degraded
from core.stores.cache import cached
from services.single_sign_on import keys
from services.single_sign_on.health import report
from services.single_sign_on.keys import (
    CACHED,
    CACHED_FOR,
    count_unreadable,
    make_key,
    private_key,
    reencrypt_signing_keys,
    signing_keys,
)
from services.single_sign_on.models import SigningKey

DISCOVERY, KEYS = "/.well-known/openid-configuration", "/identity/api/keys"
ORIGIN = "http://testserver"
OTHER_KEY = "another key of enough characters for tests"


def key_ids(client):
    return [key["kid"] for key in client.get(KEYS).json()["keys"]]


def kid_of(client):
    return jwt.get_unverified_header(client.tokens()["id_token"])["kid"]


def forget_cached_keys():
    cached("single_sign_on").forget(CACHED)


def rotate(*options):
    output = StringIO()
    call_command("signingkey", "rotate", *options, stdout=output)
    forget_cached_keys()  # as after the commit
    return output.getvalue()


class TestDiscovery:
    def test_says_what_holds(self, db, visitor):
        found = visitor.get(DISCOVERY).json()
        assert found["issuer"] == ORIGIN
        assert found["authorization_endpoint"] == f"{ORIGIN}/identity/authorize"
        assert found["token_endpoint"] == f"{ORIGIN}/identity/api/token"
        assert found["userinfo_endpoint"] == f"{ORIGIN}/identity/api/userinfo"
        assert found["jwks_uri"] == f"{ORIGIN}{KEYS}"
        assert found["revocation_endpoint"] == f"{ORIGIN}/identity/api/revoke"
        assert found["introspection_endpoint"] == f"{ORIGIN}/identity/api/introspect"
        assert found["device_authorization_endpoint"] == f"{ORIGIN}/identity/api/device"
        assert found["end_session_endpoint"] == f"{ORIGIN}/identity/logout"
        assert found["subject_types_supported"] == ["pairwise"]
        assert found["response_types_supported"] == ["code"]
        assert found["response_modes_supported"] == ["query"]
        assert found["code_challenge_methods_supported"] == ["S256"]
        assert found["authorization_response_iss_parameter_supported"] is True
        assert found["id_token_signing_alg_values_supported"] == ["RS256"]
        assert found["request_uri_parameter_supported"] is False
        assert {"openid", "roles", "offline_access"} <= set(found["scopes_supported"])
        assert "registration_endpoint" not in found

    def test_every_url_is_the_providers(self, db, visitor):
        found = visitor.get(DISCOVERY).json()
        for name, url in found.items():
            if name.endswith(("_endpoint", "_uri")):
                assert visitor.get(url.removeprefix(ORIGIN)).status_code != 404, name

    @pytest.mark.parametrize("path", [DISCOVERY, KEYS])
    def test_is_cached_and_costs_no_query(self, visitor, round_trips, path):
        visitor.get(path)
        with round_trips(sql=0, stores=2):
            response = visitor.get(path)
        assert "public" in response["Cache-Control"]
        assert 0 < int(response["Cache-Control"].partition("max-age=")[2].partition(",")[0]) <= 3600
        assert response["Access-Control-Allow-Origin"] == "*"
        assert not response.cookies

    def test_an_unknown_path_is_404(self, db, visitor):
        for path in ("/.well-known/other", "/identity/", "/identity/other", "/identity/api/other"):
            assert visitor.get(path).status_code == 404, path


class TestKeys:
    def test_the_first_one_is_made_at_the_first_need(self, wiki):
        assert not SigningKey.objects.exists()
        assert key_ids(wiki.program) == [kid_of(wiki)]
        assert SigningKey.objects.count() == 1

    def test_another_process_may_note_meanwhile_that_there_is_none(self, wiki, monkeypatch):
        def make_slowly(**options):
            cached("single_sign_on").get_or_compute(CACHED, list, lifetime=CACHED_FOR)
            return make_key(**options)

        monkeypatch.setattr(keys, "make_key", make_slowly)
        made = kid_of(wiki)
        assert [made, [made]] == [kid_of(wiki), key_ids(wiki.program)]

    def test_what_was_noted_before_it_was_made_makes_no_second_one(self, wiki):
        made = kid_of(wiki)
        cached("single_sign_on").forget(CACHED)
        cached("single_sign_on").get_or_compute(CACHED, list, lifetime=CACHED_FOR)
        assert kid_of(wiki) == made
        assert SigningKey.objects.count() == 1

    def test_the_private_key_is_encrypted(self, wiki, settings):
        kid_of(wiki)
        assert "PRIVATE" not in SigningKey.objects.get().pem
        assert "n" in wiki.program.get(KEYS).json()["keys"][0]
        assert "d" not in wiki.program.get(KEYS).json()["keys"][0]

    def test_a_new_one_is_published_before_it_signs_and_the_old_one_after(self, wiki, clock):
        old = kid_of(wiki)
        assert "The new key signs from" in rotate()
        both = key_ids(wiki.program)
        assert len(both) == 2
        assert kid_of(wiki) == old
        clock.move(timedelta(minutes=61))
        (new,) = {*both} - {old}
        assert kid_of(wiki) == new
        assert key_ids(wiki.program) == both
        clock.move(timedelta(hours=25))
        forget_cached_keys()
        assert key_ids(wiki.program) == [new]
        assert AuditEntry.objects.filter(event="signing_key_rotated").count() == 1

    def test_clients_keep_no_key_for_longer_than_it_is_published(self, wiki, clock):
        kid_of(wiki)
        rotate()
        clock.move(timedelta(hours=24, minutes=59))
        age = wiki.program.get(KEYS)["Cache-Control"].partition("max-age=")[2].partition(",")[0]
        assert int(age) <= 60

    def test_a_copied_key_is_replaced_at_once(self, wiki):
        old = kid_of(wiki)
        rotate("--at-once")
        assert old not in key_ids(wiki.program)
        assert kid_of(wiki) != old

    def test_the_encryption_key_can_be_replaced(self, db, settings):
        signing_keys()
        old = settings.ENCRYPTION_KEYS
        settings.ENCRYPTION_KEYS = [OTHER_KEY, *old]
        assert reencrypt_signing_keys() == 1
        settings.ENCRYPTION_KEYS = [OTHER_KEY]
        forget_cached_keys()
        private_key.cache_clear()
        assert len(signing_keys()) == 1
        assert count_unreadable() == 0
        settings.ENCRYPTION_KEYS = old
        private_key.cache_clear()
        assert count_unreadable() == 1

    def test_without_the_encryption_key_another_one_is_made(self, wiki, asha, settings):
        lost = kid_of(wiki)
        settings.ENCRYPTION_KEYS = [OTHER_KEY]
        private_key.cache_clear()
        wiki.browser.sign_in(asha)  # sessions are encrypted too
        made = kid_of(wiki)
        assert made != lost
        assert key_ids(wiki.program) == [made]
        assert SigningKey.objects.count() == 2
        rotate("--at-once")
        assert kid_of(wiki) in key_ids(wiki.program)
        assert count_unreadable() == 0

    def test_without_the_encryption_key_a_rotation_leaves_a_key_that_signs(self, wiki, asha, settings):
        lost = kid_of(wiki)
        settings.ENCRYPTION_KEYS = [OTHER_KEY]
        private_key.cache_clear()
        wiki.browser.sign_in(asha)
        rotate()
        made = kid_of(wiki)
        assert made != lost
        assert made in key_ids(wiki.program)


def test_doctor_signs_and_verifies(db, settings):
    assert report() == "signed and verified; published keys: 1; on the internet site"
    settings.ENCRYPTION_KEYS = [OTHER_KEY]
    private_key.cache_clear()
    with pytest.raises(Degraded, match="decrypts 1 of the keys that sign ID tokens"):
        report()
