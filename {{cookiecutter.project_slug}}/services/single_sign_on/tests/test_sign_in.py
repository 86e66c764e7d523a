"""A person signs in at a client, by the code flow."""

import time
from types import SimpleNamespace
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
from django.core import signing

from core.audit.models import AuditEntry
from core.openid.provider import read_keys, read_metadata
from core.openid.tokens import verify_id_token
from core.people.models import Visibility
from core.testing.client import PortalClient
from services.single_sign_on.models import Connection
from services.single_sign_on.provider import authorization
from services.single_sign_on.provider.authorization import ASKED_AT, SALT

from .conftest import PASSWORD
from .relying_party import ID_TOKEN, OPENID, answer_of

ISSUER = "http://testserver"


def error_of(response):
    answer = answer_of(response)
    assert answer["iss"] == ISSUER
    return answer["error"]


def sign_in_with_password(browser):
    form = {"username": "asha", "password": PASSWORD}
    assert browser.post_json("/_allauth/browser/v1/auth/login", form).status_code == 200


def test_a_person_consents_and_the_client_learns_who_they_are(wiki, asha):
    page = wiki.authorize()
    assert page.status_code == 200
    html = page.content.decode()
    assert "Wiki" in html
    assert "See your email address" in html
    answer = answer_of(wiki.consent(page))
    assert (answer["state"], answer["iss"]) == ("a-state", ISSUER)
    response = wiki.exchange(answer["code"])
    assert response["Cache-Control"] == "no-store"
    tokens = response.json()
    claims = wiki.userinfo(tokens["access_token"]).json()
    assert claims == {
        "sub": Connection.objects.get().subject,
        "name": "Asha Rao",
        "preferred_username": "asha",
        "email": "asha@example.edu",
        "email_verified": True,
    }
    key = jwt.PyJWKSet.from_dict(wiki.program.get("/identity/api/keys").json())
    token = tokens["id_token"]
    kid = jwt.get_unverified_header(token)["kid"]
    signed = jwt.decode(token, key[kid], algorithms=["RS256"], audience=wiki.client_id, issuer=ISSUER)
    assert (signed["sub"], signed["nonce"]) == (claims["sub"], "a-nonce")
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 3600)
    assert "refresh_token" not in tokens, "the client did not ask for offline_access"
    entry = AuditEntry.objects.get(event="client_sign_in")
    assert (entry.person, entry.details["client"]) == ("asha", wiki.client_id)


def test_another_portal_accepts_the_token(wiki, give_role, use_roles, asha):
    """core/openid is what a portal signs people in with at an institute's provider."""
    use_roles(student={})
    give_role(asha, "student")
    keys = wiki.program.get("/identity/api/keys").json()
    metadata = read_metadata(ISSUER, wiki.program.get("/.well-known/openid-configuration").json())
    assert (metadata.names_itself, metadata.secret_in_header) == (True, True)
    provider = SimpleNamespace(issuer=ISSUER, keys=lambda: read_keys(keys), newer_keys=lambda: read_keys(keys))
    token = wiki.tokens(scope="openid email roles")["id_token"]
    claims = verify_id_token(token, provider=provider, client_id=wiki.client_id, nonce="a-nonce")
    assert (claims["email"], claims["email_verified"], claims["roles"]) == ("asha@example.edu", True, ["student"])


def test_a_person_declines_and_the_client_gets_an_error(wiki):
    response = wiki.consent(wiki.authorize(), action="cancel")
    assert error_of(response) == "access_denied"
    assert answer_of(response)["state"] == "a-state"
    assert not Connection.objects.exists()


def test_state_and_nonce_are_optional(wiki):
    answer = answer_of(wiki.consent(wiki.authorize(state=None, nonce=None)))
    assert "state" not in answer
    assert "nonce" not in jwt.decode(
        wiki.exchange(answer["code"]).json()["id_token"], options={"verify_signature": False}
    )


def test_the_subject_is_another_one_at_each_client_and_stays_the_same(wiki, trusted):
    first, again = (wiki.userinfo(wiki.tokens()["access_token"]).json()["sub"] for _ in range(2))
    assert first == again
    assert trusted.userinfo(trusted.tokens()["access_token"]).json()["sub"] != first


