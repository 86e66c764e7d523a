"""The language of an answer: the person's choice, then the browser's, then the portal's."""

import pytest

from core.languages import direction_of, language_of
from core.people.models import Person
from core.testing.client import PortalClient

PORTAL = "/api/portal/"
LANGUAGE = "/api/portal/language/"
HINDI = {"Accept-Language": "fr, hi-IN;q=0.9, en;q=0.1"}


@pytest.fixture(autouse=True)
def languages(settings):
    settings.LANGUAGE_CODE = "en"
    settings.LANGUAGES = [("en", "English"), ("hi", "Hindi"), ("de", "German")]


def language_at(client, **more):
    return client.get(PORTAL, **more).json()["language"]


class TestOrder:
    def test_without_a_choice_it_is_the_portals(self, db, visitor):
        assert language_at(visitor) == "en"

    def test_it_is_the_first_language_of_the_browser_that_the_portal_has(self, db, visitor):
        assert language_at(visitor, headers=HINDI) == "hi"
        assert language_at(visitor, headers={"Accept-Language": "fr, ja;q=0.9"}) == "en"

    def test_a_choice_in_the_browser_wins_over_its_language(self, db, visitor):
        visitor.cookies["language"] = "de"
        assert language_at(visitor, headers=HINDI) == "de"

    @pytest.mark.parametrize("cookie", ["fr", "../hi", "x" * 4000])
    def test_a_cookie_with_another_language_changes_nothing(self, db, visitor, cookie):
        visitor.cookies["language"] = cookie
        assert language_at(visitor, headers=HINDI) == "hi"

    def test_the_persons_choice_wins_over_both(self, reader, person):
        Person.objects.filter(pk=person.pk).update(language="de")
        reader.cookies["language"] = "en"
        assert language_at(reader, headers=HINDI) == "de"

    def test_a_chosen_language_that_the_portal_no_longer_has_does_not_count(self, reader, person):
        Person.objects.filter(pk=person.pk).update(language="fr")
        assert language_at(reader, headers=HINDI) == "hi"
        person.language = "fr"
        assert language_of(person) == "en"

    def test_errors_are_in_the_persons_language(self, reader, person):
        Person.objects.filter(pk=person.pk).update(language="de")
        response = reader.patch_json("/api/people/me/", {"photo_visible_to": ["x"]})
        assert response.status_code == 400
        assert response["Content-Language"] == "de"

    def test_caches_tell_languages_apart(self, db, visitor):
        vary = visitor.get(PORTAL)["Vary"]
        assert "Accept-Language" in vary
        assert "Cookie" in vary


class TestChoice:
    def test_people_find_their_choice_on_every_device(self, reader, person):
        response = reader.put_json(LANGUAGE, {"language": "hi"})
        assert (response.status_code, response.json()) == (200, {"language": "hi"})
        assert language_at(PortalClient().sign_in(person)) == "hi"
        person.refresh_from_db()
        assert language_of(person) == "hi"

    def test_anonymous_visitors_find_it_in_this_browser(self, db, visitor):
        assert visitor.put_json(LANGUAGE, {"language": "hi"}).status_code == 200
        assert language_at(visitor) == "hi"

    def test_the_cookie_can_be_read_by_pages_and_lasts(self, db, visitor):
        cookie = visitor.put_json(LANGUAGE, {"language": "hi"}).cookies["language"]
        assert (cookie.value, cookie["samesite"], cookie["httponly"], cookie["path"]) == ("hi", "Lax", "", "/")
        assert cookie["max-age"] > 300 * 24 * 3600

    def test_a_device_gets_the_cookie_when_the_person_has_signed_in(self, reader, person):
        Person.objects.filter(pk=person.pk).update(language="de")
        assert reader.get(PORTAL).cookies["language"].value == "de"
        assert "language" not in reader.get(PORTAL).cookies  # it has the cookie now

    def test_an_empty_choice_follows_the_browser_again(self, reader, person):
        reader.put_json(LANGUAGE, {"language": "de"})
        assert reader.put_json(LANGUAGE, {"language": ""}).status_code == 200
        assert language_at(reader, headers=HINDI) == "hi"

    @pytest.mark.parametrize("data", [{"language": "fr"}, {"language": None}, {"language": ["hi"]}, {}, []])
    def test_other_languages_are_refused(self, reader, person, data):
        assert reader.put_json(LANGUAGE, data).status_code == 400
        person.refresh_from_db()
        assert person.language == ""

    def test_a_choice_of_a_person_needs_the_csrf_token(self, person):
        client = PortalClient(enforce_csrf_checks=True).sign_in(person)
        assert client.put_json(LANGUAGE, {"language": "hi"}).status_code == 403


def test_some_languages_are_written_from_right_to_left():
    assert [direction_of(code) for code in ("en", "hi", "ar", "fa", "he", "ur")] == ["ltr"] * 2 + ["rtl"] * 4
