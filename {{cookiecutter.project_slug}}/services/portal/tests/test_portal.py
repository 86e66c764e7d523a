"""The response of GET /api/portal/: what the shell gets for anonymous visitors and for people, on each site."""

from datetime import datetime, timedelta

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from core.access.visitor import Visitor
from core.people.models import Person
from core.plugins.manifest import NotificationKind
from core.plugins.registry import installed_plugins
from core.testing.client import PortalClient
from core.testing.counting import exact_round_trips
from services.notifications import notify
from services.notifications.actions import notifications_mark_read
from services.portal.selectors import person_summary

URL = "/api/portal/"
MAKE = {"title": "Make tea", "path": "new"}
OFF_CAMPUS = {"REMOTE_ADDR": "203.0.113.9"}


def app_names(client, **environ):
    return [app["name"] for app in client.get(URL, **environ).json()["apps"]]


class TestPortal:
    def test_anonymous_visitors_get_the_portal_without_a_person(self, db, visitor, settings):
        portal = settings.PORTAL
        response = visitor.get(URL)
        assert response.status_code == 200
        data = response.json()
        assert {key: value for key, value in data.items() if key not in {"apps", "icons", "languages", "now"}} == {
            "name": portal.name,
            "description": portal.description,
            "institute": {"name": portal.institute.name, "url": portal.institute.url},
            "site": "intranet",
            "language": settings.LANGUAGE_CODE,
            "time_zone": settings.TIME_ZONE,
            "branding": portal.branding.model_dump(),
            "person": None,
            "pinned": [],
            "recent": [],
            "unread": 0,
        }

    def test_the_language_of_the_portal_is_named_in_that_language(self, db, visitor, settings):
        settings.LANGUAGES = [("de", "German"), ("ar", "Arabic")]
        settings.LANGUAGE_CODE = "de"
        assert visitor.get(URL).json()["languages"] == [
            {"code": "de", "name": "Deutsch", "direction": "ltr"},
            {"code": "ar", "name": "العربيّة", "direction": "rtl"},
        ]

    @pytest.mark.parametrize("site", ["intranet", "internet"])
    def test_the_site_is_named(self, db, visitor, settings, site):
        settings.SITE = site
        assert visitor.get(URL).json()["site"] == site

    def test_the_response_is_never_cached(self, db, visitor):
        cache_control = visitor.get(URL)["Cache-Control"]
        assert "no-store" in cache_control
        assert "private" in cache_control

    def test_it_cannot_be_changed(self, reader, visitor):
        assert visitor.post_json(URL, {}).status_code == 401
        assert reader.post_json(URL, {}).status_code == 405


class TestPerson:
    def test_people_get_their_own_summary(self, make_person, give_role):
        asha = make_person("asha", display_name="Asha Rao", email="asha@example.edu")
        give_role(asha, "student")
        give_role(asha, "faculty")
        assert PortalClient().sign_in(asha).get(URL).json()["person"] == {
            "id": asha.pk,
            "username": "asha",
            "display_name": "Asha Rao",
            "photo": None,
            "roles": ["faculty", "student"],
            "maintainer": False,
        }

    def test_a_person_without_a_display_name_has_their_username(self, make_person):
        assert PortalClient().sign_in(make_person("ben")).get(URL).json()["person"]["display_name"] == "ben"

    def test_the_photo_is_a_url(self, reader, person):
        Person.objects.filter(pk=person.pk).update(photo="0123456789abcdef")
        photo = reader.get(URL).json()["person"]["photo"]
        assert photo == f"/api/accounts/{person.pk}/photo/small/?v=01234567"

    @pytest.mark.parametrize(("site", "visible"), [("intranet", True), ("internet", False)])
    def test_maintainers_see_their_pages_on_the_intranet_site_only(self, person, settings, site, visible):
        settings.SITE = site
        person.is_staff = True
        assert person_summary(Visitor(person, "192.0.2.1"))["maintainer"] is visible

    def test_the_time_is_that_of_the_portal(self, db, visitor):
        now = datetime.fromisoformat(visitor.get(URL).json()["now"])
        assert now.utcoffset() == timezone.localtime(now).utcoffset()
        assert abs(timezone.now() - now) < timedelta(minutes=1)

    def test_past_and_future_roles_are_left_out(self, reader, person, give_role):
        today = timezone.localdate()
        give_role(person, "student", start=today - timedelta(days=9), end=today - timedelta(days=1))
        give_role(person, "staff", start=today + timedelta(days=1))
        assert reader.get(URL).json()["person"]["roles"] == []

    def test_inactive_people_are_anonymous(self, reader, person):
        person.is_active = False
        person.save()
        assert reader.get(URL).json()["person"] is None


