"""A script uses the API with a token: for its person, cut to scopes, and never as a maintainer."""

import asyncio
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.core.checks import run_checks
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.urls import include, path
from django.utils import timezone
from rest_framework.permissions import IsAdminUser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.permissions import IsMaintainer
from core.grants import current_grant
from core.people.actions import role_end
from core.people.models import Person
from core.plugins.discovery import Plugin
from core.plugins.manifest import Audience, Manifest
from core.plugins.registry import installed_plugins
from core.testing.client import PortalClient
from core.testing.counting import counted_round_trips
from core.testing.sockets import open_socket
from core.tokens.actions import MOST_TOKENS, PREFIX, token_create, token_use, tokens_revoke
from core.tokens.models import ApiToken

PROBLEM = "application/problem+json"
URL = "/api/scripted/"
READ, WRITE = "scripted.read", "scripted.write"
INVALID = PREFIX + "x" * 43


class Scripted(APIView):
    scopes = {"GET": "read", "POST": "write"}

    def get(self, request: Request) -> Response:
        person = request.user
        again = Person.objects.get(pk=person.pk)
        return Response(
            {
                "username": person.username,
                "flags": [person.is_staff, person.is_superuser],
                "permissions": [one.has_perm("core_people.change_role") for one in (person, again)],
                "session": request.session.session_key,
            }
        )

    def post(self, request: Request) -> Response:
        request.user.display_name = "Saved by a script"
        request.user.save()
        return Response(status=204)


class Undeclared(APIView):
    def get(self, request: Request) -> Response:
        return Response({})


class ForMaintainers(Undeclared):
    scopes = {"GET": "read"}
    permission_classes = [IsMaintainer]


class ForAdmins(ForMaintainers):
    permission_classes = [IsAdminUser]


def plain(request):
    return HttpResponse()


OWN = [
    path("", Scripted.as_view()),
    path("undeclared/", Undeclared.as_view()),
    path("maintainers/", ForMaintainers.as_view()),
    path("admins/", ForAdmins.as_view()),
    path("plain/", plain),
]
urlpatterns = [path(URL[1:], include((OWN, "scripted"))), path("", include("config.urls"))]


@pytest.fixture(autouse=True)
def app(monkeypatch, settings, tmp_path):
    """Install an app with scopes; `app(roles=[...])` gives it that audience."""
    settings.ROOT_URLCONF = __name__

    def give(**audience):
        scopes = {"read": "See all", "write": "Change all"}
        manifest = Manifest(title="Scripted", scopes=scopes, audience=Audience(**audience))
        monkeypatch.setitem(installed_plugins(), "scripted", Plugin("scripted", "apps", tmp_path, manifest))

    give()
    return give


@pytest.fixture
def script(person):
    return PortalClient().use_token(person, READ, WRITE)


def with_header(value, **more):
    return PortalClient(headers={"Authorization": value}, **more)


def check_problem(response, status):
    assert (response.status_code, response["Content-Type"]) == (status, PROBLEM), response.content
    assert response.json()["detail"]
    return response


def check_invalid(response):
    check_problem(response, 401)
    assert response["WWW-Authenticate"] == 'Bearer error="invalid_token"'


class TestVisitor:
    def test_a_token_is_the_person_without_a_session(self, script, person):
        answer = script.get(URL)
        assert answer.json() | {"permissions": None} == {
            "username": person.username,
            "flags": [False, False],
            "permissions": None,
            "session": None,
        }
        assert not answer.cookies
        assert "Authorization" in answer["Vary"]

    def test_a_token_needs_no_protection_against_csrf(self, person):
        script = PortalClient(enforce_csrf_checks=True).use_token(person, WRITE)
        assert script.post_json(URL, {}).status_code == 204

    def test_the_scheme_may_have_any_case(self, script):
        header = script.defaults["HTTP_AUTHORIZATION"]
        assert with_header(header.replace("Bearer", "bearer")).get(URL).status_code == 200

    def test_a_token_alone_decides_when_a_cookie_comes_with_it(self, make_person, person):
        browser = PortalClient().sign_in(make_person("owner", is_staff=True, is_superuser=True))
        browser.use_token(person, READ)
        answer = browser.get(URL)
        assert answer.json()["username"] == person.username
        assert not answer.cookies, "the browser is signed out"
        del browser.defaults["HTTP_AUTHORIZATION"]
        assert browser.get(URL).json()["username"] == "owner"

    def test_an_invalid_token_is_refused_although_a_cookie_comes_with_it(self, reader):
        reader.defaults["HTTP_AUTHORIZATION"] = f"Bearer {INVALID}"
        check_invalid(reader.get(URL))

    def test_the_next_request_of_the_thread_has_no_grant(self, script, reader):
        script.get(URL)
        assert current_grant() is None
        assert reader.get(f"{URL}undeclared/").status_code == 200

    def test_the_audience_of_the_app_holds(self, script, app, give_role, person, use_roles):
        use_roles(student={})
        app(roles=["student"])
        assert check_problem(script.get(URL), 403).json()["roles"] == ["Student"]
        role = give_role(person, "student", start=timezone.localdate() - timedelta(days=2))
        assert script.get(URL).status_code == 200
        role_end(role=role, last_day=timezone.localdate() - timedelta(days=1))
        assert script.get(URL).status_code == 403

    def test_the_rings_and_sites_of_the_app_hold(self, script, app, settings):
        app(sites=["internet" if settings.SITE == "intranet" else "intranet"])
        check_problem(script.get(URL), 404)

    @pytest.mark.parametrize("site", ["intranet", "internet"])
    def test_tokens_work_on_both_sites(self, person, settings, site):
        _, text = token_create(person=person, name="both", scopes=[READ], days=1)
        settings.SITE = site
        assert with_header(f"Bearer {text}").get(URL).status_code == 200


