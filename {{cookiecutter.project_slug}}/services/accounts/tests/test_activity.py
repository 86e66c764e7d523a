"""Recent activity, on the page of the account."""

from core.testing.client import PortalClient
from core.testing.counting import counted_round_trips

from .browser import OTHER_PASSWORD, PASSWORD, Browser

ACTIVITY = "/api/accounts/activity/"


def events(browser):
    return [entry["event"] for entry in browser.get(ACTIVITY).json()]


def test_a_person_sees_sign_ins_and_changes_the_newest_first(asha, signed_in):
    Browser().submit_login(password="wrong")
    change = {"current_password": PASSWORD, "new_password": OTHER_PASSWORD}
    signed_in.reauthenticate()
    signed_in.send("POST", "account/password/change", change)
    entries = signed_in.get(ACTIVITY).json()
    assert [entry["event"] for entry in entries] == ["password_changed", "sign_in_failed", "signed_in"]
    assert [entry["own"] for entry in entries] == [True, False, True]
    assert entries[-1]["factors"] == ["password"]
    assert entries[-1]["new_device"] is True
    assert entries[-1]["ip_address"] == "127.0.0.1"


def test_nobody_sees_what_happened_to_others(signed_in, make_person):
    make_person("ben", password=PASSWORD)
    other = Browser()
    other.submit_login("ben")
    assert events(other) == ["signed_in"]
    assert events(signed_in) == ["signed_in"]
    assert PortalClient().get(ACTIVITY).status_code == 401


def test_the_list_is_short_and_takes_one_query(signed_in):
    for _ in range(12):
        Browser().submit_login()
    with counted_round_trips() as counted:
        assert len(events(signed_in)) == 10
    assert len([sql for sql in counted.sql if "core_audit_auditentry" in sql]) == 1
