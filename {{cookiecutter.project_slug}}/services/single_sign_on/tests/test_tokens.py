"""Tokens: their end, revocation, introspection, devices and machines."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.audit.models import AuditEntry
from core.people.models import Person
from core.testing.client import PortalClient
from services.single_sign_on.models import Connection, UsedRefreshToken
from services.single_sign_on.tasks import end_tokens

from .relying_party import TOKEN, tokens_left

OFFLINE = "openid offline_access"
INTROSPECT, REVOKE = "/identity/api/introspect", "/identity/api/revoke"


class TestEnd:
    """A task deletes within a minute what no request and no signal has met."""

    def test_of_a_role_by_its_date(self, relying_party, use_roles, give_role, asha, clock):
        use_roles(student={})
        give_role(asha, "student", end=timezone.localdate())
        client = relying_party(roles=("student",))
        tokens = client.tokens(scope=OFFLINE)
        end_tokens()
        assert client.userinfo(tokens["access_token"]).status_code == 200
        clock.move(timedelta(days=1))
        end_tokens()
        assert tokens_left() == 0

    def test_of_a_role_that_a_maintainer_ends(
        self, relying_party, use_roles, give_role, asha, django_capture_on_commit_callbacks
    ):
        use_roles(student={})
        role = give_role(asha, "student")
        client = relying_party(roles=("student",))
        client.tokens(scope=OFFLINE)
        with django_capture_on_commit_callbacks(execute=True):
            role.delete()
        assert tokens_left() == 0

    @pytest.mark.parametrize("change", [{"is_active": False}, {"password": "another hash"}])
    def test_of_a_person_without_a_signal(self, wiki, asha, change):
        wiki.tokens(scope=OFFLINE)
        end_tokens()
        assert tokens_left() == 2
        Person.objects.filter(pk=asha.pk).update(**change)
        end_tokens()
        assert tokens_left() == 0

    def test_of_what_has_expired(self, wiki, clock):
        tokens = wiki.tokens(scope=OFFLINE)
        wiki.refresh(tokens["refresh_token"])
        clock.move(timedelta(days=31))
        end_tokens()
        assert tokens_left() == 0
        assert not UsedRefreshToken.objects.exists()

    def test_of_all_sessions(self, wiki, asha, make_person):
        wiki.tokens(scope=OFFLINE)
        boss = PortalClient().sign_in(make_person("boss", is_staff=True, is_superuser=True))
        boss.post("/admin/core_people/person/", {"action": "sign_out_everywhere", "_selected_action": [asha.pk]})
        assert tokens_left() == 0

    def test_a_sign_in_of_the_portal_ends_none(self, wiki, asha):
        wiki.tokens(scope=OFFLINE)
        form = {"username": "asha", "password": "correct horse battery"}
        assert PortalClient().post_json("/_allauth/browser/v1/auth/login", form).status_code == 200
        end_tokens()
        assert tokens_left() == 2


class TestRevocation:
    def test_of_an_access_token(self, wiki):
        tokens = wiki.tokens(scope=OFFLINE)
        assert wiki.post(REVOKE, token=tokens["access_token"]).status_code == 200
        assert wiki.userinfo(tokens["access_token"]).status_code == 401
        assert wiki.refresh(tokens["refresh_token"]).status_code == 200

    def test_of_a_refresh_token_ends_access_tokens_too(self, wiki):
        tokens = wiki.tokens(scope=OFFLINE)
        assert wiki.post(REVOKE, token=tokens["refresh_token"]).status_code == 200
        assert tokens_left() == 0

    def test_needs_the_secret(self, wiki):
        tokens = wiki.tokens(scope=OFFLINE)
        wiki.secret = "wrong"
        assert wiki.post(REVOKE, token=tokens["refresh_token"]).status_code == 401
        assert tokens_left() == 2

    def test_of_an_unknown_token_is_no_error(self, wiki):
        assert wiki.post(REVOKE, token="unknown").status_code == 200


class TestIntrospection:
    def test_says_what_a_token_may_do_and_for_whom(self, wiki):
        token = wiki.tokens()["access_token"]
        found = wiki.post(INTROSPECT, token=token).json()
        assert (found["active"], found["client_id"], found["iss"]) == (True, wiki.client_id, "http://testserver")
        assert found["sub"] == Connection.objects.get().subject
        assert set(found["scope"].split()) == {"openid", "profile", "email"}

    def test_of_a_person_who_may_not_use_the_client_any_more(self, wiki, asha):
        token = wiki.tokens()["access_token"]
        Person.objects.filter(pk=asha.pk).update(password="another hash")
        assert wiki.post(INTROSPECT, token=token).json() == {"active": False}


class TestDevice:
    @pytest.fixture
    def tool(self, relying_party):
        return relying_party(kind="native", name="Tool")

    def start(self, tool, scope="openid profile offline_access"):
        return tool.post("/identity/api/device", scope=scope)

    def poll(self, tool, answer):
        return tool.post(
            TOKEN, grant_type="urn:ietf:params:oauth:grant-type:device_code", device_code=answer["device_code"]
        )

    def url(self, answer):
        return f"/identity/device?code={answer['user_code']}"

    def test_a_person_confirms_the_code_in_their_browser(self, tool, clock):
        answer = self.start(tool).json()
        assert answer["verification_uri"] == "http://testserver/identity/device"
        assert self.poll(tool, answer).json()["error"] == "authorization_pending"
        page = tool.browser.get(self.url(answer))
        html = page.content.decode()
        assert "Tool" in html
        assert "See your name and your username" in html
        assert "Your device is signed in" in tool.browser.post(self.url(answer), {"action": "confirm"}).content.decode()
        tokens = self.poll_later(tool, answer, clock).json()
        assert tool.userinfo(tokens["access_token"]).json()["name"] == "Asha Rao"
        assert tool.refresh(tokens["refresh_token"]).status_code == 200
        assert self.poll_later(tool, answer, clock).json()["error"] == "invalid_grant"
        assert AuditEntry.objects.get(event="client_sign_in").details["device"] is True

    def poll_later(self, tool, answer, clock):
        from allauth.idp.oidc.internal.oauthlib import device_codes  # its clock is time.time()

        key = device_codes.cache_device_code_key(answer["device_code"])
        data = device_codes.cache.get(key)
        if data:
            device_codes.cache.set(key, {**data, "last_poll_at": 0})
        return self.poll(tool, answer)

    def test_a_person_declines(self, tool, clock):
        answer = self.start(tool).json()
        tool.browser.post(self.url(answer), {"action": "deny"})
        assert self.poll_later(tool, answer, clock).json()["error"] == "access_denied"
        assert not Connection.objects.exists()

    def test_a_forged_post_confirms_nothing(self, tool, asha, clock):
        answer = self.start(tool).json()
        browser = PortalClient(enforce_csrf_checks=True).sign_in(asha)
        assert browser.post(self.url(answer), {"action": "confirm"}).status_code == 403
        assert self.poll_later(tool, answer, clock).json()["error"] == "authorization_pending"

    def test_an_anonymous_visitor_signs_in_first(self, tool):
        answer = self.start(tool).json()
        response = PortalClient().get(self.url(answer))
        assert response["Location"].startswith("/sign-in/?next=/identity/device")

    def test_the_audience_is_decided(self, relying_party, use_roles, clock):
        use_roles(student={})
        tool = relying_party(kind="native", roles=("student",))
        answer = self.start(tool).json()
        assert tool.browser.get(self.url(answer)).status_code == 403
        assert tool.browser.post(self.url(answer), {"action": "confirm"}).status_code == 403
        assert self.poll_later(tool, answer, clock).json()["error"] == "authorization_pending"

    def test_a_wrong_code_says_so(self, tool):
        html = tool.browser.get("/identity/device?code=XXXX-XXXX").content.decode()
        assert 'role="alert"' in html
        assert tool.browser.get("/identity/device").status_code == 200
        assert tool.browser.get(f"/identity/device?code={'x' * 5000}").status_code == 200

    def test_only_apps_and_command_lines_get_codes(self, wiki):
        assert self.start(wiki).status_code == 401
        assert wiki.post("/identity/api/device", client_id=wiki.client_id, scope="openid").status_code == 401

    def test_unknown_scopes_are_refused(self, tool):
        assert self.start(tool, "openid everything").json()["error"] == "invalid_scope"


class TestMachine:
    @pytest.fixture
    def machine(self, relying_party):
        return relying_party(kind="machine", name="Robot", scopes=())

    def test_gets_a_token_of_its_own(self, machine):
        tokens = machine.post(TOKEN, grant_type="client_credentials").json()
        assert "refresh_token" not in tokens
        found = machine.post(INTROSPECT, token=tokens["access_token"]).json()
        assert (found["active"], found["client_id"]) == (True, machine.client_id)
        assert "sub" not in found

    def test_has_no_person(self, machine):
        token = machine.post(TOKEN, grant_type="client_credentials").json()["access_token"]
        assert machine.userinfo(token).status_code == 401
        assert machine.program.get("/api/people/", headers={"Authorization": f"Bearer {token}"}).status_code == 401

    def test_signs_nobody_in(self, machine):
        assert machine.authorize(redirect_uri="https://wiki.example.edu/callback").status_code == 400
