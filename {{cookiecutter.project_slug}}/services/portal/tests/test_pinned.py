"""The apps that a person pins: PUT /api/portal/pinned/, and `pinned` of GET /api/portal/."""

import pytest

from core.testing.client import PortalClient
from services.portal.models import PinnedApps

PORTAL, URL = "/api/portal/", "/api/portal/pinned/"


def pinned(client):
    return client.get(PORTAL).json()["pinned"]


@pytest.fixture(autouse=True)
def install_apps(install_app):
    for name in ("tea", "cake", "milk"):
        install_app(name)


class TestPinned:
    def test_nothing_is_pinned_at_first(self, reader, visitor):
        assert pinned(reader) == pinned(visitor) == []

    def test_apps_are_pinned_in_their_order(self, reader):
        for order in (["tea", "cake"], ["milk", "cake", "tea"], []):
            response = reader.put_json(URL, {"apps": order})
            assert (response.status_code, response.json()) == (200, {"apps": order})
            assert pinned(reader) == order

    def test_each_person_has_their_own(self, reader, make_person):
        reader.put_json(URL, {"apps": ["tea"]})
        assert pinned(PortalClient().sign_in(make_person())) == []

    def test_an_app_of_the_other_site_is_not_shown_and_stays_pinned(self, reader, person, install_app, settings):
        install_app("inside", sites=["intranet"])
        reader.put_json(URL, {"apps": ["tea", "inside", "cake"]})
        settings.SITE = "internet"
        outside = PortalClient().sign_in(person)
        assert pinned(outside) == ["tea", "cake"]
        assert outside.put_json(URL, {"apps": ["milk"]}).json() == {"apps": ["milk"]}
        settings.SITE = "intranet"
        assert pinned(reader) == ["milk", "inside"]

    def test_an_app_that_is_no_longer_installed_is_forgotten_with_the_next_change(self, reader, person):
        PinnedApps.objects.create(person=person, names=["gone", "tea"])
        assert pinned(reader) == ["tea"]
        reader.put_json(URL, {"apps": ["tea", "cake"]})
        assert PinnedApps.objects.get().names == ["tea", "cake"]

    @pytest.mark.parametrize(
        ("apps", "message"),
        [
            (["nothing"], "There is no app called nothing, or you cannot open it."),
            (["closed"], "There is no app called closed, or you cannot open it."),
            (["tea", "tea"], "Name each app once."),
            (["tea"] * 51, "50"),
            ("tea", "str"),
            ([["tea"]], "apps.0"),
        ],
        ids=["unknown", "not open to this person", "twice", "too many", "no list", "no name"],
    )
    def test_other_requests_are_refused_and_change_nothing(self, reader, install_app, apps, message):
        install_app("closed", roles=["student"])
        reader.put_json(URL, {"apps": ["cake"]})
        response = reader.put_json(URL, {"apps": apps})
        assert response.status_code == 400
        assert message in str(response.json()["errors"])
        assert pinned(reader) == ["cake"]

    def test_anonymous_visitors_pin_nothing(self, db, visitor):
        assert visitor.put_json(URL, {"apps": []}).status_code == 401

    def test_the_pins_of_a_deleted_person_are_deleted(self, reader, person):
        reader.put_json(URL, {"apps": ["tea"]})
        person.delete()
        assert not PinnedApps.objects.exists()
