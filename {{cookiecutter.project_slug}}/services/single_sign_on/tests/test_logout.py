"""A client signs a person out (RP-initiated logout)."""

import pytest

from core.testing.client import PortalClient

from .relying_party import RelyingParty, answer_of, tokens_left

LOGOUT = "/identity/logout"
AFTER = "https://wiki.example.edu/signed-out"


@pytest.fixture
def wiki(relying_party):
    return relying_party(post_logout_redirect_uris=(AFTER,))


def form(wiki, **more):
    token = wiki.tokens(scope="openid offline_access")["id_token"]
    return {"id_token_hint": token, "post_logout_redirect_uri": AFTER, "state": "a-state", **more}


def test_the_portal_asks_and_signs_out_of_both(wiki):
    values = form(wiki)
    page = wiki.browser.get(LOGOUT, values)
    assert page.status_code == 200
    assert "https://wiki.example.edu" in page["Content-Security-Policy"]
    assert wiki.browser.session.get("_auth_user_id")
    response = wiki.browser.post(LOGOUT, {**values, "action": "logout", "csrfmiddlewaretoken": "x"})
    assert response["Location"].startswith(AFTER)
    assert answer_of(response)["state"] == "a-state"
    assert not wiki.browser.session.get("_auth_user_id")
    assert tokens_left() == 0


def test_a_person_stays_signed_in_at_the_portal(wiki):
    response = wiki.browser.post(LOGOUT, {**form(wiki), "action": "stay", "csrfmiddlewaretoken": "x"})
    assert response["Location"].startswith(AFTER)
    assert wiki.browser.session.get("_auth_user_id")
    assert tokens_left() == 0


@pytest.mark.parametrize(
    "uri",
    ["https://evil.example/", "https://wiki.example.edu/other", AFTER + "?x=1", "http://wiki.example.edu/signed-out"],
)
def test_nobody_is_led_to_a_url_that_is_not_registered(wiki, uri):
    response = wiki.browser.get(LOGOUT, form(wiki, post_logout_redirect_uri=uri))
    assert response.status_code == 400
    assert "Location" not in response


def test_without_a_token_the_url_does_not_count(wiki):
    response = PortalClient().get(LOGOUT, {"post_logout_redirect_uri": AFTER})
    assert response["Location"] == "/"


def test_a_forged_post_signs_nobody_out(wiki, asha):
    values = form(wiki)
    client = RelyingParty(wiki.registration, wiki.secret, redirect_uri=wiki.redirect_uri)
    client.browser = PortalClient(enforce_csrf_checks=True).sign_in(asha)
    response = client.browser.post(LOGOUT, {**values, "action": "logout", "csrfmiddlewaretoken": "x"})
    assert response.status_code == 403
    assert client.browser.session.get("_auth_user_id")


@pytest.mark.parametrize("values", [{"id_token_hint": "x" * 5000}, {"client_id": "a\0b"}, {"id_token_hint": "x.y.z"}])
def test_malformed_values_are_no_error_of_the_server(wiki, values):
    assert wiki.browser.get(LOGOUT, values).status_code in {200, 400}
