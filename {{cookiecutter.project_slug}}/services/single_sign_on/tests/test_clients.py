"""Maintainers administer clients, on the intranet site and from the shell."""

import json
import re
from io import BytesIO, StringIO

import pytest
from allauth.idp.oidc.models import Client, Token
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from PIL import Image

from core.audit.models import AuditEntry
from core.testing.client import PortalClient
from services.single_sign_on.clients import client_change, client_rotate
from services.single_sign_on.models import ClientRegistration
from services.single_sign_on.views import MaintainersView

from .conftest import CALLBACK
from .relying_party import RelyingParty

URL = "/api/single_sign_on/clients/"
NEW = {"name": "Wiki", "kind": "web", "redirect_uris": [CALLBACK], "scopes": ["openid", "email"]}


@pytest.fixture
def boss(make_person):
    return make_person("boss", is_staff=True, is_superuser=True)


@pytest.fixture
def maintainer(boss):
    return PortalClient().sign_in(boss)


def add(maintainer, **more):
    response = maintainer.post_json(URL, {**NEW, **more})
    assert response.status_code == 201, response.content
    return response.json()


def errors_of(response):
    assert response.status_code == 400, response.content
    return {error["field"] for error in response.json()["errors"]}


class TestApi:
    def test_the_secret_is_returned_once_and_stored_as_a_hash(self, maintainer, asha):
        answer = maintainer.post_json(URL, NEW)
        assert answer["Cache-Control"] == "no-store"
        data = answer.json()
        secret, client = data["secret"], data["client"]
        assert len(secret) >= 43
        stored = Client.objects.get(pk=client["client_id"]).secret
        assert secret not in stored
        assert secret not in maintainer.get(URL).content.decode()
        party = RelyingParty(ClientRegistration.objects.get(), secret, redirect_uri=CALLBACK, person=asha)
        assert party.tokens(scope="openid")

    def test_lists_clients_and_what_they_can_ask_for(self, maintainer):
        add(maintainer)
        found = maintainer.get(URL).json()
        assert [one["name"] for one in found["clients"]] == ["Wiki"]
        assert {"name": "openid", "text": "Recognize you when you come again"} in found["scopes"]
        assert found["issuer"] == "http://testserver"
        assert {"name": "student", "title": "Student"} in found["roles"]

    def test_counts_the_people_who_use_a_client(self, maintainer, wiki):
        (before,) = maintainer.get(URL).json()["clients"]
        assert (before["people"], before["last_sign_in_at"]) == (0, None)
        wiki.code()
        (after,) = maintainer.get(URL).json()["clients"]
        assert after["people"] == 1
        assert after["last_sign_in_at"] is not None

    def test_lists_who_signed_in_at_a_client(self, maintainer, relying_party, wiki):
        relying_party(name="Library").code()
        wiki.code()
        found = maintainer.get(f"{URL}{wiki.registration.pk}/sign-ins/").json()["results"]
        assert [(one["person"], one["ip_address"]) for one in found] == [("asha", "127.0.0.1")]

    def test_a_replaced_secret_stops_working_at_once(self, maintainer, asha):
        data = add(maintainer)
        party = RelyingParty(ClientRegistration.objects.get(), data["secret"], redirect_uri=CALLBACK, person=asha)
        code = party.code(scope="openid")
        answer = maintainer.post_json(f"{URL}{data['client']['id']}/secret/", {}).json()
        assert party.exchange(code).status_code == 401
        party.secret = answer["secret"]
        assert party.exchange(code).status_code == 200

    def test_a_change_that_began_before_keeps_the_new_secret(self, wiki):
        began_before = ClientRegistration.objects.select_related("client").get()
        secret = client_rotate(by=None, registration=wiki.registration)
        client_change(by=None, registration=began_before, name="Encyclopedia")
        assert Client.objects.get().check_secret(secret)
        assert Client.objects.get().name == "Encyclopedia"

    def test_an_app_has_no_secret(self, maintainer):
        data = add(maintainer, kind="native", redirect_uris=["http://127.0.0.1/callback"])
        assert data["secret"] == ""
        assert maintainer.post_json(f"{URL}{data['client']['id']}/secret/", {}).status_code == 400

    def test_changes_are_recorded_with_what_changed(self, maintainer):
        client = add(maintainer)["client"]
        response = maintainer.patch_json(f"{URL}{client['id']}/", {"trusted": True, "scopes": ["openid"]})
        assert (response.json()["trusted"], response.json()["scopes"]) == (True, ["openid"])
        entry = AuditEntry.objects.get(event="client_changed")
        assert (entry.by, entry.details["trusted"], entry.details["scopes"]) == ("boss", True, ["openid"])
        assert "redirect_uris" not in entry.details
        assert maintainer.patch_json(f"{URL}{client['id']}/", {"trusted": True}).status_code == 200
        assert AuditEntry.objects.filter(event="client_changed").count() == 1, "nothing changed"

    def test_a_new_name_is_recorded_beside_the_old_one(self, maintainer):
        client = add(maintainer)["client"]
        response = maintainer.patch_json(f"{URL}{client['id']}/", {"name": "Encyclopedia"})
        assert (response.status_code, response.json()["name"]) == (200, "Encyclopedia")
        details = AuditEntry.objects.get(event="client_changed").details
        assert (details["name"], details["new_name"]) == ("Wiki", "Encyclopedia")

    def test_a_scope_that_a_client_loses_is_in_no_token(self, maintainer, wiki):
        wiki.tokens(scope="openid email")
        maintainer.patch_json(f"{URL}{wiki.registration.pk}/", {"scopes": ["openid"]})
        assert not Token.objects.exists()

    @pytest.mark.parametrize(
        ("method", "path"),
        [("patch_json", ""), ("post_json", "secret/"), ("delete", "")],
        ids=["change", "rotate", "remove"],
    )
    def test_a_client_that_is_removed_meanwhile_is_not_found(self, maintainer, wiki, monkeypatch, method, path):
        read_before = ClientRegistration.objects.select_related("client").get()
        Client.objects.all().delete()
        monkeypatch.setattr(MaintainersView, "get_client", lambda view, pk: read_before)
        response = getattr(maintainer, method)(f"{URL}{wiki.registration.pk}/{path}", {"name": "Encyclopedia"})
        assert response.status_code == 404
        assert not AuditEntry.objects.filter(event__in=["client_changed", "client_removed"]).exists()

    def test_a_removed_client_is_gone_with_its_tokens(self, maintainer, wiki):
        token = wiki.tokens()["access_token"]
        assert maintainer.delete(f"{URL}{wiki.registration.pk}/").status_code == 204
        assert wiki.userinfo(token).status_code == 401
        assert wiki.authorize().status_code == 400
        assert AuditEntry.objects.get(event="client_removed").details["name"] == "Wiki"
        assert not Token.objects.exists()

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"name": ""}, "name"),
            ({"kind": "robot"}, "kind"),
            ({"redirect_uris": []}, "redirect_uris"),
            ({"redirect_uris": ["http://wiki.example.edu/"]}, "redirect_uris"),
            ({"redirect_uris": ["https://*.example.edu/"]}, "redirect_uris"),
            ({"redirect_uris": ["https://user@wiki.example.edu/"]}, "redirect_uris"),
            ({"redirect_uris": ["https://wiki.example.edu/#x"]}, "redirect_uris"),
            ({"redirect_uris": ["https://wiki.example.edu\\@evil/"]}, "redirect_uris"),
            ({"redirect_uris": ["http://127.0.0.1/"]}, "redirect_uris"),
            ({"redirect_uris": ["https://wiki.example.edu;script-src/"]}, "redirect_uris"),
            ({"redirect_uris": ["https://wiki.example.edu,evil.example/"]}, "redirect_uris"),
            ({"redirect_uris": ["myapp://callback"]}, "redirect_uris"),
            ({"redirect_uris": [f"https://a.example/{n}" for n in range(21)]}, "redirect_uris"),
            ({"post_logout_redirect_uris": ["http://wiki.example.edu/"]}, "post_logout_redirect_uris"),
            ({"scopes": ["openid", "everything"]}, "scopes"),
            ({"scopes": ["email"]}, "scopes"),
            ({"rings": ["moon"]}, "rings"),
            ({"roles": ["king"]}, "roles"),
            ({"details": ["student.nothing"]}, "details"),
            ({"kind": "machine"}, "redirect_uris"),
            ({"address": "javascript:alert(1)"}, "address"),
        ],
        ids=json.dumps,
    )
    def test_invalid_values_are_refused_at_their_field(self, maintainer, values, field):
        assert field in {name.partition(".")[0] for name in errors_of(maintainer.post_json(URL, {**NEW, **values}))}
        assert not Client.objects.exists()

    def test_the_kind_never_changes(self, maintainer):
        client = add(maintainer)["client"]
        maintainer.patch_json(f"{URL}{client['id']}/", {"kind": "native"})
        assert ClientRegistration.objects.get().kind == "web"

    def test_a_logo_is_shown_to_people_who_have_signed_in(self, maintainer, wiki, visitor):
        buffer = BytesIO()
        Image.new("RGB", (200, 100), "red").save(buffer, "PNG")
        upload = SimpleUploadedFile("logo.png", buffer.getvalue())
        url = f"{URL}{wiki.registration.pk}/logo/"
        form = {"logo": upload}
        response = maintainer.generic("PUT", url, *multipart(form))
        assert response.status_code == 200, response.content
        logo = response.json()["logo"]
        assert wiki.browser.get(logo).status_code == 200
        assert visitor.get(logo).status_code == 401
        assert logo in wiki.authorize().content.decode()
        assert wiki.browser.generic("PUT", url, *multipart(form)).status_code == 403
        assert maintainer.delete(url).status_code == 204
        assert maintainer.get(f"{URL}{wiki.registration.pk}/").json()["logo"] is None


