"""Passkeys: adding, using, renaming and removing them."""

import pytest
from allauth.mfa.models import Authenticator

from core.audit.models import AuditEntry
from core.testing.client import PortalClient

from .authenticator import Device
from .browser import PASSWORD, Browser, codes, pending_flows

PASSKEYS, FACTORS, SIGN_IN = "account/authenticators/webauthn", "account/authenticators", "auth/webauthn/login"
TOTP = "account/authenticators/totp"


def add(browser, device=None, name="Phone"):
    """Add a passkey. Returns the device and the answer."""
    device = device or Device()
    credential = device.register(browser.send("GET", PASSKEYS))
    return device, browser.send("POST", PASSKEYS, {"name": name, "credential": credential})


def sign_in(device, browser=None):
    browser = browser or Browser()
    return browser, browser.send("POST", SIGN_IN, {"credential": device.sign(browser.send("GET", SIGN_IN))})


@pytest.fixture
def device(signed_in, django_capture_on_commit_callbacks):
    signed_in.reauthenticate()
    with django_capture_on_commit_callbacks(execute=True):
        device, answer = add(signed_in)
    assert answer.status_code == 200, answer.content
    return device


def passkeys(browser):
    return [factor for factor in browser.send("GET", FACTORS).json()["data"] if factor["type"] == "webauthn"]


class TestAdding:
    def test_the_password_is_asked_before(self, signed_in):
        answer = signed_in.send("GET", PASSKEYS)
        assert answer.status_code == 401
        assert [flow["id"] for flow in answer.json()["data"]["flows"]] == ["reauthenticate"]

    def test_it_is_listed_audited_reported_by_mail_and_comes_with_recovery_codes(
        self, asha, signed_in, device, mailoutbox
    ):
        (passkey,) = passkeys(signed_in)
        assert passkey["name"] == "Phone"
        assert passkey["here"]
        assert mailoutbox[-1].to == [asha.email]
        assert Authenticator.objects.filter(user=asha, type="recovery_codes").exists()
        added = AuditEntry.objects.filter(event="second_factor_added", person=asha)
        assert [entry.details["factor"] for entry in added] == ["webauthn"]

    def test_a_device_that_does_not_verify_its_owner_is_refused(self, signed_in):
        signed_in.reauthenticate()
        _, answer = add(signed_in, Device(verified=False))
        assert answer.status_code == 400
        assert not Authenticator.objects.exists()

    @pytest.mark.parametrize("origin", ["https://elsewhere.example", "http://testserver"])
    def test_a_page_of_another_origin_is_refused(self, signed_in, origin):
        signed_in.reauthenticate()
        _, answer = add(signed_in, Device(origin=origin))
        assert answer.status_code == 400

    @pytest.mark.parametrize("credential", [None, "x", 7, [], {}, {"id": 1, "rawId": "AA", "response": {}}])
    def test_nonsense_is_refused(self, signed_in, credential):
        signed_in.reauthenticate()
        signed_in.send("GET", PASSKEYS)
        assert signed_in.send("POST", PASSKEYS, {"credential": credential}).status_code == 400
        assert signed_in.send("POST", SIGN_IN, {"credential": credential}).status_code == 400

    def test_a_long_name_is_cut(self, signed_in):
        signed_in.reauthenticate()
        add(signed_in, name="x" * 5_000)
        assert len(passkeys(signed_in)[0]["name"]) == 100

    def test_one_person_has_a_limited_number(self, signed_in, device, monkeypatch):
        monkeypatch.setattr("services.accounts.sign_in.passkeys.MOST_PASSKEYS", 1)
        answer = signed_in.send("GET", PASSKEYS)
        assert answer.status_code == 409
        assert codes(answer) == ["too_many_passkeys"]

    def test_staff_need_permission_for_their_first_second_factor(self, make_person):
        make_person("chief", password=PASSWORD, is_staff=True)
        browser = Browser()
        browser.submit_login("chief")
        browser.reauthenticate()
        assert codes(browser.send("GET", PASSKEYS)) == ["second_factor_not_allowed"]
        assert codes(browser.send("POST", PASSKEYS, {"credential": {"id": "x"}})) == ["second_factor_not_allowed"]


