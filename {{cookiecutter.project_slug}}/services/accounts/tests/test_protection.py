"""People who can use the admin give nobody more powers, and change neither each other nor superusers."""

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group, Permission

from core.people.models import Person, Role
from core.testing.client import PortalClient

from .browser import OTHER_PASSWORD, PASSWORD, Browser

PEOPLE, ROLES, GROUPS = "/admin/core_people/person/", "/admin/core_people/role/", "/admin/auth/group/"
POWERS = {"is_staff": "on", "is_superuser": "on"}


@pytest.fixture(autouse=True)
def roles(use_roles):
    use_roles(student={}, maintainer={})


@pytest.fixture
def clerk(make_person):
    """Return a person who can use the admin and has every permission there is, but is no superuser."""
    clerk = make_person("clerk", email="clerk@example.edu", password=PASSWORD, is_staff=True)
    clerk.user_permissions.set(Permission.objects.all())
    return clerk


@pytest.fixture
def client(clerk):
    return PortalClient().sign_in(clerk)


@pytest.fixture
def superuser_client(make_person):
    return PortalClient().sign_in(make_person("chief", is_staff=True, is_superuser=True))


@pytest.fixture(params=["staff", "superuser", "superuser without the admin", "deactivated staff", "themselves"])
def protected(request, make_person, clerk):
    """Return a person whom only superusers may change. They have a password, a session, a second factor and a role."""
    if request.param == "themselves":
        person = clerk
    else:
        flags = {
            "staff": {"is_staff": True},
            "superuser": {"is_staff": True, "is_superuser": True},
            "superuser without the admin": {"is_superuser": True},
            "deactivated staff": {"is_staff": True, "is_active": False},
        }[request.param]
        person = make_person("boss", email="boss@example.edu", password=PASSWORD, **flags)
    return with_possessions(person)


def with_possessions(person):
    """Give a person what others might take away, and return them."""
    person.authenticator_set.create(type="totp", data={})
    UserSession.objects.create(user=person, session_key=f"key-of-{person}", ip="10.0.0.1", user_agent="x")
    Role(person=person, name="student", start="2020-01-01", end="2029-01-01").save()
    return person


def state_of(person):
    """Return everything about a person that others might change."""
    person = Person.objects.get(pk=person.pk)
    return {
        **{field.name: getattr(person, field.attname) for field in Person._meta.concrete_fields},
        "groups": list(person.groups.values_list("pk", flat=True)),
        "permissions": person.user_permissions.count(),
        "factors": person.authenticator_set.count(),
        "sessions": UserSession.objects.filter(user=person).count(),
        "addresses": list(EmailAddress.objects.filter(user=person).values_list("email", flat=True)),
        "roles": list(person.roles.values_list("name", "start", "end")),
        "history": person.role_changes.count(),
    }


def person_form(person, **changes):
    """Return what the admin's form for a person sends."""
    form = {
        "username": person.username,
        "email": person.email,
        "display_name": person.display_name,
        "is_active": "on",
        **{f"{part}_visible_to": "nobody" for part in ("entry", "photo", "roles", "email")},
    }
    return {**form, **changes}


def password_form():
    return {"password1": OTHER_PASSWORD, "password2": OTHER_PASSWORD, "usable_password": "true"}


def role_form(person, **changes):
    return {"person": person.pk, "name": "maintainer", "start": "2026-01-01", "end": "", "details": "{}", **changes}


def selected(action, *objects):
    return {"action": action, "_selected_action": [one.pk for one in objects], "post": "yes"}