class TestInvalid:
    @pytest.mark.parametrize(
        "header",
        [
            "Bearer",
            "Bearer ",
            f"Bearer {INVALID}",
            f"Bearer {INVALID}x",
            "Bearer é",
            "Bearer a b",
            "Bearer " + "x" * 9999,
        ],
    )
    @pytest.mark.parametrize("url", [URL, "/api/portal/", "/api/nothing/"])
    def test_an_unknown_token_is_401(self, db, header, url):
        check_invalid(with_header(header).get(url))

    def test_a_malformed_token_costs_no_query(self, db, django_assert_num_queries):
        with django_assert_num_queries(0):
            with_header("Bearer nonsense").get(URL)

    def test_another_scheme_is_no_token(self, db):
        assert with_header("Basic YTpi").get(URL)["WWW-Authenticate"] == "Session"

    def test_an_expired_token_is_401(self, script, clock):
        clock.move(timedelta(days=1))
        check_invalid(script.get(URL))

    def test_a_revoked_token_is_401(self, script, person):
        tokens_revoke(person)
        check_invalid(script.get(URL))

    def test_a_new_password_ends_tokens(self, script, person):
        person.set_password("another battery")
        person.save()
        check_invalid(script.get(URL))

    def test_a_deactivated_person_has_no_token(self, script, person):
        person.is_active = False
        person.save()
        check_invalid(script.get(URL))
        person.is_active = True
        person.save()
        assert script.get(URL).status_code == 200

    def test_a_deleted_person_has_no_token(self, script, person):
        person.delete()
        check_invalid(script.get(URL))

    def test_the_text_is_not_stored(self, person):
        token, text = token_create(person=person, name="secret", scopes=[READ], days=1)
        stored = " ".join(map(str, ApiToken.objects.filter(pk=token.pk).values_list()[0]))
        assert text.startswith(token.start)
        assert text[len(token.start) :] not in stored
        assert len(text) - len(token.start) == 37, "222 bits are in no row"


class TestScopes:
    def test_a_scope_that_is_missing_is_named(self, person):
        script = PortalClient().use_token(person, READ)
        answer = check_problem(script.post_json(URL, {}), 403)
        assert answer.json()["scope"] == WRITE
        assert WRITE in answer.json()["detail"]
        assert answer["WWW-Authenticate"] == f'Bearer error="insufficient_scope", scope="{WRITE}"'

    def test_the_scope_of_another_app_grants_nothing(self, person):
        assert PortalClient().use_token(person, "polls.read").get(URL).status_code == 403

    def test_methods_that_read_need_the_scope_of_get(self, person):
        reads, writes = (PortalClient().use_token(person, scope) for scope in (READ, WRITE))
        assert (reads.head(URL).status_code, writes.head(URL).status_code) == (200, 403)
        assert (reads.options(URL).status_code, writes.options(URL).status_code) == (200, 403)

    @pytest.mark.parametrize(
        "url",
        [
            f"{URL}undeclared/",
            f"{URL}plain/",
            "/api/schema/",
            "/api/portal/",
            "/api/accounts/activity/",
            "/api/notifications/",
            "/_allauth/browser/v1/config",
            "/_allauth/browser/v1/auth/session",
            "/_allauth/browser/v1/account/api-tokens",
            "/admin/",
            "/redis/",
            "/",
            "/account/security",
        ],
    )
    def test_a_view_without_scopes_accepts_no_token(self, script, url):
        assert "cannot be used" in check_problem(script.get(url), 403).json()["detail"]

    def test_a_method_without_a_scope_accepts_no_token(self, script):
        check_problem(script.delete(URL), 403)

    def test_an_unknown_path_is_404(self, script):
        check_problem(script.get("/api/nothing/"), 404)
        check_problem(script.get(f"{URL}nothing/"), 404)

    def test_the_reverse_proxy_learns_that_the_person_has_signed_in(self, script):
        assert script.get("/protected/signed-in/").status_code == 204

    def test_a_misspelt_scope_is_reported(self, monkeypatch, settings):
        (polls, *_) = [plugin for plugin in settings.PLUGINS if plugin.manifest.scopes] or pytest.skip("no app has any")
        monkeypatch.setitem(polls.manifest.scopes, "raed", polls.manifest.scopes.pop("read"))
        try:
            messages = [str(error) for error in run_checks(tags=["plugins"]) if error.id == "plugins.E005"]
        finally:
            polls.manifest.scopes["read"] = polls.manifest.scopes.pop("raed")
        assert messages
        assert all("'read'" in message and "Write raed." in message for message in messages)


