"""Maintainers give and end roles in the admin, and what they do there stands in the history under their name."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.people.models import Person, Role, RoleChange
from core.testing.client import PortalClient

ROLES, CHANGES, PEOPLE = (f"/admin/core_people/{name}/" for name in ("role", "rolechange", "person"))
DAY = timedelta(days=1)


@pytest.fixture
def today(db):
    return timezone.localdate()


@pytest.fixture
def boss(make_person):
    return make_person("boss", display_name="The boss", is_staff=True, is_superuser=True)


@pytest.fixture
def maintainer(boss):
    return PortalClient().sign_in(boss)


@pytest.fixture
def clerk(make_person):
    """May use the admin, and in it what `permissions` name alone."""

    def make(*permissions):
        clerk = make_person("clerk", is_staff=True)
        clerk.user_permissions.set(Permission.objects.filter(codename__in=permissions))
        return PortalClient().sign_in(clerk)

    return make


def filled_in(person, today, /, **changes):
    form = {"person": person.pk, "name": "student", "start": today, "end": "", "details": "{}", "why": ""}
    return {key: str(value) for key, value in (form | changes).items()}


def errors(answer):
    """The form's mistakes, by field."""
    assert answer.status_code == 200
    return answer.context["adminform"].form.errors


def test_a_role_is_granted_under_the_maintainers_name(maintainer, boss, person, today):
    details = '{"department": "Physics"}'
    answer = maintainer.post(f"{ROLES}add/", filled_in(person, today, details=details, why="admitted"))
    assert answer.status_code == 302
    role = Role.objects.get()
    assert (role.person, role.name, role.start, role.end) == (person, "student", today, None)
    assert role.details == {"department": "Physics"}
    line = person.role_changes.get()
    assert (line.kind, line.by, line.why) == ("granted", boss, "admitted")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"details": '{"department": 7}'}, "details"),
        ({"details": '{"shoe size": "44"}'}, "details"),
        ({"details": '{"department": NaN}'}, "details"),
        ({"details": '{"department": "\\u0000"}'}, "details"),
        ({"details": "[]"}, None),
        ({"details": "[1]"}, "details"),
        ({"details": "{"}, "details"),
        ({"details": ""}, None),
        ({"name": "pope"}, "name"),
        ({"name": ""}, "name"),
        ({"end": "2000-01-01"}, "end"),
        ({"start": "soon"}, "start"),
        ({"person": "0"}, "person"),
        ({"why": "x" * 301}, "why"),
    ],
)
def test_a_mistake_is_shown_where_it_is(maintainer, person, today, changes, field):
    answer = maintainer.post(f"{ROLES}add/", filled_in(person, today, **changes))
    if field is None:
        assert answer.status_code == 302
        assert Role.objects.get().details == {}
    else:
        assert set(errors(answer)) == {field}
        assert not Role.objects.exists()


def test_the_roles_of_portal_yaml_are_offered(maintainer, settings):
    form = maintainer.get(f"{ROLES}add/").context["adminform"].form
    offered = {name: title for name, title in form.fields["name"].choices if name}
    assert offered == {name: kind.title for name, kind in settings.PORTAL.roles.items()}


def test_a_role_is_not_given_twice_at_a_time(maintainer, person, today, give_role):
    give_role(person, "student")
    answer = maintainer.post(f"{ROLES}add/", filled_in(person, today))
    assert "there is this role already" in str(errors(answer)["start"])


def test_who_was_not_quick_enough_is_told(maintainer, person, today):
    with patch("core.people.role_admin.Role.save", side_effect=ValidationError({"start": ["Somebody was quicker."]})):
        answer = maintainer.post(f"{ROLES}add/", filled_in(person, today), follow=True)
    assert answer.status_code == 200
    assert "Somebody was quicker." in answer.content.decode()
    assert "was added successfully" not in answer.content.decode()