class TestSigningIn:
    def test_an_anonymous_visitor_signs_in_on_the_portals_page_and_returns(self, wiki):
        wiki.browser = PortalClient()
        response = wiki.authorize(login_hint="asha")
        assert response.status_code == 302
        parts = urlsplit(response["Location"])
        parameters = dict(parse_qsl(parts.query))
        assert parts.path == "/sign-in/"
        assert parameters["next"].startswith("/identity/authorize?client_id=")
        assert parameters["login_hint"] == "asha"

    def test_prompt_login_asks_to_sign_in_again_once(self, wiki):
        wiki.code()
        response = wiki.authorize(prompt="login")
        assert response["Location"].startswith("/identity/sign-in-again?next=")
        assert wiki.browser.get(response["Location"]).status_code == 200
        path = dict(parse_qsl(urlsplit(response["Location"]).query))["next"]
        assert wiki.browser.get(path)["Location"].startswith("/identity/sign-in-again"), "not signed in again yet"
        signed_out = wiki.browser.post(response["Location"])
        assert signed_out["Location"].startswith("/sign-in/?next=/identity/authorize")
        assert not wiki.browser.session.get("_auth_user_id")
        sign_in_with_password(wiki.browser)
        assert "code" in answer_of(wiki.browser.get(path))

    def test_an_earlier_sign_in_does_not_count_for_prompt_login(self, wiki):
        wiki.browser = PortalClient()
        sign_in_with_password(wiki.browser)
        forged = wiki.parameters(prompt="login", **{ASKED_AT: str(time.time() - 100)})
        assert wiki.browser.get("/identity/authorize", forged)["Location"].startswith("/identity/sign-in-again")
        signed = wiki.parameters(prompt="login", **{ASKED_AT: signing.dumps(time.time(), salt=SALT)})
        assert wiki.browser.get("/identity/authorize", signed)["Location"].startswith("/identity/sign-in-again")

    def test_the_page_to_sign_in_again_leads_to_the_provider_only(self, wiki):
        assert wiki.browser.get("/identity/sign-in-again?next=https://evil.example/").status_code == 400
        assert wiki.browser.get("/identity/sign-in-again?next=//evil.example/identity/authorize?").status_code == 400

    @pytest.mark.parametrize("prompt", ["none login", "create", "none none2"])
    def test_an_unknown_or_contradictory_prompt_is_refused(self, wiki, prompt):
        assert error_of(wiki.authorize(prompt=prompt)) == "invalid_request"


def test_a_person_signs_in_so_often_in_a_minute(wiki, monkeypatch):
    monkeypatch.setattr(authorization, "SIGN_INS_PER_MINUTE", 2)
    for _ in range(2):
        wiki.code()
    assert error_of(wiki.authorize()) == "temporarily_unavailable"


class TestConsent:
    def test_it_is_remembered_until_the_client_asks_for_more(self, wiki):
        wiki.code(scope="openid profile")
        assert "code" in answer_of(wiki.authorize(scope="openid"))
        assert "code" in answer_of(wiki.authorize(scope="openid profile"))
        assert wiki.authorize(scope="openid profile email").status_code == 200

    def test_prompt_consent_asks_again(self, wiki):
        wiki.code()
        assert wiki.authorize(prompt="consent").status_code == 200

    def test_a_trusted_client_needs_none(self, trusted):
        assert "code" in answer_of(trusted.authorize())

    def test_a_client_that_is_no_longer_trusted_asks(self, trusted):
        trusted.code()
        client = trusted.registration.client
        client.skip_consent = False
        client.save()
        assert trusted.authorize().status_code == 200

    def test_prompt_none_without_a_session_says_so(self, wiki):
        wiki.browser = PortalClient()
        assert error_of(wiki.authorize(prompt="none")) == "login_required"

    def test_prompt_none_needs_consent_for_this_client(self, wiki, relying_party):
        other = relying_party(name="Other")
        other.code()
        assert error_of(wiki.authorize(prompt="none")) == "consent_required"
        wiki.code()
        assert "code" in answer_of(wiki.authorize(prompt="none"))

    def test_the_form_may_lead_to_the_client(self, wiki):
        policy = wiki.authorize()["Content-Security-Policy"]
        assert "form-action 'self' https://wiki.example.edu;" in policy
        assert "frame-ancestors 'none'" in policy

    def test_a_page_that_is_too_old_gives_nothing(self, wiki, monkeypatch):
        page = wiki.authorize()
        now = time.time()
        monkeypatch.setattr(signing.time, "time", lambda: now + 601)
        assert wiki.consent(page).status_code == 400
        assert not Connection.objects.exists()


