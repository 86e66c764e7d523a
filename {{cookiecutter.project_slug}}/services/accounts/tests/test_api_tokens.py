"""People make, list and revoke API tokens on the tab "Security" of their account."""

import json
from datetime import timedelta

import pytest
from django.core import mail

from core.audit.events import Event
from core.audit.models import AuditEntry
from core.plugins.registry import installed_plugins
from core.testing.client import PortalClient
from core.tokens.actions import MOST_DAYS, MOST_TOKENS
from core.tokens.models import ApiToken

from .browser import OTHER_PASSWORD, PASSWORD, Browser, code_of

TOKENS = "account/api-tokens"
SCOPE = "notifications.read"
NEW = {"name": "Nightly report", "days": 30, "scopes": [SCOPE]}


@pytest.fixture(autouse=True)
def scope(monkeypatch):
    """Let an app have a scope, whatever apps the portal has."""
    scopes = installed_plugins()["notifications"].manifest.scopes
    monkeypatch.setitem(scopes, "read", "See your notifications")


@pytest.fixture
def confirmed(signed_in):
    signed_in.reauthenticate()
    return signed_in


def make(browser, **more):
    return browser.send("POST", TOKENS, {**NEW, **more})


def listed(browser):
    return browser.send("GET", TOKENS).json()["data"]["tokens"]


def details(event):
    return AuditEntry.objects.get(event=event).details


def test_a_token_is_returned_once_and_works(confirmed):
    answer = make(confirmed)
    text = answer.json()["data"]["text"]
    assert "no-store" in answer["Cache-Control"]
    (token,) = listed(confirmed)
    assert (token["name"], token["scopes"], token["last_used_at"]) == (NEW["name"], [SCOPE], None)
    assert text.startswith(token["start"])
    assert text not in confirmed.send("GET", TOKENS).content.decode()
    script = PortalClient(headers={"Authorization": f"Bearer {text}"})
    assert script.get("/api/notifications/").status_code == 403, "the view declares no scope"
    assert listed(confirmed)[0]["last_used_at"] is not None


def test_the_scopes_of_all_apps_are_listed_with_their_texts(signed_in):
    scopes = signed_in.send("GET", TOKENS).json()["data"]["scopes"]
    assert {"name": SCOPE, "app": "Notifications", "text": "See your notifications"} in scopes


def test_making_one_requires_the_password_again(signed_in):
    session = signed_in.session
    session["account_authentication_methods"] = [
        {**record, "at": record["at"] - 3600} for record in session["account_authentication_methods"]
    ]
    session.save()
    answer = make(signed_in)
    assert answer.status_code == 401
    assert answer.json()["meta"]["is_authenticated"]
    assert not ApiToken.objects.exists()
    signed_in.reauthenticate()
    assert make(signed_in).status_code == 200


def test_with_a_second_factor_a_password_is_not_enough(signed_in, set_up_second_factor, clock):
    secret = set_up_second_factor(signed_in)
    browser = Browser()
    browser.submit_login()
    browser.send("POST", "auth/2fa/authenticate", {"code": code_of(secret, clock)})
    session = browser.session
    session["account_authentication_methods"] = [
        {**record, "at": record["at"] - 3600} if record["method"] == "mfa" else record
        for record in session["account_authentication_methods"]
    ]
    session.save()
    answer = make(browser)
    assert answer.status_code == 401
    assert [flow["id"] for flow in answer.json()["data"]["flows"]] == ["mfa_reauthenticate"]


@pytest.mark.parametrize(
    "values",
    [
        {"name": ""},
        {"name": "x" * 61},
        {"days": 0},
        {"days": MOST_DAYS + 1},
        {"days": "soon"},
        {"scopes": []},
        {"scopes": ["notifications.all"]},
        {"scopes": "notifications.read"},
        {"scopes": [{"a": 1}]},
    ],
    ids=json.dumps,
)
def test_invalid_values_are_refused_at_their_field(confirmed, values):
    answer = make(confirmed, **values)
    assert answer.status_code == 400
    assert {error["param"] for error in answer.json()["errors"]} == set(values)
    assert not ApiToken.objects.exists()


def test_a_person_has_at_most_so_many(confirmed):
    for _ in range(MOST_TOKENS):
        assert make(confirmed).status_code == 200
    answer = make(confirmed)
    assert answer.status_code == 409
    assert str(MOST_TOKENS) in answer.json()["errors"][0]["message"]


def test_a_revoked_token_is_gone(confirmed):
    make(confirmed)
    (token,) = listed(confirmed)
    assert confirmed.send("DELETE", TOKENS, {"token": token["id"]}).json()["data"]["tokens"] == []
    assert confirmed.send("DELETE", TOKENS, {"token": token["id"]}).status_code == 400


def test_people_see_and_revoke_only_their_own(confirmed, make_person):
    make(confirmed)
    make_person("ben", password=PASSWORD)
    other = Browser()
    other.submit_login("ben")
    assert listed(other) == []
    assert other.send("DELETE", TOKENS, {"token": listed(confirmed)[0]["id"]}).status_code == 400
    assert len(listed(confirmed)) == 1


def test_anonymous_visitors_see_nothing(anonymous):
    assert anonymous.send("GET", TOKENS).status_code == 401
    assert make(anonymous).status_code == 401


def test_an_expired_token_is_not_listed(confirmed, asha):
    make(confirmed)
    token = ApiToken.objects.get()
    ApiToken.objects.update(expires_at=token.created_at - timedelta(days=1))
    assert listed(confirmed) == []


def test_a_new_password_ends_tokens(confirmed):
    make(confirmed)
    change = {"current_password": PASSWORD, "new_password": OTHER_PASSWORD}
    assert confirmed.send("POST", "account/password/change", change).status_code == 200
    assert listed(confirmed) == []


def test_signing_out_everywhere_ends_tokens(confirmed, make_person, asha):
    make(confirmed)
    chief = PortalClient().sign_in(make_person("chief", is_staff=True, is_superuser=True))
    chief.post("/admin/core_people/person/", {"action": "sign_out_everywhere", "_selected_action": [asha.pk]})
    assert not ApiToken.objects.exists()


def test_the_audit_log_and_recent_activity_have_both_events(confirmed):
    make(confirmed)
    (token,) = listed(confirmed)
    confirmed.send("DELETE", TOKENS, {"token": token["id"]})
    for event in (Event.API_TOKEN_MADE, Event.API_TOKEN_REVOKED):
        found = details(event)
        assert (found["start"], found["name"], found["scopes"]) == (token["start"], NEW["name"], [SCOPE])
    activity = [entry["event"] for entry in confirmed.get("/api/accounts/activity/").json()]
    assert activity[:2] == ["api_token_revoked", "api_token_made"]


def test_a_mail_says_that_a_token_was_made(confirmed, django_capture_on_commit_callbacks):
    mail.outbox.clear()
    with django_capture_on_commit_callbacks(execute=True):
        text = make(confirmed).json()["data"]["text"]
    (message,) = mail.outbox
    assert "API token" in message.subject
    assert f"Name: {NEW['name']}" in message.body
    assert "IP address: 127.0.0.1" in message.body
    assert text not in message.body