def test_a_role_is_ended_and_prolonged_with_a_reason(maintainer, boss, person, today, give_role):
    role = give_role(person, "student", start=today - 5 * DAY)
    for end, why, kind in ((today, "leaves", "ended"), (today + DAY, "stays a day", "extended")):
        answer = maintainer.post(f"{ROLES}{role.pk}/change/", filled_in(person, role.start, end=end, why=why))
        assert answer.status_code == 302
        line = person.role_changes.first()
        assert (line.kind, line.by, line.why, line.end) == (kind, boss, why, end)


def test_a_role_keeps_its_person_and_its_name(maintainer, person, make_person, today, give_role):
    role = give_role(person, "student")
    form = filled_in(make_person(), today, name="maintainer", end=today)
    assert maintainer.post(f"{ROLES}{role.pk}/change/", form).status_code == 302
    role.refresh_from_db()
    assert (role.person, role.name, role.end) == (person, "student", today)


def test_saving_what_did_not_change_leaves_no_line(maintainer, person, today, give_role):
    role = give_role(person, "student")
    assert maintainer.post(f"{ROLES}{role.pk}/change/", filled_in(person, today, why="?")).status_code == 302
    assert person.role_changes.count() == 1


def test_roles_are_removed_one_by_one(maintainer, boss, person, give_role):
    one, *others = [give_role(person, name) for name in ("student", "faculty", "staff")]
    assert maintainer.post(f"{ROLES}{one.pk}/delete/", {"post": "yes"}).status_code == 302
    form = {"action": "delete_selected", "_selected_action": [role.pk for role in others], "post": "yes"}
    assert maintainer.post(ROLES, form).status_code == 302
    assert not Role.objects.exists()
    removed = person.role_changes.filter(kind="removed")
    assert {(line.name, line.by) for line in removed} == {(n, boss) for n in ("student", "faculty", "staff")}


def test_roles_are_ended_at_once_and_those_that_cannot_be_are_named(maintainer, boss, person, today, give_role):
    held = give_role(person, "student", start=today - 5 * DAY)
    over = give_role(person, "faculty", start=today - 5 * DAY, end=today - 2 * DAY)
    form = {"action": "end_at_once", "_selected_action": [held.pk, over.pk]}
    answer = maintainer.post(ROLES, form, follow=True)
    assert "Its last day is" in answer.content.decode()
    held.refresh_from_db()
    assert held.end == today - DAY
    assert [(line.name, line.kind, line.by) for line in person.role_changes.all()[:1]] == [("student", "ended", boss)]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"asha", "ben", "cleo"}),
        ("status=active", {"asha"}),
        ("status=past", {"ben"}),
        ("status=future", {"cleo"}),
        ("status=nonsense", {"asha", "ben", "cleo"}),
        ("name=faculty", {"ben"}),
        ("name=faculty&status=active", set()),
        ("q=asha", {"asha"}),
        ("q=Rao", {"cleo"}),
    ],
)
def test_roles_are_found(maintainer, make_person, today, give_role, query, found):
    give_role(make_person("asha"), "student")
    give_role(make_person("ben"), "faculty", start=today - 9 * DAY, end=today - DAY)
    give_role(make_person("cleo", display_name="Cleo Rao"), "student", start=today + DAY)
    answer = maintainer.get(f"{ROLES}?{query}")
    assert {role.person.username for role in answer.context["cl"].queryset} == found


def test_a_list_of_roles_costs_no_more_when_it_is_long(maintainer, make_person, give_role, round_trips):
    for _ in range(12):
        give_role(make_person(), "student", by=make_person())
    for address in (ROLES, CHANGES):
        maintainer.get(address)
        with round_trips(sql=7, stores=3):
            maintainer.get(address)


def test_a_persons_page_leads_to_their_roles(maintainer, person, today, give_role):
    role = give_role(person, "student")
    over = give_role(person, "faculty", start=today - 9 * DAY, end=today - DAY)
    page = maintainer.get(f"{PEOPLE}{person.pk}/change/").content.decode()
    assert f'href="{ROLES}{role.pk}/change/"' in page
    assert f'href="{ROLES}{over.pk}/change/"' not in page
    for address, count in ((ROLES, 2), (CHANGES, 2)):
        link = f"{address}?person__id__exact={person.pk}"
        assert link in page
        assert maintainer.get(link).context["cl"].result_count == count
    assert maintainer.get(f"{ROLES}add/?person={person.pk}").context["adminform"].form.initial["person"] == str(
        person.pk
    )


