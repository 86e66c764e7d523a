"""The administration of people: maintainers find, create and change people, and give and end roles, many at once."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from allauth.usersessions.models import UserSession
from django.utils import timezone

from core.audit.models import AuditEntry
from core.people.models import Person, Role, RoleChange
from core.people.powers import SECOND_FACTOR
from core.testing.client import PortalClient
from services.accounts.allauth_internals import record_authentication

MANAGE = "/api/people/manage/"
DAY = timedelta(days=1)
ALL_PERMISSIONS = ("view_person", "add_person", "change_person", "view_role", "add_role", "change_role")


@pytest.fixture
def asha(make_person, give_role, today):
    asha = make_person("asha", display_name="Asha Rao", email="asha@example.edu")
    give_role(asha, "student", start=today - 9 * DAY, end=today + 9 * DAY, details={"department": "Physics"})
    return asha


@pytest.fixture
def ben(make_person):
    return make_person("ben", display_name="Ben Okri", email="ben@example.edu")


@pytest.fixture
def find(maintainer, boss):
    """Return the names of the people in the list, without the maintainer's own."""

    def find(**query):
        response = maintainer.get(MANAGE, query)
        assert response.status_code == 200, response.content
        return [one["display_name"] for one in response.json()["results"] if one["id"] != boss.pk]

    return find


def events(person):
    return list(AuditEntry.objects.filter(person_id=person.pk).order_by("id").values_list("event", flat=True))


def errors_of(response):
    assert response.status_code == 400, response.content
    return {error["field"].split(".")[0]: error["message"] for error in response.json()["errors"]}


class TestFinding:
    def test_a_maintainer_sees_everybody_in_full(self, maintainer, asha, today):
        asha.entry_visible_to = "nobody"
        asha.save()
        body = maintainer.get(MANAGE, {"search": "asha"}).json()
        assert (body["count"], body["page"], body["totals"]) == (1, 1, {"active": 2, "deactivated": 0})
        (found,) = body["results"]
        assert (found["username"], found["email"], found["department"]) == ("asha", "asha@example.edu", "Physics")
        assert (found["is_active"], found["is_maintainer"], found["may_change"]) == (True, False, True)
        (role,) = found["roles"]
        assert (role["title"], role["end"]) == ("Student", str(today + 9 * DAY))

    @pytest.mark.parametrize("text", ["Asha", "rao ASHA", "asha@exam", "ash"])
    def test_people_are_found_by_name_username_and_email(self, find, asha, ben, text):
        assert find(search=text) == ["Asha Rao"]

    def test_people_are_filtered_by_role_and_by_state(self, find, asha, ben, make_person):
        make_person("carl", display_name="Carl", is_active=False)
        assert find(role="student") == ["Asha Rao"]
        assert find(role="-") == ["Ben Okri", "Carl"]
        assert find(state="active") == ["Asha Rao", "Ben Okri"]
        assert find(state="deactivated") == ["Carl"]
        assert find(state="ending") == ["Asha Rao"]

    def test_people_are_sorted_by_name_and_by_their_last_sign_in(self, find, asha, ben):
        Person.objects.filter(pk=ben.pk).update(last_login=timezone.now())
        assert find() == ["Asha Rao", "Ben Okri"]
        assert find(sort="-name") == ["Ben Okri", "Asha Rao"]
        assert find(sort="last_sign_in")[0] == "Asha Rao", "never comes first"
        assert find(sort="-last_sign_in")[-1] == "Asha Rao"

    def test_pages_have_numbers_and_the_last_one_stands_for_those_after_it(self, maintainer, asha, ben):
        second = maintainer.get(MANAGE, {"page": 2, "page_size": 2}).json()
        assert (second["count"], second["page"], len(second["results"])) == (3, 2, 1)
        assert maintainer.get(MANAGE, {"page": 9, "page_size": 2}).json() == second

    @pytest.mark.parametrize(
        "query",
        [{"role": "king"}, {"state": "x"}, {"sort": "email"}, {"page": 0}, {"page_size": 101}, {"search": "a " * 9}],
    )
    def test_invalid_parameters_are_refused(self, maintainer, query):
        assert set(errors_of(maintainer.get(MANAGE, query))) == set(query)

    def test_the_list_costs_the_same_at_any_length(self, maintainer, make_person, give_role, round_trips):
        for number in range(30):
            give_role(make_person(display_name=f"Verma {number}"), "student", details={"department": "Physics"})
        maintainer.get(MANAGE)
        with round_trips(sql=5, stores=1):  # the maintainer, the count, the page, its roles, the totals
            assert len(maintainer.get(MANAGE, {"page_size": 30}).json()["results"]) == 30

    def test_a_person_has_a_page(self, maintainer, asha):
        found = maintainer.get(f"{MANAGE}{asha.pk}/").json()
        assert (found["name"], found["has_password"], found["has_second_factor"]) == ("Asha Rao", False, False)
        assert maintainer.get(f"{MANAGE}999999/").status_code == 404

    def test_roles_say_what_they_open_and_which_details_they_have(self, maintainer):
        roles = {role["name"]: role for role in maintainer.get(f"{MANAGE}roles/").json()}
        assert list(roles["student"]["details"]["properties"]) == ["department", "programme", "number"]
        assert roles["guest"]["opens"] == []


