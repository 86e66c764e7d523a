"""Maintainers import CSV files: they see each problem first, and what they confirm is written exactly or not at all."""

import csv
import io
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from kombu.exceptions import OperationalError

from core.audit.models import AuditEntry
from core.people.actions import role_grant
from core.people.models import Person, Role, RoleChange
from core.testing.client import PortalClient
from services.people.imports.retention import delete_old_imports
from services.people.imports.steps import apply, check
from services.people.models import PeopleImport, State

IMPORTS, EXPORT = "/api/people/manage/imports/", "/api/people/manage/export/"
HEADER = "username,email,display_name,role,start,end,details.department\r\n"
GOOD = HEADER + "asha,asha@example.edu,Asha Rao,student,2026-01-01,,Physics\r\nben,,Ben Okri,,,,\r\n"
ALL_PERMISSIONS = ("add_person", "change_person", "add_role", "change_role")


@pytest.fixture
def upload(maintainer):
    """Upload a CSV file, and return the import."""

    def upload(text, *, client=maintainer, status=202, **fields):
        file = SimpleUploadedFile("people.csv", text.encode() if isinstance(text, str) else text)
        response = client.post(IMPORTS, {"file": file, **fields})
        assert response.status_code == status, response.content
        return response.json()

    return upload


def url_of(found, suffix=""):
    return f"{IMPORTS}{found['id']}/{suffix}"


def confirm(client, found, status=202):
    response = client.post_json(url_of(found, "confirm/"), {})
    assert response.status_code == status, response.content
    return response.json()


class TestChecking:
    def test_nothing_is_written_before_it_is_confirmed(self, upload):
        found = upload(GOOD)
        assert (found["state"], found["rows"], found["problem_count"]) == ("ready", 2, 0)
        assert found["summary"]["people"] == {"new": 2, "changed": 0, "unchanged": 0}
        assert found["summary"]["roles"] == {"new": 1, "changed": 0, "unchanged": 0}
        assert [one["username"] for one in found["summary"]["new_people"]] == ["asha", "ben"]
        assert not Person.objects.filter(username__in=["asha", "ben"]).exists()

    def test_every_problem_is_listed_with_its_line_its_column_and_what_is_allowed(self, upload, maintainer):
        found = upload(GOOD + "carl,carl@,Carl,king,2026-01-01,,\r\ndora,,Dora,student,soon,,\r\n")
        assert (found["state"], found["rows"], found["problem_count"]) == ("invalid", 4, 3)
        assert {one["column"] for one in found["columns"]} == {"email", "role", "start"}
        problems = maintainer.get(url_of(found, "problems/")).json()
        assert (problems["count"], [one["line"] for one in problems["results"]]) == (3, [4, 4, 5])
        (role,) = maintainer.get(url_of(found, "problems/"), {"column": "role"}).json()["results"]
        assert role["found"] == "'king'"
        assert role["allowed"].startswith("student, ")

    def test_problems_can_be_downloaded_and_spreadsheets_run_none_of_them(self, upload, maintainer):
        found = upload(GOOD + "=cmd,,,,,,\r\n")
        response = maintainer.get(url_of(found, "problems/file/"))
        assert response["Content-Disposition"] == 'attachment; filename="problems.csv"'
        header, row = csv.reader(io.StringIO(response.content.decode()))
        assert (header, row[0]) == (["line", "column", "found", "allowed"], "4")
        assert not any(cell.startswith("=") for cell in row)

    def test_a_large_file_with_many_problems_is_shown_in_pages(self, upload, maintainer, round_trips):
        rows = [f"person{number},,Person {number},{'king' if number % 4 else ''},,,\r\n" for number in range(2000)]
        found = upload(HEADER + "".join(rows))
        assert (found["rows"], found["problem_count"]) == (2000, 1500)
        with round_trips(sql=2, stores=1):  # the maintainer, the import
            last = maintainer.get(url_of(found, "problems/"), {"page": 15, "page_size": 100}).json()
        assert (last["count"], len(last["results"]), last["results"][-1]["line"]) == (1500, 100, 2001)

    @pytest.mark.parametrize("content", ["", "hello", b"\xff\xfe", HEADER + '"open', HEADER.replace(",", ";")])
    def test_a_file_that_is_no_such_list_has_a_problem(self, upload, content):
        assert upload(content)["state"] == "invalid"

    def test_changes_of_people_who_exist_need_a_choice_and_are_then_shown(self, upload, make_person, maintainer):
        make_person("asha", display_name="Asha R.", email="asha@example.edu")
        text = "username,display_name\r\nasha,Asha Rao\r\n"
        refused = upload(text)
        (problem,) = maintainer.get(url_of(refused, "problems/")).json()["results"]
        assert 'or choose "Also change people who exist already"' in problem["allowed"]
        (difference,) = upload(text, updates="true")["summary"]["differences"]
        assert (difference["username"], difference["before"], difference["after"]) == ("asha", "Asha R.", "Asha Rao")

    def test_a_new_file_takes_the_place_of_the_unfinished_one(self, upload, maintainer):
        first, second = upload("nothing"), upload(GOOD)
        assert [one["id"] for one in maintainer.get(IMPORTS).json()] == [second["id"]]
        assert maintainer.get(url_of(first)).status_code == 404

    def test_a_file_that_is_too_large_is_refused(self, upload):
        upload(b"x" * (5 * 1024 * 1024 + 1), status=413)
        assert not PeopleImport.objects.exists()

    def test_a_form_without_a_file_is_refused(self, maintainer):
        assert maintainer.post(IMPORTS, {}).json()["errors"][0]["field"] == "file"

    def test_without_a_broker_nothing_is_kept(self, upload):
        with patch("services.people.imports.actions.check_import.delay", side_effect=OperationalError("down")):
            upload(GOOD, status=503)
        assert not PeopleImport.objects.exists()

    def test_an_error_of_the_check_can_be_tried_again(self, upload, maintainer):
        with patch("services.people.imports.steps.plan_records", side_effect=RuntimeError):
            found = upload(GOOD)
        assert found["state"] == "failed"
        assert maintainer.post_json(url_of(found, "check/"), {}).json()["state"] == "ready"


