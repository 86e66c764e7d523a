"""A person sees the sites that they use on the security tab, and takes back what they gave."""

from core.audit.models import AuditEntry
from core.testing.client import PortalClient
from services.single_sign_on.models import Connection

from .relying_party import tokens_left

URL = "/api/single_sign_on/connections/"


def test_a_person_sees_the_sites_that_they_use_and_what_these_know(wiki):
    assert wiki.browser.get(URL).json() == []
    wiki.tokens(scope="openid email")
    (found,) = wiki.browser.get(URL).json()
    assert (found["name"], found["scopes"]) == ("Wiki", ["email", "openid"])
    assert found["texts"] == ["Recognize you when you come again", "See your email address"]
    assert found["since"]
    assert found["last_sign_in_at"] >= found["since"]


def test_a_person_takes_it_back_and_is_asked_again(wiki):
    token = wiki.tokens(scope="openid offline_access")["access_token"]
    subject = Connection.objects.get().subject
    (found,) = wiki.browser.get(URL).json()
    assert wiki.browser.delete(f"{URL}{found['id']}/").status_code == 204
    assert tokens_left() == 0
    assert wiki.userinfo(token).status_code == 401
    assert wiki.browser.get(URL).json() == []
    assert wiki.authorize().status_code == 200
    wiki.code()
    assert Connection.objects.get().subject == subject, "the client knows them by the same name"
    assert AuditEntry.objects.get(event="client_disconnected").details["name"] == "Wiki"


def test_others_cannot(wiki, make_person, visitor):
    wiki.tokens()
    (found,) = wiki.browser.get(URL).json()
    other = PortalClient().sign_in(make_person("ben"))
    assert other.get(URL).json() == []
    assert other.delete(f"{URL}{found['id']}/").status_code == 404
    assert visitor.get(URL).status_code == 401
    assert tokens_left() == 1


def test_a_list_of_sites_costs_one_query_more_however_long(wiki, relying_party, round_trips):
    for number in range(3):
        relying_party(name=f"Site {number}").code()
    wiki.browser.get(URL)
    with round_trips(sql=2, stores=3):
        assert len(wiki.browser.get(URL).json()) == 3


def test_recent_activity_has_the_first_sign_in_at_a_site_and_the_end_of_its_access(wiki):
    wiki.code()
    wiki.code()
    wiki.browser.delete(f"{URL}{Connection.objects.get().pk}/")
    entries = wiki.browser.get("/api/accounts/activity/").json()
    found = [(one["event"], one["client"]) for one in entries if one["client"]]
    assert found == [("client_disconnected", "Wiki"), ("client_sign_in", "Wiki")]