class TestCreating:
    NEW = {"username": "clara", "display_name": "Clara Díaz", "email": "Clara@Example.edu"}

    def test_a_new_person_gets_an_email_that_sets_their_password(self, maintainer, mailoutbox, visitor):
        response = maintainer.post_json(MANAGE, self.NEW)
        assert response.status_code == 201, response.content
        clara = Person.objects.get(username="clara")
        assert (clara.email, clara.has_usable_password()) == ("clara@example.edu", False)
        (mail,) = mailoutbox
        assert mail.to == ["clara@example.edu"]
        assert "Your username is clara." in mail.body
        key = mail.body.split("/password/reset#")[1].split()[0]
        visitor.post_json(
            "/_allauth/browser/v1/auth/password/reset", {"key": key, "password": "a horse that sings well"}
        )
        clara.refresh_from_db()
        assert clara.check_password("a horse that sings well")
        assert events(clara)[:2] == ["person_added", "person_invited"]

    def test_a_new_person_can_begin_with_a_role(self, maintainer, boss, today):
        role = {"name": "student", "end": str(today + DAY), "details": {"department": "Physics"}}
        assert maintainer.post_json(MANAGE, {**self.NEW, "role": role}).json()["department"] == "Physics"
        assert RoleChange.objects.get().by == boss

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"username": "ASHA"}, "username"),
            ({"username": "a b"}, "username"),
            ({"email": "ASHA@example.edu"}, "email"),
            ({"email": "nobody"}, "email"),
            ({"email": ""}, "email"),
            ({"display_name": "x" * 201}, "display_name"),
            ({"role": {"name": "king"}}, "role"),
            ({"role": {"name": "student", "details": {"x": 1}}}, "role"),
        ],
    )
    def test_a_wrong_value_is_refused_at_its_field_and_nobody_is_created(
        self, maintainer, asha, mailoutbox, changes, field
    ):
        assert set(errors_of(maintainer.post_json(MANAGE, {**self.NEW, **changes}))) == {field}
        assert not Person.objects.filter(username="clara").exists()
        assert not mailoutbox

    def test_the_email_is_sent_again_unless_the_person_cannot_sign_in(self, maintainer, ben, make_person, mailoutbox):
        assert maintainer.post_json(f"{MANAGE}{ben.pk}/invite/", {}).status_code == 204
        assert [mail.to for mail in mailoutbox] == [["ben@example.edu"]]
        without = make_person("dora")
        assert "email" in errors_of(maintainer.post_json(f"{MANAGE}{without.pk}/invite/", {}))


class TestChanging:
    def test_a_new_email_is_confirmed_recorded_and_told_to_both_addresses(self, maintainer, ben, mailoutbox):
        response = maintainer.patch_json(f"{MANAGE}{ben.pk}/", {"email": "Okri@example.edu", "display_name": " B "})
        assert (response.json()["email"], response.json()["name"]) == ("okri@example.edu", "B")
        assert sorted(mail.to[0] for mail in mailoutbox) == ["ben@example.edu", "okri@example.edu"]
        assert events(ben) == ["person_changed", "email_changed"]

    def test_the_email_of_another_person_is_refused(self, maintainer, asha, ben):
        response = maintainer.patch_json(f"{MANAGE}{ben.pk}/", {"email": "asha@EXAMPLE.edu"})
        assert errors_of(response) == {"email": "Another person has this email address."}

    def test_nothing_is_recorded_when_nothing_changes(self, maintainer, ben):
        assert maintainer.patch_json(f"{MANAGE}{ben.pk}/", {"email": ben.email}).status_code == 200
        assert events(ben) == []