class TestWriting:
    def test_what_was_confirmed_is_written_and_recorded_as_done_by_the_maintainer(self, upload, maintainer, boss):
        done = confirm(maintainer, upload(GOOD))
        assert (done["state"], done["finished_at"] is not None) == ("done", True)
        assert Role.objects.get(person__username="asha").details == {"department": "Physics"}
        assert (RoleChange.objects.get().by, RoleChange.objects.get().why) == (boss, "import of people.csv")
        entries = AuditEntry.objects.filter(by_id=boss.pk).order_by("id").values_list("event", flat=True)
        assert [*entries] == ["people_import_confirmed", "people_imported", "role_granted"]
        assert bytes(PeopleImport.objects.get().content) == b""

    def test_it_is_written_once(self, upload, maintainer):
        found = upload(GOOD)
        confirm(maintainer, found)
        confirm(maintainer, found, status=409)
        apply(found["id"])
        check(found["id"])
        assert Person.objects.filter(username="asha").count() == 1
        assert PeopleImport.objects.get().state == State.DONE

    def test_nothing_is_written_if_the_portal_has_changed_and_the_file_can_be_checked_again(
        self, upload, maintainer, make_person
    ):
        found = upload(GOOD)
        make_person("ben", display_name="Ben Okri")
        assert confirm(maintainer, found)["state"] == "changed"
        assert not Person.objects.filter(username="asha").exists()
        again = maintainer.post_json(url_of(found, "check/"), {}).json()
        assert (again["state"], again["summary"]["people"]) == ("ready", {"new": 1, "changed": 0, "unchanged": 1})
        assert confirm(maintainer, again)["state"] == "done"

    def test_a_conflict_with_another_person_is_found_when_it_is_written(self, upload, maintainer, make_person):
        found = upload(GOOD)
        make_person("other", email="asha@example.edu")
        assert confirm(maintainer, found)["state"] == "changed"
        assert maintainer.post_json(url_of(found, "check/"), {}).json()["state"] == "invalid"

    def test_an_error_writes_nothing(self, upload, maintainer):
        found = upload(GOOD)
        with patch("services.people.records.importing.write_plan", side_effect=RuntimeError):
            assert confirm(maintainer, found)["state"] == "failed"
        assert not Person.objects.filter(username="asha").exists()

    def test_without_a_broker_it_stays_ready(self, upload, maintainer):
        found = upload(GOOD)
        with patch("services.people.imports.actions.apply_import.delay", side_effect=OperationalError("down")):
            confirm(maintainer, found, status=503)
        assert maintainer.get(url_of(found)).json()["state"] == "ready"

    def test_a_file_with_problems_cannot_be_confirmed(self, upload, maintainer):
        confirm(maintainer, upload("nothing"), status=409)

    def test_progress_is_shown_while_the_worker_is_at_it(self, upload, maintainer):
        found = upload(GOOD)
        seen = []

        def write_plan(plan, *, track, **options):
            steps = track(plan.new_people, "Creating people")
            seen.extend(maintainer.get(url_of(found)).json()["progress"] for _ in steps)

        with patch("services.people.records.importing.write_plan", write_plan):
            confirm(maintainer, found)
        assert seen[0]["step"] in {"Reading", "Checking", "Creating people"}
        assert set(seen[0]) == {"step", "done", "total"}

    def test_an_import_can_be_discarded_until_it_is_confirmed(self, upload, maintainer):
        found = upload(GOOD)
        assert maintainer.delete(url_of(found)).status_code == 204
        done = upload(GOOD)
        confirm(maintainer, done)
        assert maintainer.delete(url_of(done)).status_code == 409

    def test_old_imports_are_deleted(self, upload, maintainer):
        confirm(maintainer, upload(GOOD))
        upload("nothing")
        delete_old_imports()
        assert PeopleImport.objects.count() == 2
        for one in PeopleImport.objects.all():
            one.created_at = one.created_at.replace(year=one.created_at.year - 1)
            one.save()
        PeopleImport.objects.filter(state=State.DONE).update(created_at=PeopleImport(name="now").created_at)
        delete_old_imports()
        assert PeopleImport.objects.get().state == State.DONE


