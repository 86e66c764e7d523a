"""The directory: people find each other only by what each of them shows."""

from base64 import b64encode
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from core.people.actions import role_end, role_grant
from core.people.models import Person, Role
from core.testing.client import PortalClient
from services.people.matching import DETAILS, NAMES, current_matcher

PEOPLE, ME = "/api/people/", "/api/people/me/"
OFF_CAMPUS = {"REMOTE_ADDR": "203.0.113.9"}  # in no ring

on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has trigram indexes")


@pytest.fixture
def find(reader):
    """Search, and return the display names on the first page of the results, in order."""

    def find(text="", *, role="", client=reader, **environ):
        response = client.get(PEOPLE, {"search": text, "role": role, "page_size": 100}, **environ)
        assert response.status_code == 200, response.content
        return [entry["display_name"] for entry in response.json()["results"]]

    return find


@pytest.fixture
def asha(make_person):
    """A student of physics whose whole profile is visible."""
    asha = make_person("asha", display_name="Asha Verma", email="asha.verma@example.edu", email_visible_to="everyone")
    details = {"department": "Physics", "programme": "B.Tech", "number": "19114001"}
    role_grant(person=asha, name="student", details=details)
    return asha


def hide(person, part, level="nobody"):
    setattr(person, f"{part}_visible_to", level)
    person.save()


# Search


@pytest.mark.parametrize(
    "text", ["Asha", "asha", "VERMA", "erm", "verma asha", "  Asha   Verma ", "physics", "asha PHYS", "b.tech verma"]
)
def test_people_are_found_by_their_names_and_the_details_of_their_roles(find, asha, text):
    assert find(text) == ["Asha Verma"]


@pytest.mark.parametrize("text", ["asha gupta", "chemistry", "student", "department", "null", '"', "{"])
def test_every_term_must_match_what_the_directory_shows(find, asha, text):
    assert find(text) == []


def test_people_are_found_by_their_username(find, make_person):
    make_person("b.rao-7", display_name="Bina Rao")
    assert find("b.rao-7") == ["Bina Rao"]


def test_people_without_a_display_name_are_found_by_their_username(find, make_person):
    make_person("chandra")
    assert find("chandra") == ["chandra"]


@pytest.mark.parametrize(
    ("name", "text"), [("Émile Ünal", "émile ÜNAL"), ("Анна Каренина", "аННА"), ("आशा वर्मा", "वर्मा"), ("王小明", "小")]
)
def test_letters_of_every_script_match_in_any_case(find, make_person, name, text):
    make_person(display_name=name)
    assert find(text) == [name]


@pytest.mark.parametrize(
    "text", ["%", "_", "s_a", "s%a", ".*", "s.a", "(", "[a-z]", "\\", "\\w", "'", "***=", "^", "$"]
)
def test_no_character_has_a_special_meaning(find, asha, make_person, text):
    assert find(text) == []
    make_person(display_name=f"Signs {text} here")
    assert find(text) == [f"Signs {text} here"]


@pytest.mark.parametrize("department", ['The "best"', "Back\\slash", "50% Art", "Cell_Biology", "Ünïcode"])
def test_details_with_special_characters_are_found(find, make_person, department):
    person = make_person(display_name="Dev")
    role_grant(person=person, name="faculty", details={"department": department})
    for word in department.split():
        assert find(word) == ["Dev"], word


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Rahul Sharma", "Shamra"),
        ("Rahul Sharma", "sharme"),
        ("Rahul Sharma", "shrma"),
        ("Rahul Sharma", "Sharrma rahul"),
        ("Asha Verma", "Vrema"),
        ("Asha Verma", "virma"),
        ("Asha Verma", "Azha"),
        ("Иван Петров", "Перров"),
        ("Jean-Luc O'Brien", "o'brein"),
    ],
)
def test_names_are_found_with_a_typo(find, make_person, name, text):
    make_person(display_name=name)
    assert find(text) == [name]


