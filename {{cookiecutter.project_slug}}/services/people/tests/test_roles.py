"""Maintainers give, prolong and end roles over the API; everybody sees their own, and nobody helps themselves."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group, Permission
from django.utils import timezone

from core.access.maintainers import SECOND_FACTOR
from core.people.models import Role
from core.testing.client import PortalClient
from services.accounts.allauth_internals import record_authentication

DAY = timedelta(days=1)
PROBLEM = "application/problem+json"
PERMISSIONS = ("view_role", "add_role", "change_role")


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
def student(make_person, give_role, today):
    student = make_person("asha", display_name="Asha Rao")
    details = {"department": "Physics", "number": "7"}
    give_role(student, "student", start=today - 9 * DAY, details=details)
    return student


@pytest.fixture
def role(student):
    return student.roles.get()


@pytest.fixture
def clerk(make_person):
    """Somebody who may use the admin, and has the named permissions by a group."""

    def make(*permissions, **more):
        clerk = make_person("clerk", **{"is_staff": True, **more})
        group = Group.objects.create(name="Registrar's office")
        group.permissions.set(
            Permission.objects.filter(codename__in=permissions, content_type__app_label="core_people")
        )
        clerk.groups.add(group)
        return PortalClient().sign_in(clerk)

    return make


def of(person, more=""):
    return f"/api/people/{person.pk}/roles/{more}"


def at(role, more=""):
    return f"/api/people/roles/{role.pk}/{more}"


def fields(answer):
    assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM), answer.content
    return {error["field"] for error in answer.json()["errors"]}


def everything(person, role):
    """Each thing that can be asked of roles, as (who asks) → answer."""
    return {
        "read": lambda client: client.get(of(person)),
        "history": lambda client: client.get(of(person, "history/")),
        "grant": lambda client: client.post_json(of(person), {"name": "maintainer"}),
        "change": lambda client: client.patch_json(at(role), {"details": {"department": "Chemistry"}}),
        "end": lambda client: client.post_json(at(role, "end/"), {}),
    }


class TestReading:
    def test_a_maintainer_reads_roles_of_all_times_in_full(self, maintainer, student, role, today, give_role):
        give_role(student, "faculty", start=today + DAY, end=today + DAY)
        answer = maintainer.get(of(student)).json()
        assert answer["results"] == [
            {
                "id": student.roles.get(name="faculty").pk,
                "name": "faculty",
                "title": "Faculty",
                "start": str(today + DAY),
                "end": str(today + DAY),
                "status": "future",
                "details": {},
            },
            {
                "id": role.pk,
                "name": "student",
                "title": "Student",
                "start": str(today - 9 * DAY),
                "end": None,
                "status": "active",
                "details": {"department": "Physics", "number": "7"},
            },
        ]

    def test_a_person_reads_their_own_with_what_the_directory_shows(self, student, role):
        (shown,) = PortalClient().sign_in(student).get(of(student)).json()["results"]
        assert (shown["start"], shown["details"]) == (str(role.start), {"department": "Physics"})

    def test_many_come_page_by_page(self, maintainer, student, today, round_trips):
        days = [today - number * 10 * DAY for number in range(2, 42)]
        Role.objects.bulk_create(Role(person=student, name="guest", start=day, end=day) for day in days)
        maintainer.get(of(student))
        with round_trips(sql=3, stores=1):
            page = maintainer.get(of(student)).json()
        found = [role["id"] for role in page["results"]]
        assert len(found) == 25
        while page["next"]:
            page = maintainer.get(page["next"]).json()
            found += [role["id"] for role in page["results"]]
        assert found == sorted(found, reverse=True)
        assert len(found) == 41

    def test_the_history_says_who_when_and_why(self, maintainer, boss, student, role, today):
        maintainer.post_json(at(role, "end/"), {"why": "left"})
        guest = maintainer.post_json(of(student), {"name": "guest", "why": "visits"}).json()
        maintainer.post_json(at(Role(pk=guest["id"]), "end/"), {"why": "a mistake"})
        answer = maintainer.get(of(student, "history/")).json()["results"]
        by = {"id": boss.pk, "display_name": "The boss"}
        assert [(line["name"], line["kind"], line["by"], line["why"], line["role"]) for line in answer] == [
            ("guest", "removed", by, "a mistake", None),
            ("guest", "granted", by, "visits", None),
            ("student", "ended", by, "left", role.pk),
            ("student", "granted", None, "", role.pk),
        ]
        assert answer[2]["end"] == str(today - DAY)
        assert all(line["at"] for line in answer)

    def test_a_long_history_costs_no_more(self, maintainer, make_person, student, role, round_trips):
        for number in range(1, 30):
            role.details = {"number": str(number + 100)}
            role.save(by=make_person())
        maintainer.get(of(student, "history/"))
        with round_trips(sql=3, stores=1):
            page = maintainer.get(of(student, "history/")).json()
        assert len(page["results"]) == 25
        assert page["next"]


class TestGranting:
    def test_a_role_is_granted(self, maintainer, boss, person, today):
        form = {"name": "student", "start": today, "end": today + DAY, "details": {"department": "Physics"}}
        answer = maintainer.post_json(of(person), {**form, "why": "admitted"})
        assert answer.status_code == 201
        role = Role.objects.get(pk=answer.json()["id"])
        assert (role.person, role.name, role.start, role.end) == (person, "student", today, today + DAY)
        line = person.role_changes.get()
        assert (line.by, line.why) == (boss, "admitted")

    def test_a_name_is_enough(self, maintainer, person, today):
        answer = maintainer.post_json(of(person), {"name": "guest"}).json()
        assert (answer["start"], answer["end"], answer["status"]) == (str(today), None, "active")

    @pytest.mark.parametrize(
        ("form", "field"),
        [
            ({}, "name"),
            ({"name": "pope"}, "name"),
            ({"name": ""}, "name"),
            ({"name": "x" * 41}, "name"),
            ({"name": ["student"]}, "name"),
            ({"name": "student", "start": "soon"}, "start"),
            ({"name": "student", "start": None}, "start"),
            ({"name": "student", "start": "2026-02-30"}, "start"),
            ({"name": "student", "start": "2026-02-03T00:00:00Z"}, "start"),
            ({"name": "student", "start": "2026-02-03", "end": "2026-02-02"}, "end"),
            ({"name": "student", "details": {"department": 7}}, "details"),
            ({"name": "student", "details": {"department": "x" * 101}}, "details"),
            ({"name": "student", "details": {"shoe size": "44"}}, "details"),
            ({"name": "student", "details": {"number": "x" * 5000}}, "details"),
            ({"name": "student", "details": []}, "details"),
            ({"name": "student", "details": "{}"}, "details"),
            ({"name": "student", "details": None}, "details"),
            ({"name": "guest", "details": {"department": "Physics"}}, "details"),
            ({"name": "student", "why": "x" * 301}, "why"),
            ({"name": "student", "why": None}, "why"),
        ],
    )
    def test_a_mistake_is_named(self, maintainer, person, form, field):
        assert fields(maintainer.post_json(of(person), form)) == {field}
        assert not Role.objects.exists()
        assert not person.role_changes.exists()

    def test_a_role_is_not_held_twice(self, maintainer, student):
        assert fields(maintainer.post_json(of(student), {"name": "student"})) == {"start"}

    @pytest.mark.parametrize("pk", [0, 999_999, 10**30])
    def test_nobody_is_granted_nothing(self, maintainer, pk):
        for more in ("", "history/"):
            assert maintainer.get(f"/api/people/{pk}/roles/{more}").status_code == 404
        assert maintainer.post_json(f"/api/people/{pk}/roles/", {"name": "guest"}).status_code == 404
        assert maintainer.patch_json(f"/api/people/roles/{pk}/", {"end": None}).status_code == 404
        assert maintainer.post_json(f"/api/people/roles/{pk}/end/", {}).status_code == 404

    @pytest.mark.parametrize("body", ["[]", '"x"', "7", "null", "{", '{"name": NaN}', ""])
    def test_what_is_no_object_is_a_problem(self, maintainer, student, role, body):
        for method, address in (("post", of(student)), ("patch", at(role)), ("post", at(role, "end/"))):
            if body == "" and address.endswith("end/"):
                continue  # nothing to say is enough to end a role at once
            answer = getattr(maintainer, method)(address, body, content_type="application/json")
            assert (answer.status_code, answer["Content-Type"]) == (400, PROBLEM)
        assert student.role_changes.count() == 1


class TestChanging:
    def test_a_role_is_prolonged_and_described_at_once(self, maintainer, student, role, today, give_role):
        maintainer.post_json(at(role, "end/"), {"end": today})
        answer = maintainer.patch_json(at(role), {"end": today + DAY, "details": {"number": "8"}, "why": "a day more"})
        assert answer.status_code == 200
        assert (answer.json()["end"], answer.json()["details"]) == (str(today + DAY), {"number": "8"})
        kinds = [(line.kind, line.why) for line in student.role_changes.order_by("pk")]
        assert kinds[2:] == [("extended", "a day more"), ("changed", "a day more")]

    def test_both_or_neither(self, maintainer, student, role, today):
        maintainer.post_json(at(role, "end/"), {"end": today})
        assert fields(maintainer.patch_json(at(role), {"end": today + DAY, "details": {"number": 8}})) == {"details"}
        role.refresh_from_db()
        assert role.end == today
        assert student.role_changes.count() == 2

    def test_a_role_is_let_last_until_it_is_ended(self, maintainer, role, today):
        maintainer.post_json(at(role, "end/"), {"end": today})
        assert maintainer.patch_json(at(role), {"end": None}).json()["end"] is None

    @pytest.mark.parametrize(
        ("form", "field"),
        [
            ({}, ""),
            ({"why": "no reason"}, ""),
            ({"end": "2000-01-01"}, "end"),
            ({"end": None}, "end"),
            ({"end": "never"}, "end"),
            ({"details": {"x": 1}}, "details"),
            ({"details": {}, "why": "x" * 301}, "why"),
        ],
    )
    def test_a_mistake_is_named(self, maintainer, role, form, field):
        assert fields(maintainer.patch_json(at(role), form)) == {field}

    def test_nothing_else_of_it_can_be_changed(self, maintainer, boss, student, role, person):
        more = {"person": person.pk, "name": "maintainer", "by": person.pk, "start": "2000-01-01", "id": 1, "pk": 1}
        assert maintainer.patch_json(at(role), {**more, "details": {"number": "8"}}).status_code == 200
        changed = Role.objects.get()
        assert (changed.pk, changed.person, changed.name, changed.start) == (role.pk, student, "student", role.start)
        assert student.role_changes.first().by == boss
        assert not person.role_changes.exists()

    def test_it_is_granted_to_whom_the_address_names(self, maintainer, boss, student, person):
        more = {"person": person.pk, "by": student.pk, "id": 1, "roles_version": 1}
        assert maintainer.post_json(of(student), {"name": "guest", **more}).status_code == 201
        assert not person.roles.exists()
        assert student.role_changes.first().by == boss


class TestEnding:
    def test_at_once(self, maintainer, role, today):
        answer = maintainer.post_json(at(role, "end/"), {"why": "left"})
        assert answer.status_code == 200
        assert (answer.json()["end"], answer.json()["status"]) == (str(today - DAY), "past")
        again = maintainer.post_json(at(role, "end/"), {})
        assert fields(again) == {"end"}

    def test_with_a_day(self, maintainer, role, today):
        assert maintainer.post_json(at(role, "end/"), {"end": today + DAY}).json()["status"] == "active"

    def test_one_that_began_today_is_gone(self, maintainer, person, give_role):
        role = give_role(person, "guest")
        assert maintainer.post_json(at(role, "end/"), {}).status_code == 204
        assert maintainer.post_json(at(role, "end/"), {}).status_code == 404

    @pytest.mark.parametrize(
        ("form", "field"), [({"end": None}, "end"), ({"end": "soon"}, "end"), ({"why": "x" * 301}, "why")]
    )
    def test_a_mistake_is_named(self, maintainer, role, form, field):
        assert fields(maintainer.post_json(at(role, "end/"), form)) == {field}
        role.refresh_from_db()
        assert role.end is None


class TestRights:
    def test_an_anonymous_visitor_is_asked_to_sign_in(self, visitor, student, role):
        for name, ask in everything(student, role).items():
            assert ask(visitor).status_code == 401, name

    def test_others_are_refused_and_learn_nothing(self, reader, student, role):
        for name, ask in everything(student, role).items():
            assert (ask(reader).status_code, ask(reader)["Content-Type"]) == (403, PROBLEM), name
        for address in (f"/api/people/{10**6}/roles/", f"/api/people/{10**6}/roles/history/"):
            assert reader.get(address).status_code == 403
        assert reader.patch_json(f"/api/people/roles/{10**6}/", {}).status_code == 403
        assert student.role_changes.count() == 1

    def test_nobody_helps_themselves(self, student, role):
        own = PortalClient().sign_in(student)
        for name, ask in everything(student, role).items():
            assert ask(own).status_code == (200 if name == "read" else 403), name
        assert [held.name for held in student.roles.all()] == ["student"]

    def test_the_role_of_a_maintainer_is_no_permission(self, student, role, give_role):
        give_role(student, "maintainer")
        answer = PortalClient().sign_in(student).post_json(of(student), {"name": "staff"})
        assert (answer.status_code, answer.json()["detail"]) == (403, "Only available to maintainers.")

    @pytest.mark.parametrize(
        ("permission", "opened"),
        [
            ("view_role", {"read", "history"}),
            ("add_role", {"grant"}),
            ("change_role", {"change", "end"}),
            ("delete_role", set()),
            ("change_person", set()),
        ],
    )
    def test_each_permission_opens_its_part(self, clerk, student, role, permission, opened):
        client = clerk(permission)
        answers = {name: ask(client) for name, ask in everything(student, role).items()}
        assert {name for name, answer in answers.items() if answer.status_code < 300} == opened
        needed = {"read": "view", "history": "view", "grant": "add", "change": "change", "end": "change"}
        for name in needed.keys() - opened:
            assert answers[name].status_code == 403
            assert f"core_people.{needed[name]}_role" in answers[name].json()["detail"]

    def test_permissions_are_nothing_to_who_may_not_use_the_admin(self, clerk, student, role):
        client = clerk(*PERMISSIONS, is_staff=False)
        for name, ask in everything(student, role).items():
            assert ask(client).status_code == 403, name

    def test_a_second_factor_is_asked_for_where_the_admin_asks(self, boss, student, role, settings):
        settings.SECOND_FACTOR_FOR_MAINTAINERS = True
        client = PortalClient().sign_in(boss)
        for name, ask in everything(student, role).items():
            answer = ask(client)
            assert answer.status_code == 403, name
            assert "second factor" in answer.json()["detail"]
        assert client.get(of(boss)).status_code == 200  # one's own

    def test_with_it_shown_the_door_is_open(self, boss, student, role, settings):
        settings.SECOND_FACTOR_FOR_MAINTAINERS = True
        client = PortalClient().sign_in(boss)
        boss.authenticator_set.create(type="totp", data={})
        session = client.session
        record_authentication(SimpleNamespace(session=session), boss, SECOND_FACTOR)
        session.save()
        assert client.get(of(student)).status_code == 200
        assert client.post_json(of(student), {"name": "guest"}).status_code == 201

    def test_who_was_deactivated_has_no_rights_left(self, maintainer, boss, student, role):
        boss.is_active = False
        boss.save()
        for name, ask in everything(student, role).items():
            assert ask(maintainer).status_code == 401, name

    def test_a_change_needs_the_csrf_token(self, boss, student, role):
        client = PortalClient(enforce_csrf_checks=True).sign_in(boss)
        for name in ("grant", "change", "end"):
            assert everything(student, role)[name](client).status_code == 403, name
        assert student.role_changes.count() == 1

    def test_a_role_opens_its_door_at_once_and_shuts_it_at_its_end(self, maintainer, person, reader):
        granted = maintainer.post_json(of(person), {"name": "student"}).json()
        assert reader.get("/api/portal/").json()["person"]["roles"] == ["student"]
        maintainer.post_json(at(Role(pk=granted["id"]), "end/"), {})
        assert reader.get("/api/portal/").json()["person"]["roles"] == []
