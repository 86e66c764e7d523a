"""Second factors are encrypted in the database, and their keys can be replaced without losing one."""

import io
import json
from importlib import import_module

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.management import CommandError, call_command

from core.encryption import NoKeyDecrypts, decrypt, encrypt, is_encrypted
from core.health.stack import HEALTH_CHECKS

from .browser import Browser, code_of

migration = import_module("services.accounts.migrations.0001_encrypt_second_factors")

NEW_KEY = "a new key for tests, of enough characters"
MFA_LOGIN = "auth/2fa/authenticate"


@pytest.fixture
def secret(signed_in, set_up_second_factor):
    return set_up_second_factor(signed_in)


def stored() -> dict[str, str]:
    """Return the secrets in the database, by their names in allauth."""
    rows = Authenticator.objects.values_list("data", flat=True)
    return {name: row[name] for row in rows for name in ("secret", "seed") if name in row}


def signs_in_with(code: str) -> bool:
    browser = Browser()
    browser.submit_login()
    return browser.send("POST", MFA_LOGIN, {"code": code}).status_code == 200


def reencrypt() -> str:
    output = io.StringIO()
    call_command("reencrypt", stdout=output)
    return output.getvalue()


def doctor_says() -> tuple[str, str]:
    (check,) = (check for check in HEALTH_CHECKS if check.service == "database")
    result = check.run(check.round_trip)
    return result.status, result.detail


def test_the_database_holds_neither_the_secret_nor_the_recovery_codes(secret, signed_in):
    listed = signed_in.send("GET", "account/authenticators/recovery-codes").json()["data"]["unused_codes"]
    content = json.dumps(list(Authenticator.objects.values_list("data", flat=True)))
    assert set(stored()) == {"secret", "seed"}
    assert all(map(is_encrypted, stored().values()))
    assert secret not in content
    assert not any(code in content for code in listed)
    assert decrypt(stored()["secret"], purpose="second-factor") == secret


def test_a_text_of_one_purpose_does_not_decrypt_as_one_of_another():
    with pytest.raises(NoKeyDecrypts):
        decrypt(encrypt("text", purpose="session"), purpose="second-factor")


def test_a_key_is_replaced_without_losing_a_second_factor(secret, signed_in, clock, settings):
    recovery_codes = signed_in.send("GET", "account/authenticators/recovery-codes").json()["data"]["unused_codes"]
    old = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = [NEW_KEY, *old]
    assert signs_in_with(code_of(secret, clock)), "the old key still decrypts"
    assert reencrypt().startswith("Encrypted 2 second factors with the first key of ENCRYPTION_KEYS.\n")
    settings.ENCRYPTION_KEYS = [NEW_KEY]
    assert doctor_says() == ("ok", "inserted, selected, rolled back")
    assert signs_in_with(code_of(secret, clock))
    assert signs_in_with(recovery_codes[0])
    assert not signs_in_with(recovery_codes[0]), "a used code works again"
    settings.ENCRYPTION_KEYS = old
    assert doctor_says()[0] == "degraded", "the old key still decrypts something"


def test_a_key_that_was_removed_too_early_is_reported_with_what_to_do(secret, clock, settings):
    before = stored()
    old = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = [NEW_KEY]
    status, detail = doctor_says()
    assert status == "degraded"
    assert "no key of ENCRYPTION_KEYS decrypts 2 second factors" in detail
    assert "put the key that was removed back" in detail
    with pytest.raises(CommandError, match=r"decrypts 2 second factors, of: asha\. Put the key that was removed back"):
        reencrypt()
    with pytest.raises(NoKeyDecrypts, match="Put the key that was removed back at the end of ENCRYPTION_KEYS"):
        decrypt(before["secret"], purpose="second-factor")
    assert stored() == before, "nothing may be lost"
    settings.ENCRYPTION_KEYS = [NEW_KEY, *old]
    reencrypt()
    assert signs_in_with(code_of(secret, clock))


def make_plain() -> None:
    for row in Authenticator.objects.all():
        row.data |= {
            name: decrypt(row.data[name], purpose="second-factor") for name in ("secret", "seed") if name in row.data
        }
        row.save()


def test_an_update_encrypts_the_second_factors_that_exist(secret, clock):
    make_plain()
    assert stored()["secret"] == secret
    for _ in range(2):  # a migration that was interrupted runs again
        migration.encrypt_all(apps, None)
        assert decrypt(stored()["secret"], purpose="second-factor") == secret
    assert signs_in_with(code_of(secret, clock))
    migration.decrypt_all(apps, None)
    assert stored()["secret"] == secret


def test_reencrypt_encrypts_what_an_older_server_wrote_during_the_update(secret, clock):
    make_plain()
    assert doctor_says()[0] == "degraded"
    reencrypt()
    assert doctor_says()[0] == "ok"
    assert signs_in_with(code_of(secret, clock))