class TestSigningIn:
    def test_a_passkey_replaces_the_password_and_the_second_factor(self, asha, device, settings):
        settings.SECOND_FACTOR_FOR_MAINTAINERS = True
        browser, answer = sign_in(device)
        assert answer.status_code == 200, answer.content
        assert browser.username == "asha"
        entry = AuditEntry.objects.filter(event="signed_in", person=asha).latest("pk")
        assert entry.details["factors"] == ["webauthn"]

    def test_it_counts_as_the_second_factor_of_a_maintainer(self, device, asha, settings):
        settings.SECOND_FACTOR_FOR_MAINTAINERS = True
        asha.is_staff = asha.is_superuser = True
        asha.save()
        browser, _ = sign_in(device)
        assert browser.get("/admin/").status_code == 200

    def test_the_password_alone_does_not_sign_in_any_more(self, device):
        browser = Browser()
        (flow,) = pending_flows(browser.submit_login())
        assert flow["id"] == "mfa_authenticate"
        assert "webauthn" in flow["types"]
        credential = device.sign(browser.send("GET", "auth/webauthn/authenticate"))
        assert browser.send("POST", "auth/webauthn/authenticate", {"credential": credential}).status_code == 200
        assert browser.username == "asha"

    def test_a_signature_works_once(self, device):
        browser = Browser()
        credential = device.sign(browser.send("GET", SIGN_IN))
        assert browser.send("POST", SIGN_IN, {"credential": credential}).status_code == 200
        other = Browser()
        other.send("GET", SIGN_IN)
        assert other.send("POST", SIGN_IN, {"credential": credential}).status_code == 400

    def test_another_device_of_the_same_owner_is_refused_and_recorded(self, device):
        thief = Device()
        thief.owner = device.owner
        browser, answer = sign_in(thief)
        assert answer.status_code == 400
        assert browser.username is None
        entry = AuditEntry.objects.filter(event="sign_in_failed").latest("pk")
        assert entry.details["factor"] == "webauthn"

    def test_a_closed_account_is_refused(self, device, asha):
        asha.is_active = False
        asha.save()
        browser, answer = sign_in(device)
        assert answer.status_code == 401
        assert browser.username is None

    def test_a_passkey_of_another_host_is_listed_as_such(self, signed_in, device, settings):
        settings.ALLOWED_HOSTS = ["testserver", "other.example"]
        answer = signed_in.get("/_allauth/browser/v1/account/authenticators", headers={"Host": "other.example"})
        assert [factor["here"] for factor in answer.json()["data"] if factor["type"] == "webauthn"] == [False]

    @pytest.mark.parametrize(
        ("host", "here"),
        [("testserver", True), ("127.0.0.1:8000", False), ("[::1]:8000", False), ("localhost:1", True)],
    )
    def test_passkeys_are_offered_where_the_host_is_a_name(self, db, settings, host, here):
        settings.ALLOWED_HOSTS = ["*"]
        answer = PortalClient().get("/_allauth/browser/v1/config", headers={"Host": host})
        assert answer.json()["data"]["portal"]["passkeys"] is here


class TestChanging:
    def test_it_is_renamed(self, signed_in, device):
        (passkey,) = passkeys(signed_in)
        assert signed_in.send("PUT", PASSKEYS, {"id": passkey["id"], "name": "Blue key"}).status_code == 200
        assert [one["name"] for one in passkeys(signed_in)] == ["Blue key"]

    def test_removing_requires_the_second_factor(self, device):
        browser, _ = sign_in(device)
        (passkey,) = passkeys(browser)
        session = browser.session
        for record in session["account_authentication_methods"]:
            record["at"] -= 10_000
        session.save()
        answer = browser.send("DELETE", PASSKEYS, {"authenticators": [passkey["id"]]})
        assert answer.status_code == 401
        (flow,) = answer.json()["data"]["flows"]
        assert flow["id"] == "mfa_reauthenticate"
        credential = device.sign(browser.send("GET", "auth/webauthn/reauthenticate"))
        assert browser.send("POST", "auth/webauthn/reauthenticate", {"credential": credential}).status_code == 200
        assert browser.send("DELETE", PASSKEYS, {"authenticators": [passkey["id"]]}).status_code == 200
        assert not Authenticator.objects.exists()  # recovery codes alone would protect nothing

    def test_nobody_changes_a_passkey_of_another_person(self, device, make_person):
        make_person("ben", password=PASSWORD)
        browser = Browser()
        browser.submit_login("ben")
        browser.reauthenticate()
        passkey = Authenticator.objects.get(type="webauthn")
        assert browser.send("PUT", PASSKEYS, {"id": passkey.pk, "name": "Mine"}).status_code == 400
        assert browser.send("DELETE", PASSKEYS, {"authenticators": [passkey.pk]}).status_code == 400

    def test_an_authenticator_app_can_be_added_to_a_passkey(self, signed_in, device):
        answer = signed_in.send("GET", TOTP)
        assert answer.status_code == 404
        assert answer.json()["meta"]["secret"]


def test_the_password_is_asked_before_the_key_of_an_authenticator_app_is_shown(signed_in):
    answer = signed_in.send("GET", TOTP)
    assert answer.status_code == 401
    assert "meta" not in answer.json() or "secret" not in answer.json()["meta"]
    signed_in.reauthenticate()
    assert "secret" in signed_in.send("GET", TOTP).json()["meta"]