class TestAccess:
    def test_only_superusers_change_people_with_powers_by_a_file(self, upload, clerk, boss):
        client = clerk(*ALL_PERMISSIONS)
        text = "username,email\r\nboss,mine@example.edu\r\n"
        found = upload(text, client=client, updates="true")
        assert found["state"] == "invalid"
        assert "Only superusers" in client.get(url_of(found, "problems/")).json()["results"][0]["allowed"]
        granted = upload(
            HEADER + "boss,boss@example.edu,The boss,staff,2026-01-01,,\r\n", client=client, updates="true"
        )
        assert granted["state"] == "invalid"
        unchanged = upload("username,email\r\nboss,boss@example.edu\r\n", client=client, updates="true")
        assert unchanged["state"] == "ready"

    def test_the_permissions_for_people_and_roles_are_required(self, upload, clerk):
        client = clerk(*ALL_PERMISSIONS[1:])
        upload(GOOD, client=client, status=403)

    def test_other_people_have_no_part_of_it(self, upload, maintainer, reader, visitor, make_person):
        found = upload(GOOD)
        colleague = PortalClient().sign_in(make_person(is_staff=True, is_superuser=True))
        for client, status in ((visitor, 401), (reader, 403), (colleague, 404)):
            assert client.get(url_of(found)).status_code == status
            assert client.get(url_of(found, "problems/")).status_code == status
            confirm(client, found, status=status)
        assert reader.get(EXPORT).status_code == 403
        assert colleague.get(IMPORTS).json() == []

    def test_the_internet_site_has_none_of_it(self, maintainer, settings):
        settings.SITE = "internet"
        assert {maintainer.get(url).status_code for url in (IMPORTS, EXPORT)} <= {401, 403}


class TestExport:
    def test_the_export_is_a_file_that_an_import_reads(self, maintainer, make_person, upload, boss):
        asha = make_person("asha", display_name="=Asha", email="asha@example.edu")
        role_grant(person=asha, name="student", details={"department": "Physics"})
        response = maintainer.get(EXPORT)
        assert response["Content-Type"] == "text/csv; charset=utf-8"
        assert response["Content-Disposition"].startswith('attachment; filename="people-')
        content = response.content
        assert b"asha@example.edu,'=Asha,student" in content
        summary = upload(content)["summary"]
        assert (summary["people"]["unchanged"], summary["people"]["new"]) == (2, 0)
        assert AuditEntry.objects.filter(event="people_exported", by_id=boss.pk).count() == 1

    def test_the_permissions_to_view_people_and_roles_are_required(self, clerk):
        assert clerk("view_person").get(EXPORT).status_code == 403

    def test_they_suffice(self, clerk):
        assert clerk("view_person", "view_role").get(EXPORT).status_code == 200