def multipart(form):
    from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

    for file in form.values():
        file.seek(0)
    return encode_multipart(BOUNDARY, form), MULTIPART_CONTENT


class TestWho:
    def test_others_are_refused(self, wiki, visitor, make_person):
        for client, status in ((visitor, 401), (wiki.browser, 403)):
            assert client.get(URL).status_code == status
            assert client.get(f"{URL}{wiki.registration.pk}/sign-ins/").status_code == status
            assert client.post_json(URL, NEW).status_code == status
            assert client.patch_json(f"{URL}{wiki.registration.pk}/", {"trusted": True}).status_code == status
            assert client.post_json(f"{URL}{wiki.registration.pk}/secret/", {}).status_code == status
            assert client.delete(f"{URL}{wiki.registration.pk}/").status_code == status

    def test_it_works_on_the_intranet_site_only(self, boss, settings):
        settings.SITE = "internet"
        maintainer = PortalClient().sign_in(boss)
        assert maintainer.get(URL).status_code == 403
        assert maintainer.post_json(URL, NEW).status_code == 403

    def test_a_maintainer_needs_the_permission(self, make_person, wiki):
        clerk = make_person("clerk", is_staff=True)
        clerk.user_permissions.add(Permission.objects.get(codename="view_clientregistration"))
        client = PortalClient().sign_in(clerk)
        assert client.get(URL).status_code == 200
        assert client.get(f"{URL}{wiki.registration.pk}/sign-ins/").status_code == 403, "it is of the audit log"
        assert client.post_json(URL, NEW).status_code == 403
        assert client.post_json(f"{URL}{wiki.registration.pk}/secret/", {}).status_code == 403

    def test_the_admin_has_no_pages_of_allauth(self, maintainer):
        assert maintainer.get("/admin/allauth_idp_oidc/client/").status_code == 404
        assert maintainer.get("/admin/allauth_idp_oidc/token/").status_code == 404