class TestActivity:
    def test_deactivating_ends_sessions_and_reactivating_brings_none_back(self, maintainer, ben, mailoutbox, rf):
        browser = PortalClient().sign_in(ben)
        assert browser.get("/api/people/me/").status_code == 200
        UserSession.objects.create(
            user=ben, session_key=browser.session.session_key, ip="127.0.0.1", user_agent="a browser"
        )
        response = maintainer.post_json(f"{MANAGE}deactivate/", {"people": [ben.pk, ben.pk]})
        assert response.json() == {"changed": 1, "unchanged": 0}
        assert browser.get("/api/people/me/").status_code == 401
        assert maintainer.post_json(f"{MANAGE}reactivate/", {"people": [ben.pk]}).json()["changed"] == 1
        assert browser.get("/api/people/me/").status_code == 401
        assert events(ben) == ["powers_changed", "session_ended", "powers_changed"]
        assert len(mailoutbox) == 2

    def test_who_is_deactivated_already_needs_no_change(self, maintainer, asha, make_person):
        carl = make_person("carl", is_active=False)
        response = maintainer.post_json(f"{MANAGE}deactivate/", {"people": [asha.pk, carl.pk]})
        assert response.json() == {"changed": 1, "unchanged": 1}
        assert events(carl) == []

    def test_nobody_deactivates_their_own_account(self, maintainer, boss, asha):
        assert "people" in errors_of(maintainer.post_json(f"{MANAGE}deactivate/", {"people": [asha.pk, boss.pk]}))
        asha.refresh_from_db()
        assert asha.is_active


class TestRoles:
    def test_a_role_is_granted_to_several_people_and_each_is_told(self, maintainer, boss, asha, ben, mailoutbox, today):
        grant = {"people": [asha.pk, ben.pk], "name": "staff", "end": str(today + DAY), "why": "open house"}
        assert maintainer.post_json(f"{MANAGE}roles/grant/", grant).json() == {"changed": 2, "unchanged": 0}
        roles = Role.objects.filter(name="staff")
        assert {(role.person.username, role.end) for role in roles} == {("asha", today + DAY), ("ben", today + DAY)}
        changes = RoleChange.objects.filter(name="staff")
        assert {(change.by, change.why) for change in changes} == {(boss, "open house")}
        assert {mail.to[0] for mail in mailoutbox} == {"asha@example.edu", "ben@example.edu"}
        assert "role_granted" in events(ben)

    def test_if_one_of_them_cannot_have_it_nobody_gets_it_and_the_answer_names_them(self, maintainer, asha, ben):
        response = maintainer.post_json(f"{MANAGE}roles/grant/", {"people": [asha.pk, ben.pk], "name": "student"})
        assert errors_of(response)["people"].startswith("Asha Rao: This period overlaps another one")
        assert not ben.roles.exists()

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"name": "king"}, "name"),
            ({"details": {"colour": "red"}}, "details"),
            ({"people": []}, "people"),
            ({"people": list(range(1, 102))}, "people"),
            ({"people": [999_999]}, "people"),
            ({"start": "2026-05-02", "end": "2026-05-01"}, "end"),
            ({"end": "2026-05-01"}, "end"),
        ],
    )
    def test_wrong_values_are_refused_at_their_field(self, maintainer, asha, ben, changes, field):
        grant = {"people": [asha.pk, ben.pk], "name": "staff", **changes}
        assert set(errors_of(maintainer.post_json(f"{MANAGE}roles/grant/", grant))) == {field}
        assert not Role.objects.filter(name="staff").exists()

    def test_a_role_of_several_people_ends(self, maintainer, asha, ben, today):
        response = maintainer.post_json(f"{MANAGE}roles/end/", {"people": [asha.pk, ben.pk], "name": "student"})
        assert response.json() == {"changed": 1, "unchanged": 1}
        assert asha.roles.get().end == today - DAY

    def test_a_role_that_ends_earlier_is_not_extended(self, maintainer, asha, today):
        end = {"people": [asha.pk], "name": "student", "end": str(today + 90 * DAY)}
        assert "Asha Rao: The last day is" in errors_of(maintainer.post_json(f"{MANAGE}roles/end/", end))["people"]