def test_what_a_person_shows_can_be_set_and_their_photo_cannot(maintainer, person):
    form = maintainer.get(f"{PEOPLE}{person.pk}/change/").context["adminform"].form
    assert {"entry_visible_to", "photo_visible_to", "roles_visible_to", "email_visible_to"} <= set(form.fields)
    assert not {"photo", "held_roles", "roles_version"} & set(form.fields)


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "a&b"])
def test_a_name_becomes_no_markup(maintainer, make_person, give_role, name):
    person = make_person(display_name=name)
    role = give_role(person, "student", why=name)
    for address in (ROLES, CHANGES, f"{ROLES}{role.pk}/change/", f"{PEOPLE}{person.pk}/change/"):
        assert name not in maintainer.get(address).content.decode()


class TestHistory:
    def test_it_is_read(self, maintainer, boss, person, give_role):
        give_role(person, "student", by=boss, why="admitted")
        line = RoleChange.objects.get()
        for page in (maintainer.get(CHANGES), maintainer.get(f"{CHANGES}{line.pk}/change/")):
            assert "The boss" in page.content.decode()
            assert "admitted" in page.content.decode()

    def test_nobody_writes_it(self, maintainer, person, give_role):
        give_role(person, "student")
        line = RoleChange.objects.get()
        assert maintainer.get(f"{CHANGES}add/").status_code == 403
        assert maintainer.post(f"{CHANGES}{line.pk}/change/", {"why": "forged"}).status_code == 403
        assert maintainer.post(f"{CHANGES}{line.pk}/delete/", {"post": "yes"}).status_code == 403
        form = {"action": "delete_selected", "_selected_action": [line.pk], "post": "yes"}
        maintainer.post(CHANGES, form)
        assert RoleChange.objects.get().why == ""

    def test_it_goes_with_the_person(self, maintainer, person, give_role):
        give_role(person, "student")
        answer = maintainer.post(f"{PEOPLE}{person.pk}/delete/", {"post": "yes"})
        assert answer.status_code == 302, answer.context["perms_lacking"]
        assert not Person.objects.filter(pk=person.pk).exists()
        assert not RoleChange.objects.exists()


class TestClerks:
    """Somebody whom the admin lets do some things alone."""

    def test_who_may_see_roles_cannot_change_them(self, clerk, person, today, give_role):
        role = give_role(person, "student")
        client = clerk("view_role")
        assert client.get(ROLES).status_code == 200
        assert client.get(f"{ROLES}add/").status_code == 403
        assert client.post(f"{ROLES}add/", filled_in(person, today, name="maintainer")).status_code == 403
        assert client.post(f"{ROLES}{role.pk}/change/", filled_in(person, today, end=today)).status_code == 403
        client.post(ROLES, {"action": "end_at_once", "_selected_action": [role.pk]})
        assert [role.end for role in Role.objects.all()] == [None]

    def test_who_may_grant_grants(self, clerk, person, today):
        client = clerk("add_role", "view_person")
        assert client.post(f"{ROLES}add/", filled_in(person, today)).status_code == 302
        assert client.get(f"{PEOPLE}?_popup=1&q={person.username}").context["cl"].result_count == 1

    def test_who_may_not_delete_roles_cannot_delete_who_has_some(self, clerk, person, give_role):
        give_role(person, "student")
        client = clerk("delete_person", "view_person")
        client.post(f"{PEOPLE}{person.pk}/delete/", {"post": "yes"})
        assert Person.objects.filter(pk=person.pk).exists()
        assert Role.objects.exists()

    def test_a_role_named_maintainer_opens_no_admin(self, reader, person, give_role):
        give_role(person, "maintainer")
        assert reader.get("/admin/").status_code == 403
