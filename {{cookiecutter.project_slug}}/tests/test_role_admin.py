"""Maintainers grant and end roles in the admin. The history records the changes under their name."""

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
    """Make a client of a person who can use the admin and has only these permissions."""

    def make(*permissions):
        clerk = make_person("clerk", is_staff=True)
        clerk.user_permissions.set(Permission.objects.filter(codename__in=permissions))
        return PortalClient().sign_in(clerk)

    return make


def form_data(person, today, /, **changes):
    form = {"person": person.pk, "name": "student", "start": today, "end": "", "details": "{}", "why": ""}
    return {key: str(value) for key, value in (form | changes).items()}


def errors(response):
    """Return the errors of a form by field."""
    assert response.status_code == 200
    return response.context["adminform"].form.errors


def test_a_role_is_granted_under_the_maintainers_name(maintainer, boss, person, today):
    details = '{"department": "Physics"}'
    response = maintainer.post(f"{ROLES}add/", form_data(person, today, details=details, why="admitted"))
    assert response.status_code == 302
    role = Role.objects.get()
    assert (role.person, role.name, role.start, role.end) == (person, "student", today, None)
    assert role.details == {"department": "Physics"}
    change = person.role_changes.get()
    assert (change.kind, change.by, change.why) == ("granted", boss, "admitted")


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
def test_an_error_is_shown_at_its_field(maintainer, person, today, changes, field):
    response = maintainer.post(f"{ROLES}add/", form_data(person, today, **changes))
    if field is None:
        assert response.status_code == 302
        assert Role.objects.get().details == {}
    else:
        assert set(errors(response)) == {field}
        assert not Role.objects.exists()


def test_the_form_offers_the_roles_of_portal_yaml(maintainer, settings):
    form = maintainer.get(f"{ROLES}add/").context["adminform"].form
    offered = {name: title for name, title in form.fields["name"].choices if name}
    assert offered == {name: role.title for name, role in settings.PORTAL.roles.items()}


def test_periods_of_the_same_role_must_not_overlap(maintainer, person, today, give_role):
    give_role(person, "student")
    response = maintainer.post(f"{ROLES}add/", form_data(person, today))
    assert "This period overlaps another one" in str(errors(response)["start"])


def test_a_concurrent_change_is_reported(maintainer, person, today):
    with patch(
        "core.people.role_admin.Role.save", side_effect=ValidationError({"start": ["Another change was saved first."]})
    ):
        response = maintainer.post(f"{ROLES}add/", form_data(person, today), follow=True)
    assert response.status_code == 200
    assert "Another change was saved first." in response.content.decode()
    assert "was added successfully" not in response.content.decode()


def test_a_role_is_ended_and_extended_with_a_reason(maintainer, boss, person, today, give_role):
    role = give_role(person, "student", start=today - 5 * DAY)
    for end, why, kind in ((today, "leaves", "ended"), (today + DAY, "stays a day", "extended")):
        response = maintainer.post(f"{ROLES}{role.pk}/change/", form_data(person, role.start, end=end, why=why))
        assert response.status_code == 302
        change = person.role_changes.first()
        assert (change.kind, change.by, change.why, change.end) == (kind, boss, why, end)


def test_the_person_and_the_name_of_a_role_cannot_change(maintainer, person, make_person, today, give_role):
    role = give_role(person, "student")
    form = form_data(make_person(), today, name="maintainer", end=today)
    assert maintainer.post(f"{ROLES}{role.pk}/change/", form).status_code == 302
    role.refresh_from_db()
    assert (role.person, role.name, role.end) == (person, "student", today)


def test_saving_without_a_change_records_nothing(maintainer, person, today, give_role):
    role = give_role(person, "student")
    assert maintainer.post(f"{ROLES}{role.pk}/change/", form_data(person, today, why="?")).status_code == 302
    assert person.role_changes.count() == 1


def test_removing_roles_records_each_removal(maintainer, boss, person, give_role):
    first, *others = [give_role(person, name) for name in ("student", "faculty", "staff")]
    assert maintainer.post(f"{ROLES}{first.pk}/delete/", {"post": "yes"}).status_code == 302
    form = {"action": "delete_selected", "_selected_action": [role.pk for role in others], "post": "yes"}
    assert maintainer.post(ROLES, form).status_code == 302
    assert not Role.objects.exists()
    removed = person.role_changes.filter(kind="removed")
    assert {(change.name, change.by) for change in removed} == {
        (name, boss) for name in ("student", "faculty", "staff")
    }


def test_roles_are_ended_immediately_and_the_others_are_named(maintainer, boss, person, today, give_role):
    active = give_role(person, "student", start=today - 5 * DAY)
    past = give_role(person, "faculty", start=today - 5 * DAY, end=today - 2 * DAY)
    form = {"action": "end_immediately", "_selected_action": [active.pk, past.pk]}
    response = maintainer.post(ROLES, form, follow=True)
    assert "The last day is" in response.content.decode()
    active.refresh_from_db()
    assert active.end == today - DAY
    assert [(change.name, change.kind, change.by) for change in person.role_changes.all()[:1]] == [
        ("student", "ended", boss)
    ]


