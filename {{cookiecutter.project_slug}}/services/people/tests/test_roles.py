"""The API of roles: maintainers grant, extend and end them, and people read their own."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from core.people.models import Role
from core.people.powers import SECOND_FACTOR
from core.testing.client import PortalClient
from services.accounts.allauth_internals import record_authentication

DAY = timedelta(days=1)
PROBLEM = "application/problem+json"
PERMISSIONS = ("view_role", "add_role", "change_role")


@pytest.fixture
def student(make_person, give_role, today):
    student = make_person("asha", display_name="Asha Rao")
    details = {"department": "Physics", "number": "7"}
    give_role(student, "student", start=today - 9 * DAY, details=details)
    return student


@pytest.fixture
def role(student):
    return student.roles.get()


def roles_url(person, suffix=""):
    return f"/api/people/{person.pk}/roles/{suffix}"


def role_url(role, suffix=""):
    return f"/api/people/roles/{role.pk}/{suffix}"


def error_fields(response):
    """Return the fields with errors of a response."""
    assert (response.status_code, response["Content-Type"]) == (400, PROBLEM), response.content
    return {error["field"] for error in response.json()["errors"]}


def requests_about(person, role):
    """Return every request of the API, as name → function that sends it with a client."""
    return {
        "read": lambda client: client.get(roles_url(person)),
        "history": lambda client: client.get(roles_url(person, "history/")),
        "grant": lambda client: client.post_json(roles_url(person), {"name": "maintainer"}),
        "change": lambda client: client.patch_json(role_url(role), {"details": {"department": "Chemistry"}}),
        "end": lambda client: client.post_json(role_url(role, "end/"), {}),
    }


class TestReading:
    def test_a_maintainer_reads_past_active_and_future_roles_with_all_details(
        self, maintainer, student, role, today, give_role
    ):
        give_role(student, "faculty", start=today + DAY, end=today + DAY)
        response = maintainer.get(roles_url(student)).json()
        assert response["results"] == [
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

    def test_people_read_their_own_roles_with_the_details_of_the_directory(self, student, role):
        (own,) = PortalClient().sign_in(student).get(roles_url(student)).json()["results"]
        assert (own["start"], own["details"]) == (str(role.start), {"department": "Physics"})

    def test_many_roles_come_in_pages(self, maintainer, student, today, round_trips):
        days = [today - number * 10 * DAY for number in range(2, 42)]
        Role.objects.bulk_create(Role(person=student, name="guest", start=day, end=day) for day in days)
        maintainer.get(roles_url(student))
        with round_trips(sql=3, stores=1):
            page = maintainer.get(roles_url(student)).json()
        ids = [role["id"] for role in page["results"]]
        assert len(ids) == 25
        while page["next"]:
            page = maintainer.get(page["next"]).json()
            ids += [role["id"] for role in page["results"]]
        assert ids == sorted(ids, reverse=True)
        assert len(ids) == 41

    def test_the_history_has_who_when_and_why(self, maintainer, boss, student, role, today):
        maintainer.post_json(role_url(role, "end/"), {"why": "left"})
        guest = maintainer.post_json(roles_url(student), {"name": "guest", "why": "visits"}).json()
        maintainer.post_json(role_url(Role(pk=guest["id"]), "end/"), {"why": "a mistake"})
        changes = maintainer.get(roles_url(student, "history/")).json()["results"]
        by = {"id": boss.pk, "display_name": "The boss"}
        assert [
            (change["name"], change["kind"], change["by"], change["why"], change["role"]) for change in changes
        ] == [
            ("guest", "removed", by, "a mistake", None),
            ("guest", "granted", by, "visits", None),
            ("student", "ended", by, "left", role.pk),
            ("student", "granted", None, "", role.pk),
        ]
        assert changes[2]["end"] == str(today - DAY)
        assert all(change["at"] for change in changes)

    def test_a_history_costs_the_same_at_any_length(self, maintainer, make_person, student, role, round_trips):
        for number in range(1, 30):
            role.details = {"number": str(number + 100)}
            role.save(by=make_person())
        maintainer.get(roles_url(student, "history/"))
        with round_trips(sql=3, stores=1):
            page = maintainer.get(roles_url(student, "history/")).json()
        assert len(page["results"]) == 25
        assert page["next"]


class TestGranting:
    def test_a_role_is_granted(self, maintainer, boss, person, today):
        form = {"name": "student", "start": today, "end": today + DAY, "details": {"department": "Physics"}}
        response = maintainer.post_json(roles_url(person), {**form, "why": "admitted"})
        assert response.status_code == 201
        role = Role.objects.get(pk=response.json()["id"])
        assert (role.person, role.name, role.start, role.end) == (person, "student", today, today + DAY)
        change = person.role_changes.get()
        assert (change.by, change.why) == (boss, "admitted")

    def test_only_the_name_is_required(self, maintainer, person, today):
        response = maintainer.post_json(roles_url(person), {"name": "guest"}).json()
        assert (response["start"], response["end"], response["status"]) == (str(today), None, "active")

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
    def test_the_error_names_its_field(self, maintainer, person, form, field):
        assert error_fields(maintainer.post_json(roles_url(person), form)) == {field}
        assert not Role.objects.exists()
        assert not person.role_changes.exists()

    def test_periods_of_the_same_role_must_not_overlap(self, maintainer, student):
        assert error_fields(maintainer.post_json(roles_url(student), {"name": "student"})) == {"start"}

    @pytest.mark.parametrize("pk", [0, 999_999, 10**30])
    def test_unknown_people_and_roles_are_not_found(self, maintainer, pk):
        for suffix in ("", "history/"):
            assert maintainer.get(f"/api/people/{pk}/roles/{suffix}").status_code == 404
        assert maintainer.post_json(f"/api/people/{pk}/roles/", {"name": "guest"}).status_code == 404
        assert maintainer.patch_json(f"/api/people/roles/{pk}/", {"end": None}).status_code == 404
        assert maintainer.post_json(f"/api/people/roles/{pk}/end/", {}).status_code == 404

    @pytest.mark.parametrize("body", ["[]", '"x"', "7", "null", "{", '{"name": NaN}', ""])
    def test_a_body_that_is_not_an_object_is_refused(self, maintainer, student, role, body):
        for method, url in (("post", roles_url(student)), ("patch", role_url(role)), ("post", role_url(role, "end/"))):
            if body == "" and url.endswith("end/"):
                continue  # an empty body ends a role immediately
            response = getattr(maintainer, method)(url, body, content_type="application/json")
            assert (response.status_code, response["Content-Type"]) == (400, PROBLEM)
        assert student.role_changes.count() == 1


class TestChanging:
    def test_a_role_is_extended_and_gets_new_details_in_one_request(self, maintainer, student, role, today, give_role):
        maintainer.post_json(role_url(role, "end/"), {"end": today})
        response = maintainer.patch_json(
            role_url(role), {"end": today + DAY, "details": {"number": "8"}, "why": "a day more"}
        )
        assert response.status_code == 200
        assert (response.json()["end"], response.json()["details"]) == (str(today + DAY), {"number": "8"})
        kinds = [(change.kind, change.why) for change in student.role_changes.order_by("pk")]
        assert kinds[2:] == [("extended", "a day more"), ("changed", "a day more")]

    def test_if_one_change_is_invalid_neither_is_made(self, maintainer, student, role, today):
        maintainer.post_json(role_url(role, "end/"), {"end": today})
        assert error_fields(maintainer.patch_json(role_url(role), {"end": today + DAY, "details": {"number": 8}})) == {
            "details"
        }
        role.refresh_from_db()
        assert role.end == today
        assert student.role_changes.count() == 2

    def test_the_last_day_can_be_removed(self, maintainer, role, today):
        maintainer.post_json(role_url(role, "end/"), {"end": today})
        assert maintainer.patch_json(role_url(role), {"end": None}).json()["end"] is None

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
    def test_the_error_names_its_field(self, maintainer, role, form, field):
        assert error_fields(maintainer.patch_json(role_url(role), form)) == {field}

    def test_no_other_field_can_be_changed(self, maintainer, boss, student, role, person):
        extra = {"person": person.pk, "name": "maintainer", "by": person.pk, "start": "2000-01-01", "id": 1, "pk": 1}
        assert maintainer.patch_json(role_url(role), {**extra, "details": {"number": "8"}}).status_code == 200
        changed = Role.objects.get()
        assert (changed.pk, changed.person, changed.name, changed.start) == (role.pk, student, "student", role.start)
        assert student.role_changes.first().by == boss
        assert not person.role_changes.exists()

    def test_the_role_is_granted_to_the_person_in_the_url(self, maintainer, boss, student, person):
        extra = {"person": person.pk, "by": student.pk, "id": 1, "roles_version": 1}
        assert maintainer.post_json(roles_url(student), {"name": "guest", **extra}).status_code == 201
        assert not person.roles.exists()
        assert student.role_changes.first().by == boss


class TestEnding:
    def test_a_role_is_ended_immediately(self, maintainer, role, today):
        response = maintainer.post_json(role_url(role, "end/"), {"why": "left"})
        assert response.status_code == 200
        assert (response.json()["end"], response.json()["status"]) == (str(today - DAY), "past")
        again = maintainer.post_json(role_url(role, "end/"), {})
        assert error_fields(again) == {"end"}

    def test_a_role_is_ended_on_a_day(self, maintainer, role, today):
        assert maintainer.post_json(role_url(role, "end/"), {"end": today + DAY}).json()["status"] == "active"

    def test_a_role_that_began_today_is_removed(self, maintainer, person, give_role):
        role = give_role(person, "guest")
        assert maintainer.post_json(role_url(role, "end/"), {}).status_code == 204
        assert maintainer.post_json(role_url(role, "end/"), {}).status_code == 404

    @pytest.mark.parametrize(
        ("form", "field"), [({"end": None}, "end"), ({"end": "soon"}, "end"), ({"why": "x" * 301}, "why")]
    )
    def test_the_error_names_its_field(self, maintainer, role, form, field):
        assert error_fields(maintainer.post_json(role_url(role, "end/"), form)) == {field}
        role.refresh_from_db()
        assert role.end is None


class TestRights:
    def test_anonymous_visitors_get_401(self, visitor, student, role):
        for name, send in requests_about(student, role).items():
            assert send(visitor).status_code == 401, name

    def test_other_people_get_403_whether_or_not_the_role_exists(self, reader, student, role):
        for name, send in requests_about(student, role).items():
            assert (send(reader).status_code, send(reader)["Content-Type"]) == (403, PROBLEM), name
        for url in (f"/api/people/{10**6}/roles/", f"/api/people/{10**6}/roles/history/"):
            assert reader.get(url).status_code == 403
        assert reader.patch_json(f"/api/people/roles/{10**6}/", {}).status_code == 403
        assert student.role_changes.count() == 1

    def test_people_cannot_change_their_own_roles(self, student, role):
        own = PortalClient().sign_in(student)
        for name, send in requests_about(student, role).items():
            assert send(own).status_code == (200 if name == "read" else 403), name
        assert [role.name for role in student.roles.all()] == ["student"]

    def test_the_role_maintainer_gives_no_permission(self, student, role, give_role):
        give_role(student, "maintainer")
        response = PortalClient().sign_in(student).post_json(roles_url(student), {"name": "staff"})
        assert (response.status_code, response.json()["detail"]) == (403, "Only available to maintainers.")

    @pytest.mark.parametrize(
        ("permission", "allowed"),
        [
            ("view_role", {"read", "history"}),
            ("add_role", {"grant"}),
            ("change_role", {"change", "end"}),
            ("delete_role", set()),
            ("change_person", set()),
        ],
    )
    def test_each_permission_allows_its_requests(self, clerk, student, role, permission, allowed):
        client = clerk(permission)
        responses = {name: send(client) for name, send in requests_about(student, role).items()}
        assert {name for name, response in responses.items() if response.status_code < 300} == allowed
        needed = {"read": "view", "history": "view", "grant": "add", "change": "change", "end": "change"}
        for name in needed.keys() - allowed:
            assert responses[name].status_code == 403
            assert f"core_people.{needed[name]}_role" in responses[name].json()["detail"]

    def test_permissions_need_access_to_the_admin(self, clerk, student, role):
        client = clerk(*PERMISSIONS, is_staff=False)
        for name, send in requests_about(student, role).items():
            assert send(client).status_code == 403, name

    def test_a_second_factor_is_required_where_the_admin_requires_it(self, boss, student, role, settings):
        settings.SECOND_FACTOR_FOR_MAINTAINERS = True
        client = PortalClient().sign_in(boss)
        for name, send in requests_about(student, role).items():
            response = send(client)
            assert response.status_code == 403, name
            assert "second factor" in response.json()["detail"]
        assert client.get(roles_url(boss)).status_code == 200  # their own roles

    def test_a_maintainer_with_a_second_factor_has_access(self, boss, student, role, settings):
        settings.SECOND_FACTOR_FOR_MAINTAINERS = True
        client = PortalClient().sign_in(boss)
        boss.authenticator_set.create(type="totp", data={})
        session = client.session
        record_authentication(SimpleNamespace(session=session), boss, SECOND_FACTOR)
        session.save()
        assert client.get(roles_url(student)).status_code == 200
        assert client.post_json(roles_url(student), {"name": "guest"}).status_code == 201

    def test_a_deactivated_maintainer_has_no_access(self, maintainer, boss, student, role):
        boss.is_active = False
        boss.save()
        for name, send in requests_about(student, role).items():
            assert send(maintainer).status_code == 401, name

    def test_a_change_needs_the_csrf_token(self, boss, student, role):
        client = PortalClient(enforce_csrf_checks=True).sign_in(boss)
        for name in ("grant", "change", "end"):
            assert requests_about(student, role)[name](client).status_code == 403, name
        assert student.role_changes.count() == 1

    def test_granting_and_ending_take_effect_immediately(self, maintainer, person, reader):
        granted = maintainer.post_json(roles_url(person), {"name": "student"}).json()
        assert reader.get("/api/portal/").json()["person"]["roles"] == ["student"]
        maintainer.post_json(role_url(Role(pk=granted["id"]), "end/"), {})
        assert reader.get("/api/portal/").json()["person"]["roles"] == []