def list_form(person):
    return {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": person.pk, "form-0-is_staff": "", "_save": 1}


WAYS_TO_CHANGE = {
    "account": lambda client, person: client.post(f"{PEOPLE}{person.pk}/change/", person_form(person, email="x@x.edu")),
    "username": lambda client, person: client.post(f"{PEOPLE}{person.pk}/change/", person_form(person, username="x")),
    "deactivation": lambda client, person: client.post(
        f"{PEOPLE}{person.pk}/change/", {**person_form(person), "is_active": ""}
    ),
    "flags": lambda client, person: client.post(f"{PEOPLE}{person.pk}/change/", person_form(person, **POWERS)),
    "groups": lambda client, person: client.post(
        f"{PEOPLE}{person.pk}/change/", person_form(person, groups=[1], user_permissions=[1])
    ),
    "password": lambda client, person: client.post(f"{PEOPLE}{person.pk}/password/", password_form()),
    "no password": lambda client, person: client.post(
        f"{PEOPLE}{person.pk}/password/", {"usable_password": "false", "unset-password": "1"}
    ),
    "deletion": lambda client, person: client.post(f"{PEOPLE}{person.pk}/delete/", {"post": "yes"}),
    "deletion from the list": lambda client, person: client.post(PEOPLE, selected("delete_selected", person)),
    "signing out": lambda client, person: client.post(PEOPLE, selected("sign_out_everywhere", person)),
    "second factor": lambda client, person: client.post(PEOPLE, selected("remove_second_factor", person)),
    "list of people": lambda client, person: client.post(PEOPLE, list_form(person)),
    "new role": lambda client, person: client.post(f"{ROLES}add/", role_form(person)),
    "longer role": lambda client, person: client.post(
        f"{ROLES}{person.roles.get().pk}/change/", {"start": "2020-01-01", "end": "", "details": "{}"}
    ),
    "removed role": lambda client, person: client.post(f"{ROLES}{person.roles.get().pk}/delete/", {"post": "yes"}),
    "removed roles": lambda client, person: client.post(ROLES, selected("delete_selected", person.roles.get())),
    "ended roles": lambda client, person: client.post(ROLES, selected("end_immediately", person.roles.get())),
    "new role by the API": lambda client, person: client.post_json(
        f"/api/people/{person.pk}/roles/", {"name": "maintainer"}
    ),
    "role by the API": lambda client, person: client.patch_json(
        f"/api/people/roles/{person.roles.get().pk}/", {"details": {}, "end": None}
    ),
    "ended role by the API": lambda client, person: client.post_json(
        f"/api/people/roles/{person.roles.get().pk}/end/", {"end": "2028-01-01"}
    ),
}


@pytest.mark.parametrize("way", WAYS_TO_CHANGE)
def test_staff_change_nothing_of_staff_and_superusers(client, protected, way):
    before = state_of(protected)
    response = WAYS_TO_CHANGE[way](client, protected)
    assert response.status_code in {200, 302, 403, 400}, response.content
    assert state_of(protected) == before


@pytest.mark.parametrize("way", ["account", "password", "deletion", "new role", "new role by the API"])
def test_the_answer_is_403(client, protected, way):
    assert WAYS_TO_CHANGE[way](client, protected).status_code == 403


def test_staff_see_the_account_without_the_hash_of_its_password(client, protected):
    page = client.get(f"{PEOPLE}{protected.pk}/change/")
    assert page.status_code == 200
    assert protected.username in page.content.decode()
    assert protected.password.rpartition("$")[2] not in page.content.decode()


def test_the_api_says_who_can(client, make_person):
    boss = make_person("boss", is_staff=True)
    answer = client.post_json(f"/api/people/{boss.pk}/roles/", {"name": "student"})
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
    assert answer.json()["detail"] == (
        "Only superusers can change people who can use /admin/, and their roles. Ask a superuser."
    )


def test_an_action_on_several_people_changes_none_if_one_is_protected(client, make_person):
    asha, boss = make_person("asha", password=PASSWORD), make_person("boss", is_staff=True)
    browser = Browser()
    browser.submit_login()
    asha.authenticator_set.create(type="totp", data={})
    for action in ("sign_out_everywhere", "remove_second_factor", "delete_selected"):
        client.post(PEOPLE, selected(action, asha, boss))
    assert browser.username == "asha"
    assert asha.authenticator_set.count() == 1
    assert Person.objects.filter(username="asha").exists()
    page = client.post(PEOPLE, selected("sign_out_everywhere", asha, boss), follow=True).content.decode()
    assert "Nothing was changed, because of boss." in page


@pytest.mark.parametrize("form", [POWERS, {"is_staff": "on"}, {"groups": "GROUP"}, {"user_permissions": "PERMISSION"}])
def test_staff_give_nobody_powers(client, person, form):
    group, permission = Group.objects.create(name="Registrars"), Permission.objects.first()
    known = {"GROUP": [group.pk], "PERMISSION": [permission.pk]}
    form = {name: known.get(value, value) for name, value in form.items()}
    answer = client.post(f"{PEOPLE}{person.pk}/change/", person_form(person, display_name="New name", **form))
    assert answer.status_code == 302, answer.context["adminform"].errors
    person.refresh_from_db()
    assert person.display_name == "New name", "what they may change was changed"
    new = {"username": "new", "email": "n@x.edu", "password1": OTHER_PASSWORD, "password2": OTHER_PASSWORD}
    assert client.post(f"{PEOPLE}add/", {**new, **form}).status_code == 302
    for one in (person, Person.objects.get(username="new")):
        assert (one.is_staff, one.is_superuser) == (False, False)
        assert not one.groups.exists()
        assert not one.user_permissions.exists()


def test_staff_edit_no_group(client, clerk, person):
    group = Group.objects.create(name="Registrars")
    clerk.groups.add(group)
    form = {"name": "Everything", "permissions": [Permission.objects.first().pk]}
    for url, data in (
        (f"{GROUPS}add/", form),
        (f"{GROUPS}{group.pk}/change/", form),
        (f"{GROUPS}{group.pk}/delete/", {"post": "yes"}),
    ):
        assert client.post(url, data).status_code == 403, url
    client.post(GROUPS, selected("delete_selected", group))
    assert [(one.name, one.permissions.count()) for one in Group.objects.all()] == [("Registrars", 0)]
    assert client.get(f"{GROUPS}{group.pk}/change/").status_code == 200, "they may look"
    assert client.get("/admin/auth/permission/").status_code == 404


def test_staff_change_everybody_else(client, person):
    assert client.post(f"{PEOPLE}{person.pk}/change/", person_form(person, email="x@x.edu")).status_code == 302
    client.post(f"{PEOPLE}{person.pk}/password/", password_form())
    assert client.post(f"{ROLES}add/", role_form(person)).status_code == 302
    assert client.post_json(f"/api/people/{person.pk}/roles/", {"name": "student"}).status_code == 201
    person.refresh_from_db()
    assert person.email == "x@x.edu"
    assert person.check_password(OTHER_PASSWORD)
    assert sorted(person.roles.values_list("name", flat=True)) == ["maintainer", "student"]
    assert client.post(f"{PEOPLE}{person.pk}/delete/", {"post": "yes"}).status_code == 302
    assert not Person.objects.filter(pk=person.pk).exists()


@pytest.mark.parametrize("way", [way for way in WAYS_TO_CHANGE if way != "list of people"])  # it has no fields to edit
def test_superusers_change_staff(superuser_client, make_person, way):
    boss = with_possessions(make_person("boss", email="boss@example.edu", password=PASSWORD, is_staff=True))
    Group.objects.create(pk=1, name="Registrars")
    before = state_of(boss)
    WAYS_TO_CHANGE[way](superuser_client, boss)
    assert not Person.objects.filter(pk=boss.pk).exists() or state_of(boss) != before