class TestMaintainers:
    @pytest.fixture
    def chief(self, make_person):
        chief = make_person("chief", is_staff=True, is_superuser=True)
        chief.user_permissions.add(Permission.objects.get(codename="change_role"))
        return chief

    @pytest.fixture
    def script(self, chief):
        return PortalClient().use_token(chief, READ, WRITE)

    def test_a_token_has_no_powers(self, script):
        answer = script.get(URL).json()
        assert answer["flags"] == [False, False]
        assert answer["permissions"] == [False, False]

    def test_a_token_opens_nothing_that_is_for_maintainers(self, script, app):
        check_problem(script.get(f"{URL}maintainers/"), 403)
        check_problem(script.get(f"{URL}admins/"), 403)
        app(maintainers=True)
        check_problem(script.get(URL), 403)

    def test_saving_the_person_keeps_their_flags(self, script, chief):
        assert script.post_json(URL, {}).status_code == 204
        chief.refresh_from_db()
        assert (chief.display_name, chief.is_staff, chief.is_superuser) == ("Saved by a script", True, True)


class TestLimits:
    def test_a_person_has_a_limit_for_all_tokens_together(self, person, settings):
        settings.TOKEN_REQUESTS_PER_MINUTE = 2
        scripts = [PortalClient().use_token(person, READ) for _ in range(3)]
        assert [script.get(URL).status_code for script in scripts] == [200, 200, 429]
        assert int(check_problem(scripts[0].get(URL), 429)["Retry-After"]) in range(1, 61)

    def test_writes_count_as_those_of_the_person(self, person, monkeypatch):
        monkeypatch.setattr("core.api.throttling.WriteThrottle.rate", "1/minute", raising=False)
        script = PortalClient().use_token(person, WRITE)
        assert script.post_json(URL, {}).status_code == 204
        assert PortalClient().sign_in(person).post_json(URL, {}).status_code == 429

    def test_a_person_has_at_most_so_many(self, person, clock):
        make = lambda: token_create(person=person, name="one more", scopes=[READ], days=1)  # noqa: E731
        for _ in range(MOST_TOKENS):
            make()
        with pytest.raises(ValidationError, match="20 API tokens"):
            make()
        clock.move(timedelta(days=2))
        make()
        assert ApiToken.objects.count() == 1, "expired tokens are kept"

    def test_the_last_use_is_written_once_a_minute(self, script, clock):
        def written():
            with counted_round_trips() as counted:
                assert script.get(URL).status_code == 200
            return len([sql for sql in counted.sql if sql.startswith("UPDATE")])

        assert [written(), written()] == [1, 0]
        clock.move(timedelta(minutes=1))
        assert [written(), written()] == [1, 0]

    def test_a_request_costs_one_query_and_one_trip_to_the_stores(self, script, person):
        script.get(URL)
        with counted_round_trips() as counted:
            script.get(f"{URL}undeclared/")
        token_queries = [sql for sql in counted.sql if "core_tokens_apitoken" in sql]
        assert len(token_queries) == len(counted.sql) == 1

    def test_use_of_a_text_of_another_form_is_none(self):
        assert token_use("x" * 100_000) is None


@pytest.mark.django_db(transaction=True)
def test_a_socket_accepts_no_token(make_person):
    person = make_person()
    _, text = token_create(person=person, name="socket", scopes=[READ], days=1)

    async def is_accepted(**more):
        socket, accepted = await open_socket("/ws/portal/", PortalClient(), **more)
        await socket.disconnect()
        return accepted

    assert asyncio.run(is_accepted())
    assert not asyncio.run(is_accepted(authorization=f"Bearer {text}"))
