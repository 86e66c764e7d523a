"""Nobody can lock a person out of a browser in which they have signed in before."""

from unittest.mock import patch

import pytest
from django.conf import settings as portal_settings

from services.accounts.sign_in.devices import attempts_key_of_login

from .browser import EMAIL, PASSWORD, Browser, code_of

DEVICE = portal_settings.DEVICE_COOKIE_NAME
MFA_LOGIN = "auth/2fa/authenticate"
ELSEWHERE = "198.51.100.7"


@pytest.fixture
def used_before(signed_in):
    """A browser in which Asha has signed in, and out again."""
    signed_in.send("DELETE", "auth/session")
    assert signed_in.username is None
    return signed_in


def elsewhere(**more):
    return Browser(REMOTE_ADDR=ELSEWHERE, **more)


def use_up_attempts(login="asha", browser=None):
    browser = browser or elsewhere()
    answers = [browser.submit_login(login, password="wrong password").status_code for _ in range(6)]
    assert answers == [400] * 5 + [429]


def with_cookie(value):
    browser = elsewhere()
    browser.cookies[DEVICE] = value
    return browser


def test_signing_in_sets_the_cookie(signed_in):
    cookie = signed_in.cookies[DEVICE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert not cookie["domain"]
    assert cookie["max-age"] == 365 * 24 * 3600


def test_no_other_response_sets_it(anonymous, asha):
    anonymous.submit_login(password="wrong password")
    anonymous.get("/api/portal/")
    assert DEVICE not in anonymous.cookies


def test_it_is_not_set_before_the_second_factor(signed_in, set_up_second_factor, clock):
    secret = set_up_second_factor(signed_in)
    browser = Browser()
    browser.submit_login()
    assert DEVICE not in browser.cookies
    assert browser.send("POST", MFA_LOGIN, {"code": code_of(secret, clock)}).status_code == 200
    assert DEVICE in browser.cookies


@pytest.mark.parametrize("login", ["asha", "ASHA", EMAIL])
def test_a_person_signs_in_where_they_have_signed_in_before(used_before, login):
    use_up_attempts(login)
    assert Browser().submit_login(login).status_code == 429, "the attempts are not used up"
    assert used_before.submit_login(login).status_code == 200


def test_a_browser_that_was_used_before_has_a_limit_of_its_own(used_before):
    use_up_attempts(browser=used_before)
    assert used_before.submit_login().status_code == 429
    assert used_before.submit_login(EMAIL).status_code == 429, "the username and the email have separate attempts"
    assert Browser().submit_login().status_code == 200, "its attempts count elsewhere"


def test_correct_passwords_do_not_use_up_its_attempts(used_before):
    for _ in range(6):
        assert used_before.submit_login().status_code == 200
        used_before.send("DELETE", "auth/session")


def test_the_cookie_helps_only_the_person_who_signed_in(used_before, make_person):
    make_person("bela", email="bela@example.edu", password=PASSWORD)
    use_up_attempts("bela")
    assert used_before.submit_login("bela").status_code == 429
    assert used_before.submit_login("bela@example.edu").status_code == 200, "another name has its own attempts"


def test_a_browser_keeps_its_latest_five_people(used_before, make_person):
    for number in range(4):
        make_person(f"other{number}", password=PASSWORD)
        assert used_before.submit_login(f"other{number}").status_code == 200
        used_before.send("DELETE", "auth/session")
    use_up_attempts()
    use_up_attempts("other0")
    assert used_before.submit_login("other0").status_code == 200
    used_before.send("DELETE", "auth/session")
    assert used_before.submit_login().status_code == 200
    used_before.send("DELETE", "auth/session")
    make_person("other4", password=PASSWORD)
    assert used_before.submit_login("other4").status_code == 200
    used_before.send("DELETE", "auth/session")
    use_up_attempts("other1")
    assert used_before.submit_login("other1").status_code == 429, "a sixth person is kept"


def test_a_cookie_that_the_portal_did_not_sign_helps_nobody(used_before):
    cookie = used_before.cookies[DEVICE].value
    use_up_attempts()
    for value in ("x", "x" * 5000, cookie[:-1], cookie.replace(":", ":x", 1), f"{cookie}x", "a:b:c", "é"):
        assert with_cookie(value).submit_login().status_code == 429, value
    assert with_cookie(cookie).submit_login().status_code == 200


def test_a_cookie_expires(used_before):
    cookie = used_before.cookies[DEVICE].value
    use_up_attempts()
    with patch("services.accounts.sign_in.devices.LIFETIME_SECONDS", -1):
        assert with_cookie(cookie).submit_login().status_code == 429


def test_the_cookie_is_no_session(used_before):
    browser = Browser()
    browser.cookies[DEVICE] = used_before.cookies[DEVICE].value
    assert browser.username is None
    assert browser.submit_login(password="wrong password").status_code == 400


def test_the_limit_of_an_ip_address_counts_these_browsers_too(used_before, settings):
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login_failed": "2/m/ip,5/5m/key"}
    answers = [used_before.submit_login(password="wrong password").status_code for _ in range(3)]
    assert answers == [400, 400, 429]


def test_a_browser_without_the_cookie_causes_no_look_up(asha, django_assert_num_queries):
    request = elsewhere().get("/api/portal/").wsgi_request
    with django_assert_num_queries(0):
        assert attempts_key_of_login(request, "asha") is None


def test_wrong_codes_from_elsewhere_do_not_lock_out_the_second_factor(signed_in, set_up_second_factor, clock):
    secret = set_up_second_factor(signed_in)
    signed_in.send("DELETE", "auth/session")
    thief = elsewhere()  # who knows the password
    thief.submit_login()
    answers = [thief.send("POST", MFA_LOGIN, {"code": f"{code:06}"}).status_code for code in range(6)]
    assert answers == [400] * 5 + [429]
    signed_in.submit_login()
    assert signed_in.send("POST", MFA_LOGIN, {"code": code_of(secret, clock)}).status_code == 200
    answers = [signed_in.send("POST", "auth/2fa/reauthenticate", {"code": f"{n:06}"}).status_code for n in range(6)]
    assert answers == [400] * 5 + [429], "codes can be guessed without limit in a browser that was used before"


def test_wrong_passwords_from_elsewhere_do_not_stop_confirming_a_password(signed_in):
    use_up_attempts(EMAIL)
    use_up_attempts("asha")
    signed_in.reauthenticate()
    for _ in range(5):
        assert signed_in.send("POST", "auth/reauthenticate", {"password": "wrong password"}).status_code == 400
    assert signed_in.send("POST", "auth/reauthenticate", {"password": PASSWORD}).status_code == 429