@pytest.mark.parametrize(
    ("query", "expected"),
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
def test_roles_are_filtered_and_searched(maintainer, make_person, today, give_role, query, expected):
    give_role(make_person("asha"), "student")
    give_role(make_person("ben"), "faculty", start=today - 9 * DAY, end=today - DAY)
    give_role(make_person("cleo", display_name="Cleo Rao"), "student", start=today + DAY)
    response = maintainer.get(f"{ROLES}?{query}")
    assert {role.person.username for role in response.context["cl"].queryset} == expected


def test_a_list_of_roles_costs_the_same_at_any_length(maintainer, make_person, give_role, round_trips):
    for _ in range(12):
        give_role(make_person(), "student", by=make_person())
    for url in (ROLES, CHANGES):
        maintainer.get(url)
        with round_trips(sql=7, stores=3):
            maintainer.get(url)


def test_the_page_of_a_person_links_to_their_roles(maintainer, person, today, give_role):
    role = give_role(person, "student")
    past = give_role(person, "faculty", start=today - 9 * DAY, end=today - DAY)
    page = maintainer.get(f"{PEOPLE}{person.pk}/change/").content.decode()
    assert f'href="{ROLES}{role.pk}/change/"' in page
    assert f'href="{ROLES}{past.pk}/change/"' not in page
    for url, count in ((ROLES, 2), (CHANGES, 2)):
        link = f"{url}?person__id__exact={person.pk}"
        assert link in page
        assert maintainer.get(link).context["cl"].result_count == count
    assert maintainer.get(f"{ROLES}add/?person={person.pk}").context["adminform"].form.initial["person"] == str(
        person.pk
    )


def test_privacy_can_be_changed_and_the_photo_cannot(maintainer, person):
    form = maintainer.get(f"{PEOPLE}{person.pk}/change/").context["adminform"].form
    assert {"entry_visible_to", "photo_visible_to", "roles_visible_to", "email_visible_to"} <= set(form.fields)
    assert not {"photo", "active_roles", "roles_version"} & set(form.fields)


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "a&b"])
def test_names_are_escaped(maintainer, make_person, give_role, name):
    person = make_person(display_name=name)
    role = give_role(person, "student", why=name)
    for url in (ROLES, CHANGES, f"{ROLES}{role.pk}/change/", f"{PEOPLE}{person.pk}/change/"):
        assert name not in maintainer.get(url).content.decode()


class TestHistory:
    def test_it_is_shown(self, maintainer, boss, person, give_role):
        give_role(person, "student", by=boss, why="admitted")
        change = RoleChange.objects.get()
        for page in (maintainer.get(CHANGES), maintainer.get(f"{CHANGES}{change.pk}/change/")):
            assert "The boss" in page.content.decode()
            assert "admitted" in page.content.decode()

    def test_it_cannot_be_changed(self, maintainer, person, give_role):
        give_role(person, "student")
        change = RoleChange.objects.get()
        assert maintainer.get(f"{CHANGES}add/").status_code == 403
        assert maintainer.post(f"{CHANGES}{change.pk}/change/", {"why": "forged"}).status_code == 403
        assert maintainer.post(f"{CHANGES}{change.pk}/delete/", {"post": "yes"}).status_code == 403
        form = {"action": "delete_selected", "_selected_action": [change.pk], "post": "yes"}
        maintainer.post(CHANGES, form)
        assert RoleChange.objects.get().why == ""

    def test_it_is_deleted_with_the_person(self, maintainer, person, give_role):
        give_role(person, "student")
        response = maintainer.post(f"{PEOPLE}{person.pk}/delete/", {"post": "yes"})
        assert response.status_code == 302, response.context["perms_lacking"]
        assert not Person.objects.filter(pk=person.pk).exists()
        assert not RoleChange.objects.exists()


class TestPermissions:
    """People who can use the admin, with some permissions only."""

    def test_the_view_permission_does_not_allow_changes(self, clerk, person, today, give_role):
        role = give_role(person, "student")
        client = clerk("view_role")
        assert client.get(ROLES).status_code == 200
        assert client.get(f"{ROLES}add/").status_code == 403
        assert client.post(f"{ROLES}add/", form_data(person, today, name="maintainer")).status_code == 403
        assert client.post(f"{ROLES}{role.pk}/change/", form_data(person, today, end=today)).status_code == 403
        client.post(ROLES, {"action": "end_immediately", "_selected_action": [role.pk]})
        assert [role.end for role in Role.objects.all()] == [None]

    def test_the_add_permission_allows_grants(self, clerk, person, today):
        client = clerk("add_role", "view_person")
        assert client.post(f"{ROLES}add/", form_data(person, today)).status_code == 302
        assert client.get(f"{PEOPLE}?_popup=1&q={person.username}").context["cl"].result_count == 1

    def test_deleting_a_person_with_roles_needs_the_delete_permission_for_roles(self, clerk, person, give_role):
        give_role(person, "student")
        client = clerk("delete_person", "view_person")
        client.post(f"{PEOPLE}{person.pk}/delete/", {"post": "yes"})
        assert Person.objects.filter(pk=person.pk).exists()
        assert Role.objects.exists()

    def test_the_role_maintainer_gives_no_access_to_the_admin(self, reader, person, give_role):
        give_role(person, "maintainer")
        assert reader.get("/admin/").status_code == 403