def test_details_are_found_with_a_typo_unless_a_visible_detail_matches_exactly(find, asha, make_person):
    assert find("phyiscs") == ["Asha Verma"]
    zoya = make_person(display_name="Zoya")
    role_grant(person=zoya, name="faculty", details={"department": "Phyiscs"})
    assert find("phyiscs") == ["Zoya"]
    hide(zoya, "roles")  # hidden details do not count
    assert find("phyiscs") == ["Asha Verma"]
    hide(zoya, "roles", "everyone")
    hide(zoya, "entry")
    assert find("phyiscs") == ["Asha Verma"]


@on_postgresql
@pytest.mark.parametrize(
    ("name", "text"),
    [("Uma Subramanian", "subramaniyam"), ("Ravi Bhatacharjee", "bhattacharya"), ("Fyodor Karamazov", "Karamasow")],
)
def test_long_names_are_found_in_similar_spellings(find, make_person, name, text):
    make_person(display_name=name)
    assert find(text) == [name]


@pytest.mark.parametrize(
    ("name", "username", "text"),
    [("Bina Rao", "bina", "Rai"), ("Bina Rao", "20190001", "20190002"), ("Rahul Sharma", "rahul", "Verma")],
)
def test_another_name_or_number_does_not_match(find, make_person, name, username, text):
    make_person(username, display_name=name)
    assert find(text) == []


def test_the_best_matches_come_first_and_equal_ones_are_sorted_by_name(find, make_person):
    for name in ("Zoya Varma", "Zara Verma", "Dhanverman Das", "Anil Vermani", "Abel Verma", "Physa"):
        make_person(display_name=name)
    role_grant(person=make_person(display_name="Aaron"), name="faculty", details={"department": "Verma Centre"})
    assert find("verma") == ["Abel Verma", "Zara Verma", "Anil Vermani", "Dhanverman Das", "Zoya Varma", "Aaron"]


def test_without_a_search_everyone_is_listed_by_name(find, make_person, person):
    for name in ("bina", "Asha", "Chandra"):
        make_person(display_name=name)
    assert find() == ["Asha", "bina", "Chandra", str(person)]


def test_a_search_for_a_role_finds_people_who_have_it_today(find, asha, make_person):
    today = timezone.localdate()
    for name, role, start, end in (
        ("Bina Verma", "faculty", today, None),
        ("Chandra Verma", "student", today - timedelta(days=9), today - timedelta(days=1)),
        ("Dev Verma", "student", today + timedelta(days=1), None),
    ):
        role_grant(person=make_person(display_name=name), name=role, start=start, end=end)
    assert find("verma", role="student") == ["Asha Verma"]
    assert find(role="faculty") == ["Bina Verma"]


