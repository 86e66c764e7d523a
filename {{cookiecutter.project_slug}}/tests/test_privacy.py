"""People choose who sees which parts of their entry, and responses and queries agree on it."""

from itertools import product

import pytest

from core.people.models import Person, Role, Visibility
from core.people.privacy import is_visible, visible_to

PARTS = ["entry", "photo", "roles", "email"]
EVERYONE, CAMPUS, NOBODY = Visibility.EVERYONE, Visibility.CAMPUS, Visibility.NOBODY


@pytest.mark.parametrize(
    ("level", "on_campus", "expected"),
    [
        (EVERYONE, False, True),
        (EVERYONE, True, True),
        (CAMPUS, False, False),
        (CAMPUS, True, True),
        (NOBODY, False, False),
        (NOBODY, True, False),
    ],
)
def test_a_part_is_visible_to_the_chosen_people(make_person, level, on_campus, expected):
    ben = make_person()
    for part in PARTS:
        assert is_visible(make_person(**{f"{part}_visible_to": level}), part, to=ben, on_campus=on_campus) is expected


@pytest.mark.parametrize(("entry", "on_campus"), [(CAMPUS, False), (NOBODY, False), (NOBODY, True)])
def test_a_hidden_entry_hides_all_its_parts(make_person, entry, on_campus):
    asha, ben = make_person(entry_visible_to=entry, email_visible_to=EVERYONE), make_person()
    for part in PARTS:
        assert not is_visible(asha, part, to=ben, on_campus=on_campus)


def test_responses_and_queries_agree(make_person, give_role):
    ben = make_person(is_superuser=True, is_staff=True)
    for entry, level, active in product(Visibility, Visibility, (True, False)):
        others = {f"{part}_visible_to": level for part in PARTS[1:]}
        asha = make_person(entry_visible_to=entry, is_active=active, **others)
        give_role(asha, "student")
    for part, on_campus, to in product(PARTS, (True, False), (ben, *Person.objects.all()[:3])):
        expected = {person for person in Person.objects.all() if is_visible(person, part, to=to, on_campus=on_campus)}
        assert set(Person.objects.filter(visible_to(part, to=to, on_campus=on_campus))) == expected
        roles = Role.objects.filter(visible_to(part, to=to, on_campus=on_campus, prefix="person__"))
        assert {role.person for role in roles} == expected - {ben}


@pytest.mark.parametrize("part", PARTS)
def test_people_see_everything_of_themselves(make_person, part):
    asha = make_person(**{f"{name}_visible_to": NOBODY for name in PARTS})
    assert is_visible(asha, part, to=asha, on_campus=False)
    assert list(Person.objects.filter(visible_to(part, to=asha, on_campus=False))) == [asha]


def test_a_deactivated_person_is_visible_to_nobody(make_person):
    asha, ben = make_person(is_active=False), make_person()
    for part in PARTS:
        assert not is_visible(asha, part, to=ben, on_campus=True)


def test_an_unknown_part_is_an_error(make_person):
    with pytest.raises(AttributeError):
        is_visible(make_person(), "password", to=make_person(), on_campus=True)