class TestApps:
    def test_an_app_is_described_by_its_manifest(self, visitor, db, install_app):
        install_app("tea", title="Tea rota", icon="calendar", category="Staff", actions=[MAKE], sign_in="optional")
        (tea,) = [app for app in visitor.get(URL).json()["apps"] if app["name"] == "tea"]
        assert tea == {
            "name": "tea",
            "title": "Tea rota",
            "description": "About tea.",
            "icon": "calendar",
            "category": "Staff",
            "actions": [{"title": "Make tea", "path": "new"}],
        }

    def test_apps_are_sorted_by_title_in_any_case(self, reader, install_app):
        for name, title in (("one", "zebra"), ("two", "Yak"), ("three", "aardvark")):
            install_app(name, title=title)
        titles = [app["title"] for app in reader.get(URL).json()["apps"]]
        assert titles == sorted(titles, key=str.casefold)
        assert {"zebra", "Yak", "aardvark"} <= set(titles)

    def test_an_app_without_a_page_has_no_tile(self, reader, install_app):
        install_app("tea", page=False)
        install_app("cake")
        assert "cake" in app_names(reader)
        assert not {"tea", "portal", "notifications"} & set(app_names(reader))

    @pytest.mark.parametrize(
        ("audience", "anonymous", "signed_in", "student"),
        [
            ({"sign_in": "optional"}, True, True, True),
            ({"sign_in": "required"}, False, True, True),
            ({"roles": ["student"]}, False, False, True),
        ],
        ids=["for everyone", "for people", "for a role"],
    )
    def test_visitors_see_the_apps_that_they_can_open(
        self, visitor, reader, make_person, give_role, install_app, audience, anonymous, signed_in, student
    ):
        install_app("tea", **audience)
        other = make_person()
        give_role(other, "student")
        clients = (visitor, reader, PortalClient().sign_in(other))
        assert ["tea" in app_names(client) for client in clients] == [anonymous, signed_in, student]

    def test_an_app_of_a_ring_is_shown_only_there(self, db, visitor, install_app):
        install_app("tea", sign_in="optional", rings=["campus"])
        assert "tea" in app_names(visitor, REMOTE_ADDR="10.1.2.3")
        assert "tea" not in app_names(visitor, **OFF_CAMPUS)

    @pytest.mark.parametrize("site", ["intranet", "internet"])
    def test_an_app_of_one_site_is_shown_only_there(self, db, visitor, install_app, settings, site):
        install_app("inside", sign_in="optional", sites=["intranet"])
        install_app("outside", sign_in="optional", sites=["internet"])
        install_app("everywhere", sign_in="optional")
        settings.SITE = site
        expected = {"everywhere", "inside" if site == "intranet" else "outside"}
        assert {"inside", "outside", "everywhere"} & set(app_names(visitor)) == expected


class TestUnread:
    @pytest.fixture(autouse=True)
    def kind(self, monkeypatch):
        kinds = installed_plugins()["notifications"].manifest.notifications
        monkeypatch.setitem(kinds, "test", NotificationKind(title="{what}"))

    @pytest.mark.django_db(transaction=True)
    def test_it_counts_the_unread_notifications_of_the_person(self, reader, person, make_person, visitor):
        for what in ("first", "second"):
            notify("notifications.test", to=person, params={"what": what})
        notify("notifications.test", to=make_person(), params={"what": "for another person"})
        assert reader.get(URL).json()["unread"] == 2
        notifications_mark_read(person_id=person.pk)
        assert reader.get(URL).json()["unread"] == 0
        assert visitor.get(URL).json()["unread"] == 0


class TestCsrf:
    def test_the_cookie_is_set_and_its_token_allows_a_change(self, person):
        client = PortalClient(enforce_csrf_checks=True).sign_in(person)
        assert django_settings.CSRF_COOKIE_NAME not in client.cookies
        client.get(URL)
        token = client.cookies[django_settings.CSRF_COOKIE_NAME].value
        change = ("/api/people/me/", {"photo_visible_to": "campus"})
        assert client.patch_json(*change).status_code == 403
        assert client.patch_json(*change, headers={"X-CSRFToken": token}).status_code == 200

    def test_anonymous_visitors_get_it_too(self, db, visitor):
        assert visitor.get(URL).cookies[django_settings.CSRF_COOKIE_NAME].value


class TestCost:
    def test_anonymous_visitors_cost_no_round_trip(self, db, visitor):
        with exact_round_trips(sql=0, stores=0):
            visitor.get(URL)

    def test_a_person_costs_the_same_with_many_apps(self, reader, person, give_role, install_app):
        give_role(person, "student")
        reader.get(URL)  # fills the cache
        # The person and the pinned apps; the session, the roles, the recent apps and the unread count.
        with exact_round_trips(sql=2, stores=4):
            reader.get(URL)
        names = [f"app{number}" for number in range(50)]
        for name in names:
            install_app(name, roles=["student"])
        reader.put_json(f"{URL}pinned/", {"apps": names})
        for name in names[:9]:
            reader.post_json(f"{URL}recent/", {"app": name})
        with exact_round_trips(sql=2, stores=4):
            portal = reader.get(URL).json()
        assert len(portal["apps"]) >= 50
        assert portal["pinned"] == names
        assert portal["recent"] == names[8:0:-1]
