"""Access of maintainers to /admin/ and /redis/, with the portal's sign-in."""

import io
import json

import pytest
from django.conf import settings as portal_settings
from django.core.management import call_command
from django.utils.html import escape

from core.people.models import Person
from core.testing.client import PortalClient
from services.accounts.sign_in.second_factor_setup import approvals

from .browser import COOKIE, OTHER_PASSWORD, PASSWORD, Browser, code_of


class TestMaintainers:
    @pytest.fixture
    def boss(self, asha):
        asha.is_staff = asha.is_superuser = True
        asha.save()
        return asha

    @pytest.fixture
    def set_up_second_factor(self, boss, set_up_second_factor):
        """Set up the second factor, as the boss with the code of another superuser."""

        def set_up(browser):
            if browser.username == boss.username:
                assert browser.approve(approvals.create(boss.pk)) == 204
            return set_up_second_factor(browser)

        return set_up

    @pytest.fixture
    def enforced(self, settings):
        settings.SECOND_FACTOR_FOR_MAINTAINERS = True

    @pytest.mark.parametrize(
        ("asked", "kept"),
        [
            ("/admin/", "/admin/"),
            ("/admin/core_people/person/?q=a&o=1", "/admin/core_people/person/%3Fq%3Da%26o%3D1"),
            ("/redis/", "/redis/"),
            ("https://evil.example/", "/admin/"),
            ("//evil.example/", "/admin/"),
            ("///evil.example/", "/admin/"),
            ("/\\evil.example/", "/admin/"),
            ("\\\\evil.example/", "/admin/"),
            ("javascript:alert(1)", "/admin/"),
            (" https://evil.example/", "/admin/"),
            ("/\tevil", "/%09evil"),
            ("", "/admin/"),
        ],
    )
    def test_the_admin_uses_the_portals_sign_in(self, db, visitor, asked, kept):
        answer = visitor.get("/admin/login/", {"next": asked})
        assert answer.status_code == 302
        assert answer["Location"] == f"/sign-in/?next={kept}"

    @pytest.mark.parametrize("asked", ["https://evil.example/", "//evil.example/", "/\\evil.example/"])
    def test_a_maintainer_is_never_redirected_to_another_site(self, boss, signed_in, asked):
        assert signed_in.get("/admin/login/", {"next": asked})["Location"] == "/admin/"

    def test_the_admin_accepts_no_password(self, boss):
        answer = PortalClient().post("/admin/login/", {"username": "asha", "password": PASSWORD})
        assert answer.status_code == 401
        assert COOKIE not in answer.cookies

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_the_admin_redirects_to_the_account_page_to_change_a_password(self, boss, signed_in, mailoutbox, method):
        passwords = {"old_password": PASSWORD, "new_password1": OTHER_PASSWORD, "new_password2": OTHER_PASSWORD}
        csrf = signed_in.cookies[portal_settings.CSRF_COOKIE_NAME].value
        answer = getattr(signed_in, method)("/admin/password_change/", passwords, headers={"X-CSRFToken": csrf})
        assert (answer.status_code, answer["Location"]) == (302, "/account/security")
        boss.refresh_from_db()
        assert boss.check_password(PASSWORD)
        assert mailoutbox == []
        assert 'href="/admin/password_change/"' in signed_in.get("/admin/").content.decode()

    def test_signing_out_of_the_admin_ends_at_the_portal(self, boss, signed_in):
        csrf = signed_in.cookies[portal_settings.CSRF_COOKIE_NAME].value
        answer = signed_in.post("/admin/logout/", headers={"X-CSRFToken": csrf})
        assert (answer.status_code, answer["Location"]) == (302, "/")
        assert signed_in.get("/admin/").status_code == 302

    @pytest.mark.parametrize(("cookie", "marked"), [("dark", True), ("light", True), ("x scheme-dark", False)])
    def test_the_admin_is_in_the_portal_s_name_and_in_the_scheme_of_the_cookie(self, boss, signed_in, cookie, marked):
        signed_in.cookies["scheme"] = cookie
        page = signed_in.get("/admin/").text
        name = escape(portal_settings.PORTAL.name)
        assert f"<span>{name}</span>" in page
        assert f"· {name}</title>" in page
        assert "Django" not in page
        assert '<link rel="stylesheet" href="/accent.css">' in page
        assert '<a href="/">Go to the portal</a>' in page
        assert (f" scheme-{cookie}" in page) == marked
        assert "theme.js" not in page

    def test_a_password_is_enough_unless_a_second_factor_is_required(self, boss, signed_in):
        assert signed_in.get("/admin/").status_code == 200
        assert signed_in.get("/redis/").status_code == 204

    def test_without_a_second_factor_they_are_redirected_to_set_one_up(self, boss, signed_in, enforced):
        answer = signed_in.get("/admin/core_people/person/")
        assert answer["Location"] == "/account/?second-factor=required&next=/admin/core_people/person/"
        csrf = signed_in.cookies[portal_settings.CSRF_COOKIE_NAME].value
        refused = signed_in.post("/admin/core_people/person/add/", {}, headers={"X-CSRFToken": csrf})
        assert refused.status_code == 403
        assert "second factor" in refused.content.decode()
        # NGINX redirects a 401 to the admin's sign-in.
        assert signed_in.get("/redis/").status_code == 401
        answer = signed_in.get("/admin/login/?next=/redis/")
        assert answer["Location"] == "/account/?second-factor=required&next=/redis/"
        assert signed_in.get("/api/notifications/").status_code == 200, "everything else stays available"

    @pytest.mark.django_db(transaction=True)
    def test_setting_one_up_grants_access_at_once(self, boss, signed_in, enforced, set_up_second_factor):
        other = Browser()
        other.submit_login()
        set_up_second_factor(signed_in)
        assert signed_in.get("/admin/").status_code == 200
        assert signed_in.get("/redis/").status_code == 204
        assert other.get("/admin/").status_code == 302, "other sessions still need a code"

    def test_a_code_grants_access_to_an_open_session(self, boss, signed_in, enforced, set_up_second_factor, clock):
        other = Browser()
        other.submit_login()
        secret = set_up_second_factor(signed_in)
        other.send("POST", "auth/2fa/reauthenticate", {"code": code_of(secret, clock)})
        assert other.get("/admin/").status_code == 200

    def test_signing_in_with_a_code_grants_access(self, boss, signed_in, enforced, set_up_second_factor, clock):
        secret = set_up_second_factor(signed_in)
        anonymous = Browser()
        anonymous.submit_login()
        assert anonymous.get("/admin/")["Location"] == "/sign-in/?next=/admin/", (
            "without the code, the person is not signed in"
        )
        anonymous.send("POST", "auth/2fa/authenticate", {"code": code_of(secret, clock)})
        assert anonymous.get("/admin/").status_code == 200

    def test_turning_it_off_ends_access(self, boss, signed_in, enforced, set_up_second_factor):
        set_up_second_factor(signed_in)
        signed_in.send("DELETE", "account/authenticators/totp")
        assert signed_in.get("/admin/").status_code == 302

    def test_other_people_get_403(self, signed_in, enforced):
        assert signed_in.get("/admin/").status_code == 403
        assert signed_in.get("/redis/").status_code == 403
        assert signed_in.get("/admin/login/").status_code == 403

    def test_a_session_from_the_shell_has_access(self, boss, enforced):
        call_command("makesession", "asha", stdout=(output := io.StringIO()))
        client = PortalClient()
        client.cookies[COOKIE] = json.loads(output.getvalue())["value"]
        assert client.get("/admin/").status_code == 200
        assert client.get("/redis/").status_code == 204

    def test_the_admin_has_no_pages_with_secrets(self, boss, signed_in):
        page = signed_in.get("/admin/").content.decode()
        for path in ("mfa/authenticator", "usersessions/usersession", "account/emailaddress"):
            assert f"/admin/{path}/" not in page
            assert signed_in.get(f"/admin/{path}/").status_code == 404

    def test_a_maintainer_removes_a_lost_second_factor(self, boss, make_person, signed_in, set_up_second_factor):
        make_person("ben", password=PASSWORD)
        ben = Browser()
        ben.submit_login("ben")
        set_up_second_factor(ben)
        person = Person.objects.get(username="ben")
        for action in ("remove_second_factor", "sign_out_everywhere"):
            form = {"action": action, "_selected_action": [person.pk]}
            csrf = signed_in.cookies[portal_settings.CSRF_COOKIE_NAME].value
            signed_in.post("/admin/core_people/person/", form, headers={"X-CSRFToken": csrf})
        assert ben.username is None
        assert ben.submit_login("ben").status_code == 200
