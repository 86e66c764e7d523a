"""People in the search of the portal: what the directory shows to the visitor, and nothing else."""

import pytest

from core.people.actions import role_grant
from core.people.models import Person

SEARCH = "/api/portal/search/"


@pytest.fixture
def asha(make_person):
    asha = make_person("asha", display_name="Asha Verma")
    role_grant(person=asha, name="student", details={"department": "Physics", "number": "19114001"})
    return asha


def find(client, query):
    return [
        result
        for group in client.get(SEARCH, {"q": query}).json()["groups"]
        if group["app"] == "people"
        for result in group["results"]
    ]


@pytest.mark.parametrize("query", ["asha", "VERMA ash", "physics"])
def test_people_are_found_by_name_and_department(reader, asha, query):
    Person.objects.filter(pk=asha.pk).update(photo="0123456789abcdef", photo_visible_to="everyone")
    (found,) = find(reader, query)
    assert found["title"] == "Asha Verma"
    assert found["detail"].startswith("Student · Physics")
    assert found["link"] == f"/people/{asha.pk}"
    assert found["image"].startswith(f"/api/accounts/{asha.pk}/photo/")


def test_nothing_is_found_of_what_a_person_hides(reader, asha):
    Person.objects.filter(pk=asha.pk).update(roles_visible_to="nobody", photo_visible_to="nobody")
    assert find(reader, "physics") == []
    (found,) = find(reader, "asha")
    assert (found["detail"], found["image"]) == ("", "")
    Person.objects.filter(pk=asha.pk).update(entry_visible_to="nobody")
    assert find(reader, "asha") == []


def test_anonymous_visitors_find_nobody(visitor, asha):
    assert find(visitor, "asha") == []


def test_a_query_with_more_words_than_the_directory_takes_is_searched_by_the_first_ones(reader, asha):
    assert len(find(reader, "asha verma " * 8)) == 1


def test_more_people_cost_no_more_queries(reader, make_person, round_trips):
    for number in range(4):
        make_person(display_name=f"Asha {number}")
    with round_trips(sql=20, stores=20) as few:
        assert len(find(reader, "asha")) == 3
    for number in range(20):
        make_person(display_name=f"Asha Rao {number}")
    with round_trips(sql=len(few.sql), stores=len(few.stores)):
        assert len(find(reader, "asha")) == 3