class TestHidden:
    @pytest.fixture(autouse=True)
    def hide(self, asha):
        asha.email_visible_to = Visibility.NOBODY
        asha.save()

    def claims(self, client, **more):
        return client.userinfo(client.exchange(client.code(**more)).json()["access_token"]).json()

    def test_what_a_person_hides_from_everybody_is_left_out(self, wiki):
        assert "your email address" in wiki.authorize().content.decode()
        claims = self.claims(wiki)
        assert "email" not in claims
        assert claims["name"] == "Asha Rao"

    def test_a_trusted_client_does_not_get_it_either(self, trusted):
        assert "email" not in self.claims(trusted)

    def test_a_person_may_give_it_to_this_client(self, wiki, relying_party):
        code = answer_of(wiki.consent(wiki.authorize(), hidden="on"))["code"]
        token = wiki.exchange(code).json()["access_token"]
        assert wiki.userinfo(token).json()["email"] == "asha@example.edu"
        assert "email" not in self.claims(relying_party(name="Other"))

    def test_what_is_hidden_later_is_asked_about_and_not_given(self, wiki, asha):
        token = wiki.tokens(scope=OPENID)["access_token"]
        asha.entry_visible_to = Visibility.NOBODY
        asha.save()
        assert set(wiki.userinfo(token).json()) == {"sub"}
        assert wiki.authorize(scope=OPENID).status_code == 200


class TestRoles:
    @pytest.fixture(autouse=True)
    def roles(self, use_roles, asha, give_role):
        properties = {"department": {"type": "string"}, "number": {"type": "string"}}
        use_roles(student={"type": "object", "properties": properties}, guest={})
        self.role = give_role(asha, "student", details={"department": "Physics", "number": "17"})

    def test_the_client_gets_those_of_today_with_the_details_that_it_was_granted(self, relying_party):
        client = relying_party(details=("student.department",))
        claims = client.userinfo(client.tokens(scope="openid roles")["access_token"]).json()
        assert claims["roles"] == ["student"]
        assert claims["role_details"] == {"student": {"department": "Physics"}}

    def test_without_the_scope_it_gets_none(self, relying_party):
        client = relying_party(details=("student.department",))
        claims = client.userinfo(client.tokens(scope="openid")["access_token"]).json()
        assert not {"roles", "role_details"} & set(claims)

    def test_a_client_for_a_role_is_closed_to_others(self, relying_party, make_person):
        client = relying_party(roles=("student",))
        assert "code" in answer_of(client.consent(client.authorize()))
        client.browser = PortalClient().sign_in(make_person("guest"))
        assert error_of(client.authorize()) == "access_denied"
        assert answer_of(client.authorize())["error_description"] == (
            "Only available to people with one of these roles: Student."
        )

    def test_a_role_that_ends_while_the_page_is_open_closes_it(self, relying_party, asha):
        client = relying_party(roles=("student",))
        page = client.authorize()
        self.role.delete()
        assert error_of(client.consent(page)) == "access_denied"
        assert not Connection.objects.exists()


def test_a_client_for_a_ring_is_closed_to_other_addresses(relying_party):
    client = relying_party(rings=("campus",))
    parameters = client.parameters()
    refused = client.browser.get("/identity/authorize", parameters, REMOTE_ADDR="203.0.113.9")
    assert error_of(refused) == "access_denied"
    page = client.browser.get("/identity/authorize", parameters, REMOTE_ADDR="10.1.2.3")
    assert page.status_code == 200
    client.browser.defaults["REMOTE_ADDR"] = "203.0.113.9"
    assert error_of(client.consent(page)) == "access_denied"


class TestAboutAPerson:
    def test_prompt_none_with_the_token_of_the_same_person_works(self, wiki):
        token = wiki.tokens()["id_token"]
        assert "code" in answer_of(wiki.authorize(prompt="none", **{ID_TOKEN: token}))

    def test_the_token_of_another_person_requires_a_sign_in(self, wiki, make_person):
        token = wiki.tokens()["id_token"]
        wiki.browser = PortalClient().sign_in(make_person("ben"))
        assert error_of(wiki.authorize(prompt="none", **{ID_TOKEN: token})) == "login_required"

    def test_a_token_for_another_client_is_refused(self, wiki, trusted):
        token = trusted.tokens()["id_token"]
        assert error_of(wiki.authorize(**{ID_TOKEN: token})) == "invalid_request"