class TestCommand:
    def run(self, *arguments):
        output = StringIO()
        call_command("client", *arguments, stdout=output)
        return output.getvalue()

    def test_does_the_same(self, asha):
        printed = self.run("create", "My wiki", "--redirect-uri", CALLBACK, "--trusted")
        client_id, secret = re.findall(r"client_\w+ +(\S+)", printed)
        registration = ClientRegistration.objects.get(client_id=client_id)
        party = RelyingParty(registration, secret, redirect_uri=CALLBACK, person=asha)
        assert party.tokens()
        assert "My wiki" in self.run("list")
        new = self.run("rotate", client_id).split()[-1]
        assert party.exchange(party.code()).status_code == 401
        party.secret = new
        assert party.tokens()
        assert self.run("remove", client_id) == "Removed My wiki.\n"
        assert self.run("list") == ""
        assert set(AuditEntry.objects.values_list("event", flat=True)) >= {
            "client_added",
            "client_secret_replaced",
            "client_removed",
        }

    def test_says_what_is_wrong(self, db):
        with pytest.raises(CommandError, match="A web site needs a redirect URI"):
            self.run("create", "Wiki")
        with pytest.raises(CommandError, match="There is no client with the id nothing"):
            self.run("remove", "nothing")

    @pytest.mark.parametrize(
        "values",
        [
            ["W" * 101],
            ["a\0b"],
            ["Wiki", "--address", "javascript:alert(1)"],
            ["Wiki", "--address", f"https://a.example/{'x' * 300}"],
        ],
    )
    def test_refuses_what_the_api_refuses(self, db, values):
        with pytest.raises(CommandError):
            self.run("create", *values, "--redirect-uri", CALLBACK)
        assert not Client.objects.exists()
