"""The filter of the directory by department: it shows and finds only what people show of their roles."""

import pytest

from core.stores.cache import cached

PEOPLE, DEPARTMENTS = "/api/people/", "/api/people/departments/"
OFF_CAMPUS = {"REMOTE_ADDR": "203.0.113.9"}  # in no ring


@pytest.fixture(autouse=True)
def no_cached_departments():
    """Memcached keeps what was written in the second in which it is emptied after a test."""
    for place in ("campus", "elsewhere"):
        cached("people").forget(f"departments:{place}")


@pytest.fixture
def physicists(make_person, give_role):
    """Two people in Physics, one of whom shows their roles on campus only, and one in History who shows nothing."""
    for name, department, visible in (
        ("asha", "Physics", "everyone"),
        ("bina", "Physics", "campus"),
        ("carl", "History", "nobody"),
    ):
        person = make_person(name, display_name=name.title(), roles_visible_to=visible)
        give_role(person, "student", details={"department": department})


def names(response):
    assert response.status_code == 200, response.content
    return [entry["display_name"] for entry in response.json()["results"]]


def test_departments_are_listed_with_how_many_people_show_them(physicists, reader):
    assert reader.get(DEPARTMENTS).json() == [{"value": "Physics", "people": 2}]
    assert reader.get(DEPARTMENTS, **OFF_CAMPUS).json() == [{"value": "Physics", "people": 1}]


def test_the_list_is_narrowed_to_a_department(physicists, reader, make_person, give_role):
    give_role(make_person("dora", display_name="Dora"), "staff", details={"department": "Physics"})
    assert names(reader.get(PEOPLE, {"department": "Physics"})) == ["Asha", "Bina", "Dora"]
    assert names(reader.get(PEOPLE, {"department": "Physics", "role": "staff"})) == ["Dora"]
    assert names(reader.get(PEOPLE, {"department": "Physics", "search": "bina"})) == ["Bina"]
    assert names(reader.get(PEOPLE, {"department": "Physics"}, **OFF_CAMPUS)) == ["Asha", "Dora"]
    assert names(reader.get(PEOPLE, {"department": "History"})) == []


def test_the_first_page_says_how_many_people_match(physicists, reader):
    first = reader.get(PEOPLE, {"page_size": 1}).json()
    assert first["count"] == 4  # and the reader
    further = reader.get(first["next"]).json()
    assert (further["count"], len(further["results"])) == (None, 1)
    assert reader.get(PEOPLE, {"search": "nobody has this name"}).json()["count"] == 0


def test_a_role_without_the_detail_has_no_departments(physicists, reader, use_roles):
    use_roles(student={"type": "object", "properties": {"number": {"type": "string"}}})
    assert reader.get(DEPARTMENTS).json() == []


def test_departments_cost_one_query_and_then_none(physicists, reader, round_trips):
    with round_trips(sql=2, stores=3):  # the visitor, the departments; the session, the cache
        reader.get(DEPARTMENTS)
    with round_trips(sql=1, stores=2):
        assert reader.get(DEPARTMENTS).json()


def test_departments_are_for_people_who_have_signed_in(visitor):
    assert visitor.get(DEPARTMENTS).status_code == 401