def requests_about(person):
    """Return every request of the API, as name → function that sends it with a client."""
    people = {"people": [person.pk]}
    return {
        "list": lambda client: client.get(MANAGE),
        "person": lambda client: client.get(f"{MANAGE}{person.pk}/"),
        "roles": lambda client: client.get(f"{MANAGE}roles/"),
        "create": lambda client: client.post_json(MANAGE, TestCreating.NEW),
        "change": lambda client: client.patch_json(f"{MANAGE}{person.pk}/", {"display_name": "X"}),
        "invite": lambda client: client.post_json(f"{MANAGE}{person.pk}/invite/", {}),
        "deactivate": lambda client: client.post_json(f"{MANAGE}deactivate/", people),
        "reactivate": lambda client: client.post_json(f"{MANAGE}reactivate/", people),
        "grant": lambda client: client.post_json(f"{MANAGE}roles/grant/", {**people, "name": "staff"}),
        "end": lambda client: client.post_json(f"{MANAGE}roles/end/", {**people, "name": "student"}),
    }


def statuses(person, client, only=None):
    requests = requests_about(person)
    return {name: send(client).status_code for name, send in requests.items() if only is None or name in only}


class TestAccess:
    CHANGES = ("change", "invite", "deactivate", "reactivate", "grant", "end")

    def test_visitors_and_other_people_are_refused(self, visitor, reader, asha):
        assert set(statuses(asha, visitor).values()) == {401}
        assert set(statuses(asha, reader).values()) == {403}

    def test_the_internet_site_has_none_of_it(self, maintainer, asha, settings):
        settings.SITE = "internet"
        response = maintainer.get(MANAGE)
        assert response.status_code in {401, 403}
        assert set(statuses(asha, maintainer).values()) <= {401, 403}

    def test_a_second_factor_is_required_where_the_admin_requires_it(self, maintainer, boss, asha, settings):
        settings.SECOND_FACTOR_FOR_MAINTAINERS = True
        assert set(statuses(asha, maintainer).values()) == {403}
        boss.authenticator_set.create(type="totp", data={})
        session = maintainer.session
        record_authentication(SimpleNamespace(session=session), boss, SECOND_FACTOR)
        session.save()
        assert maintainer.get(MANAGE).status_code == 200

    @pytest.mark.parametrize(
        ("permission", "allowed"),
        [
            ("view_person", {"list", "person"}),
            ("view_role", {"roles"}),
            ("add_person", {"create"}),
            ("change_person", {"change", "invite", "deactivate", "reactivate"}),
            ("add_role", {"grant"}),
            ("change_role", {"end"}),
        ],
    )
    def test_each_request_needs_its_permission(self, clerk, asha, permission, allowed):
        found = statuses(asha, clerk(permission))
        assert {name for name, status in found.items() if status != 403} == allowed

    def test_only_superusers_change_people_with_powers(self, clerk, boss):
        found = statuses(boss, clerk(*ALL_PERMISSIONS), only=self.CHANGES)
        assert set(found.values()) == {403}
        boss.refresh_from_db()
        assert (boss.is_active, str(boss)) == (True, "The boss")

    def test_one_protected_person_stops_the_change_of_all(self, clerk, boss, asha):
        client = clerk(*ALL_PERMISSIONS)
        response = client.post_json(f"{MANAGE}deactivate/", {"people": [asha.pk, boss.pk]})
        assert (response.status_code, response.json()["detail"][:10]) == (403, "The boss: ")
        asha.refresh_from_db()
        assert asha.is_active

    def test_nobody_creates_people_with_a_role_without_the_permission_for_roles(self, clerk):
        role = {"name": "staff"}
        response = clerk("add_person").post_json(MANAGE, {**TestCreating.NEW, "role": role})
        assert response.status_code == 403
        assert not Person.objects.filter(username="clara").exists()