@on_postgresql
def test_queries_use_the_trigram_indexes(db):
    """An index serves only queries with the same expression."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # otherwise PostgreSQL scans a table with few rows
    matcher = current_matcher()
    for model, text, index in (
        (Person, NAMES, "person_names_trigrams"),
        (Role, DETAILS, "role_details_trigrams"),
    ):
        for condition in (matcher.contains(text, "verma"), matcher.is_candidate(text, "verma")):
            assert f"Bitmap Index Scan on {index}" in model.objects.order_by().filter(condition).explain()


# Pages


def pages(client, **query):
    """Return the ids on all pages, and the pages."""
    ids, fetched = [], [client.get(PEOPLE, query).json()]
    while True:
        ids += [entry["id"] for entry in fetched[-1]["results"]]
        if fetched[-1]["next"] is None:
            return ids, fetched
        fetched.append(client.get(fetched[-1]["next"]).json())


@pytest.mark.parametrize("text", ["namesake", "namseake", ""])
def test_many_people_with_the_same_name_are_each_listed_once(reader, make_person, person, text):
    hidden = Person(username="hidden", display_name="Namesake", entry_visible_to="nobody")
    namesakes = Person.objects.bulk_create(
        [*(Person(username=f"namesake{number}", display_name="Namesake") for number in range(105)), hidden]
    )
    expected = [namesake.pk for namesake in namesakes if namesake.username != "hidden"]
    ids, fetched = pages(reader, search=text, page_size=10)
    assert ids == expected + ([] if text else [person.pk])
    assert len(fetched) == 11
    previous = reader.get(fetched[-1]["previous"]).json()
    assert previous["results"] == fetched[-2]["results"]


def test_a_new_person_does_not_shift_the_next_page(reader, make_person):
    for number in range(6):
        make_person(display_name=f"Namesake {number}")
    first = reader.get(PEOPLE, {"search": "namesake", "page_size": 3}).json()
    make_person(display_name="Namesake 0")
    names = [entry["display_name"] for entry in reader.get(first["next"]).json()["results"]]
    assert names == ["Namesake 3", "Namesake 4", "Namesake 5"]


@pytest.mark.parametrize(
    "cursor", ["", "x", "é", b64encode(b"p=%00").decode(), b64encode(b"o=x&p=1").decode(), b64encode(b"r=x").decode()]
)
def test_an_invalid_cursor_causes_no_server_error(reader, cursor):
    assert reader.get(PEOPLE, {"cursor": cursor}).status_code in (200, 404)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"search": "x" * 101}, "search"),
        ({"search": "a b c d e f g h i"}, "search"),
        ({"role": "wizard"}, "role"),
    ],
)
def test_an_invalid_search_is_refused(reader, query, field):
    response = reader.get(PEOPLE, query)
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == [field]


def test_the_longest_search_is_answered(find):
    assert find("abcdefg%hij " * 8) == []
    assert find("é" * 100) == []


def test_a_list_of_people_costs_the_same_at_any_length(reader, make_person, round_trips):
    for number in range(30):
        person = make_person(display_name=f"Verma {number}")
        role_grant(person=person, name="student", details={"department": "Physics"})
    reader.get(PEOPLE)
    searching = {"search": "verma physics", "role": "student", "page_size": 30}
    for query, stores in (({}, 1), (searching, 2)):  # the session; the counter of searches
        with round_trips(sql=4, stores=stores):  # the visitor, the page, its roles, the count
            assert len(reader.get(PEOPLE, query).json()["results"]) >= 25


# Privacy


def test_an_entry_has_the_visible_parts_of_the_profile(reader, asha):
    role_grant(person=asha, name="maintainer")
    today = str(timezone.localdate())
    entry = reader.get(f"{PEOPLE}{asha.pk}/").json()
    assert entry.pop("shown_to") == {"photo": None, "roles": "everyone", "email": "everyone"}
    assert entry == {
        "id": asha.pk,
        "username": "asha",
        "display_name": "Asha Verma",
        "photo": None,
        "email": "asha.verma@example.edu",
        "roles": [
            {
                "name": "student",
                "title": "Student",
                "since": today,
                "until": None,
                "details": [
                    {"name": "department", "title": "Department", "value": "Physics"},
                    {"name": "programme", "title": "Programme", "value": "B.Tech"},
                ],
            },
            {"name": "maintainer", "title": "Maintainer", "since": today, "until": None, "details": []},
        ],
    }
    assert reader.get(PEOPLE, {"search": "asha"}).json()["results"] == [entry]


def test_a_profile_says_who_else_sees_its_parts_and_nothing_of_hidden_ones(reader, asha):
    hide(asha, "email")
    hide(asha, "roles", "campus")
    assert reader.get(f"{PEOPLE}{asha.pk}/").json()["shown_to"] == {"photo": None, "roles": "campus", "email": None}
    hide(asha, "entry", "campus")
    asha.email_visible_to = "everyone"
    asha.save()
    shown_to = reader.get(f"{PEOPLE}{asha.pk}/").json()["shown_to"]
    assert shown_to["email"] == "campus", "where the profile is visible"
    own = PortalClient().sign_in(asha).get(f"{PEOPLE}{asha.pk}/").json()["shown_to"]
    assert own == {"photo": None, "roles": "campus", "email": "campus"}


@pytest.mark.parametrize("text", ["19114001", "19114", "E7", "number", "114001 asha"])
def test_details_that_are_not_in_the_directory_are_neither_searched_nor_shown(reader, find, asha, make_person, text):
    role_grant(person=make_person(display_name="Bina"), name="staff", details={"number": "E7"})
    assert find(text) == []
    assert "19114001" not in reader.get(f"{PEOPLE}{asha.pk}/").content.decode()


def test_a_detail_is_searched_only_in_the_roles_that_list_it(find, make_person, settings, monkeypatch):
    student = settings.PORTAL.roles["student"].model_copy(update={"directory": ["programme"]})
    monkeypatch.setitem(settings.PORTAL.roles, "student", student)
    bina, chandra = make_person(display_name="Bina"), make_person(display_name="Chandra")
    role_grant(person=bina, name="student", details={"department": "Physics"})
    role_grant(person=chandra, name="faculty", details={"department": "Physics"})
    assert find("physics") == ["Chandra"]


def test_past_roles_are_neither_searched_nor_shown(reader, find, asha):
    role = asha.roles.get()
    role.start -= timedelta(days=10)
    role.save()
    role_end(role=role)
    assert find("physics") == []
    assert reader.get(f"{PEOPLE}{asha.pk}/").json()["roles"] == []


def test_hidden_roles_are_not_searched(reader, find, asha):
    hide(asha, "roles")
    assert find("asha") == ["Asha Verma"]
    assert find("physics") == find("asha physics") == find(role="student") == []
    assert reader.get(f"{PEOPLE}{asha.pk}/").json()["roles"] == []


def test_a_visible_email_is_found_as_a_whole(reader, find, asha):
    url = f"{PEOPLE}{asha.pk}/"
    assert find("Asha.Verma@EXAMPLE.edu") == ["Asha Verma"]
    assert find("asha.verma@example") == find("@example.edu") == []
    hide(asha, "email")
    assert find("asha.verma@example.edu") == []
    assert reader.get(url).json()["email"] is None
    hide(asha, "email", "campus")
    assert find("asha.verma@example.edu") == ["Asha Verma"]
    assert find("asha.verma@example.edu", **OFF_CAMPUS) == []
    assert reader.get(url, **OFF_CAMPUS).json()["email"] is None


def test_a_photo_is_shown_only_where_it_is_visible(reader, asha):
    Person.objects.filter(pk=asha.pk).update(photo="0123456789abcdef", photo_visible_to="campus")
    url = f"{PEOPLE}{asha.pk}/"
    assert reader.get(url).json()["photo"] == f"/api/accounts/{asha.pk}/photo/large/?v=01234567"
    assert reader.get(url, **OFF_CAMPUS).json()["photo"] is None
    assert "/photo/small/" in reader.get(PEOPLE, {"search": "asha"}).json()["results"][0]["photo"]


def test_a_hidden_profile_is_like_one_that_does_not_exist(reader, find, asha):
    url = f"{PEOPLE}{asha.pk}/"
    hide(asha, "entry", "campus")
    assert find("asha") == ["Asha Verma"]
    assert find("asha", **OFF_CAMPUS) == []
    assert reader.get(url, **OFF_CAMPUS).status_code == 404
    hide(asha, "entry")
    for text in ("asha", "physics", "asha.verma@example.edu"):
        assert find(text) == []
    missing, hidden = reader.get(f"{PEOPLE}999999999/"), reader.get(url)
    assert hidden.status_code == missing.status_code == 404
    assert hidden.json()["detail"] == missing.json()["detail"]


def test_people_see_their_own_profile_in_full(asha, find):
    for part in ("entry", "photo", "roles", "email"):
        hide(asha, part)
    own = PortalClient().sign_in(asha)
    assert find("physics", client=own) == find("asha.verma@example.edu", client=own) == ["Asha Verma"]
    assert own.get(f"{PEOPLE}{asha.pk}/").json()["email"] == "asha.verma@example.edu"


def test_inactive_people_are_not_found(reader, find, asha):
    Person.objects.filter(pk=asha.pk).update(is_active=False)
    assert find("asha") == []
    assert reader.get(f"{PEOPLE}{asha.pk}/").status_code == 404


@pytest.mark.parametrize("pk", ["0", "99999999999999999999999"])
def test_an_id_out_of_range_is_not_found(reader, pk):
    assert reader.get(f"{PEOPLE}{pk}/").status_code == 404


@pytest.mark.parametrize("url", [PEOPLE, ME, f"{PEOPLE}1/", f"{PEOPLE}roles/"])
def test_anonymous_visitors_cannot_use_the_directory(db, visitor, url):
    assert visitor.get(url).status_code == 401


def test_the_directory_is_in_the_list_of_apps_of_people(reader, visitor):
    def listed(client):
        return "people" in [app["name"] for app in client.get("/api/portal/").json()["apps"]]

    assert listed(reader)
    assert not listed(visitor)


def test_the_roles_of_portal_yaml_are_listed(reader, settings):
    roles = reader.get(f"{PEOPLE}roles/").json()
    assert roles == [{"name": name, "title": role.title} for name, role in settings.PORTAL.roles.items()]


# Privacy settings


def test_people_see_their_own_privacy_settings(asha):
    own = PortalClient().sign_in(asha).get(ME).json()
    assert own["display_name"] == "Asha Verma"
    assert own["roles"][0]["title"] == "Student"
    assert {key: value for key, value in own.items() if key.endswith("_visible_to")} == {
        "entry_visible_to": "everyone",
        "photo_visible_to": "everyone",
        "roles_visible_to": "everyone",
        "email_visible_to": "everyone",
    }


def test_people_change_their_privacy_settings(reader, find, asha):
    own = PortalClient().sign_in(asha)
    response = own.patch_json(ME, {"entry_visible_to": "campus", "email_visible_to": "nobody"})
    assert response.status_code == 200
    assert (response.json()["entry_visible_to"], response.json()["email_visible_to"]) == ("campus", "nobody")
    assert response.json()["roles_visible_to"] == "everyone"
    assert find("asha") == ["Asha Verma"]
    assert find("asha", **OFF_CAMPUS) == []
    assert reader.get(f"{PEOPLE}{asha.pk}/").json()["email"] is None


@pytest.mark.parametrize("value", ["", "friends", None, 1, ["nobody"], {"x": 1}])
def test_an_unknown_level_is_refused_and_nothing_changes(asha, value):
    response = PortalClient().sign_in(asha).patch_json(ME, {"roles_visible_to": "nobody", "email_visible_to": value})
    assert response.status_code == 400
    assert [error["field"] for error in response.json()["errors"]] == ["email_visible_to"]
    asha.refresh_from_db()
    assert (asha.email_visible_to, asha.roles_visible_to) == ("everyone", "everyone")


def test_no_other_field_of_a_person_can_be_changed(asha, make_person):
    other = make_person("other")
    before = Person.objects.filter(pk__in=[asha.pk, other.pk]).values()
    expected = [row | ({"photo_visible_to": "nobody"} if row["id"] == asha.pk else {}) for row in before]
    sent = {
        "photo_visible_to": "nobody",
        "id": other.pk,
        "pk": other.pk,
        "username": "root",
        "display_name": "Another Person",
        "email": "root@example.edu",
        "photo": "../../etc/passwd",
        "roles": [{"name": "maintainer"}],
        "roles_version": 7,
        "is_active": False,
        "is_staff": True,
        "is_superuser": True,
        "groups": [1],
        "user_permissions": [1],
        "password": "x",
    }
    assert PortalClient().sign_in(asha).patch_json(ME, sent).status_code == 200
    after = [row | {"last_login": None} for row in Person.objects.filter(pk__in=[asha.pk, other.pk]).values()]
    assert after == [row | {"last_login": None} for row in expected]
    assert [role.name for role in asha.roles.all()] == ["student"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_profile_of_another_person_cannot_be_changed(reader, asha, method):
    response = getattr(reader, method)(
        f"{PEOPLE}{asha.pk}/", {"entry_visible_to": "nobody"}, content_type="application/json"
    )
    assert response.status_code == 405
    asha.refresh_from_db()
    assert asha.entry_visible_to == "everyone"
