"""CSV import and export: an import is validated in full before it changes anything, and an export can be imported."""

import csv
import io
import re
import stat
import sys
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from core.audit.models import AuditEntry
from core.live import publishing
from core.people.actions import role_grant
from core.people.models import Person, Role, RoleChange
from core.people.selectors import active_roles
from core.people.versions import publish_access_changes
from core.stores.database import advisory_lock
from core.testing.client import PortalClient
from core.testing.counting import counted_round_trips
from services.people.records import importing, reading
from services.people.records.cells import escape_formula, format_detail, parse_detail, unescape_formula
from services.people.records.importing import import_records

HEADER = "username,email,display_name,role,start,end,details.department,details.programme,details.number"
ASHA = "asha,asha@example.edu,Asha Rao,student,2024-08-01,2028-07-31,Physics,BSc Physics,0042"
BEN = "ben,ben@example.edu,Ben Okri,,,,,,"


def text_schema(*names: str) -> dict:
    """Return the schema of details that are text."""
    properties = {name: {"type": "string", "maxLength": 100} for name in names}
    return {"type": "object", "properties": properties, "additionalProperties": False}


ROLES = {
    "student": text_schema("department", "programme", "number"),
    "staff": text_schema("department", "position", "number"),
    "guest": {},
}

DETAILS = {
    "type": "object",
    "properties": {
        "department": {"type": "string", "maxLength": 20},
        "floor": {"type": "integer", "minimum": 0},
        "share": {"type": "number"},
        "emeritus": {"type": "boolean"},
        "tags": {"type": "array", "items": {"type": "string"}},
        "note": {"type": ["string", "null"]},
        "anything": {},
        "grade": {"enum": ["A", "B"]},
    },
    "required": ["department"],
    "additionalProperties": False,
}


@pytest.fixture(autouse=True)
def roles(use_roles) -> None:
    use_roles(**ROLES)


@pytest.fixture
def import_rows(db, tmp_path):
    """Import rows with a header. Return the output, the problems and the error, which is empty on success."""

    def import_rows(*lines: str, header: str = HEADER, options: tuple[str, ...] = ()) -> SimpleNamespace:
        file = tmp_path / "people.csv"
        file.write_bytes("\r\n".join([header, *lines, ""]).encode())
        output, errors = io.StringIO(), io.StringIO()
        error = ""
        try:
            call_command("import_people", str(file), *options, stdout=output, stderr=errors)
        except CommandError as raised:
            error = str(raised)
        return SimpleNamespace(
            output=output.getvalue().splitlines(), problems=errors.getvalue().splitlines(), error=error
        )

    return import_rows


def exported(*arguments: str) -> str:
    output = io.StringIO()
    call_command("export_people", *arguments, stdout=output)
    return output.getvalue()


class TestImport:
    def test_it_creates_people_with_their_roles(self, import_rows):
        result = import_rows(ASHA, "asha,asha@example.edu,Asha Rao,guest,2028-08-01,,,,", BEN)
        assert result.output == ["people  2 new, 0 changed, 0 unchanged", "roles   2 new, 0 changed, 0 unchanged"]
        asha = Person.objects.get(username="asha")
        assert (asha.email, asha.display_name) == ("asha@example.edu", "Asha Rao")
        student, guest = asha.roles.all()
        assert (student.name, student.start, student.end) == ("student", date(2024, 8, 1), date(2028, 7, 31))
        assert student.details == {"department": "Physics", "programme": "BSc Physics", "number": "0042"}
        assert (guest.name, guest.end, guest.details) == ("guest", None, {})
        assert not Person.objects.get(username="ben").roles.exists()

    def test_it_records_each_role_in_the_history(self, import_rows):
        import_rows(ASHA)
        (change,) = RoleChange.objects.all()
        assert (change.kind, change.why, change.by) == ("granted", "import of people.csv", None)
        assert (change.role, change.person.username) == (Role.objects.get(), "asha")
        assert (change.start, change.end) == (date(2024, 8, 1), date(2028, 7, 31))

    def test_new_people_can_set_a_password_by_email(self, import_rows, mailoutbox):
        import_rows(ASHA, BEN)
        asha, ben = Person.objects.order_by("username")
        assert not asha.has_usable_password()
        assert asha.password != ben.password
        assert list(EmailAddress.objects.filter(user=asha).values_list("email", "verified", "primary")) == [
            ("asha@example.edu", True, True)
        ]
        PortalClient().post_json("/_allauth/browser/v1/auth/password/request", {"email": "asha@example.edu"})
        assert "/password/reset#" in mailoutbox[0].body

    def test_importing_again_changes_nothing(self, import_rows):
        import_rows(ASHA, BEN)
        before = all_rows()
        result = import_rows(ASHA, BEN)
        assert result.output == [
            "people  0 new, 0 changed, 2 unchanged",
            "roles   0 new, 0 changed, 1 unchanged",
            "Nothing to do: the portal already has everything in people.csv.",
        ]
        assert all_rows() == before

    def test_a_dry_run_prints_the_same_and_changes_nothing(self, import_rows):
        result = import_rows(ASHA, BEN, options=("--dry-run",))
        assert result.output[:2] == import_rows(ASHA, BEN).output
        assert result.output[2] == "Nothing was written: this was a dry run."

    def test_a_dry_run_reports_the_same_problems(self, import_rows):
        result = import_rows(ASHA.replace("student", "wizard"), options=("--dry-run",))
        assert "'wizard'" in result.problems[0]
        assert not Person.objects.exists()

    def test_it_reads_standard_input(self, db, monkeypatch):
        content = f"{HEADER}\n{ASHA}\n".encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        call_command("import_people", "-", stdout=io.StringIO())
        assert RoleChange.objects.get().why == "import of (standard input)"

    def test_a_terminal_shows_the_progress(self, db, tmp_path, monkeypatch):
        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        monkeypatch.setenv("TERM", "xterm")
        (tmp_path / "people.csv").write_text(f"{HEADER}\n{ASHA}\n")
        terminal = Terminal()
        call_command("import_people", str(tmp_path / "people.csv"), stdout=io.StringIO(), stderr=terminal)
        for step in ("Reading", "Checking", "Creating people", "Granting roles"):
            assert step in terminal.getvalue()
        assert "1/1" in terminal.getvalue()

    def test_a_missing_file_is_reported(self, db):
        with pytest.raises(CommandError, match=r"nowhere\.csv: No such file"):
            call_command("import_people", "/nowhere.csv")

    def test_it_reads_what_spreadsheets_write(self, db):
        content = (
            f'\ufeff{HEADER}\r\n"asha",ASHA@Example.EDU , "Asha ""A"" Rao",student,2024-08-01,,"a\nb",,\r\n,,,,,,,,'
        )
        plan = import_records(content.replace(', "', ',"').encode(), name="list.csv")
        assert len(plan.new_people) == 1
        asha = Person.objects.get()
        assert (asha.email, asha.display_name) == ("asha@example.edu", 'Asha "A" Rao')
        assert asha.roles.get().details == {"department": "a\nb"}

    def test_the_example_of_the_documentation_can_be_imported(self, db, settings):
        page = (settings.BASE_DIRECTORY / "docs/reference/people-csv.md").read_text()
        (example,) = re.findall(r"(?ms)^```text\n(username,.*?)^```", page)
        plan = import_records(example.encode(), name="example.csv")
        assert (len(plan.new_people), len(plan.new_roles)) == (3, 3)

    def test_a_missing_column_changes_nothing(self, import_rows, make_person):
        asha = make_person("asha", email="asha@example.edu", display_name="Asha Rao")
        role_grant(person=asha, name="student", start=date(2024, 8, 1), details={"department": "Physics"})
        result = import_rows(
            "asha,student,2024-08-01,,BSc",
            header="username,role,start,end,details.programme",
            options=("--update",),
        )
        assert result.output == ["people  0 new, 0 changed, 1 unchanged", "roles   0 new, 1 changed, 0 unchanged"]
        assert asha.roles.get().details == {"department": "Physics", "programme": "BSc"}
        asha.refresh_from_db()
        assert asha.email == "asha@example.edu"

    def test_it_reads_each_type_of_detail(self, import_rows, use_roles):
        use_roles(**ROLES, professor=DETAILS)
        import_rows(
            '1,professor,2024-08-01,,0042,3,2.50,TRUE,"[""a"", ""b""]",007,7,A',
            "2,professor,2024-08-01,,5,,-1,false,,null,text,B",
            header="username,role,start,end," + ",".join(f"details.{name}" for name in DETAILS["properties"]),
        )
        first, second = Role.objects.order_by("person__username")
        assert first.details == {
            "department": "0042",
            "floor": 3,
            "share": 2.5,
            "emeritus": True,
            "tags": ["a", "b"],
            "note": "007",
            "anything": 7,
            "grade": "A",
        }
        assert second.details == {
            "department": "5",
            "share": -1,
            "emeritus": False,
            "note": None,
            "anything": "text",
            "grade": "B",
        }

    def test_concurrent_imports_wait_for_each_other(self, db):
        if connection.vendor != "postgresql":
            pytest.skip("SQLite has one writer at a time")
        other = connection.copy()
        try:
            with transaction.atomic():
                advisory_lock(importing.LOCK)
                with other.cursor() as cursor:
                    cursor.execute("SELECT pg_try_advisory_lock(%s)", [importing.LOCK])
                    assert cursor.fetchone() == (False,)
        finally:
            other.close()

    def test_thousands_of_people_take_few_statements(self, db):
        rows = [f"p{number},p{number}@example.edu,P {number},student,2024-08-01,,,," for number in range(1200)]
        with counted_round_trips() as counted:
            import_records("\n".join([HEADER, *rows]).encode(), name="list.csv")
        assert Role.objects.count() == 1200
        assert len(counted.sql) < 25, counted

    def test_one_person_can_have_thousands_of_roles(self, db):
        days = [date(1990, 1, 1) + timedelta(days=number) for number in range(3000)]
        rows = [f"asha,,,guest,{day},{day},,," for day in days]
        assert len(import_records("\n".join([HEADER, *rows]).encode(), name="list.csv").new_roles) == 3000
        assert active_roles(Person.objects.get()) == frozenset()


class TestProblems:
    def refuse(self, import_rows, *lines: str, **options) -> list[str]:
        """Import invalid rows, check that nothing was written, and return the problems without the name of the file."""
        before = all_rows()
        result = import_rows(*lines, **options)
        assert result.error.endswith("in people.csv. Nothing was written."), result
        assert all_rows() == before
        return [problem.removeprefix("people.csv:") for problem in result.problems]

    def test_all_problems_are_reported_together_by_line(self, import_rows):
        problems = self.refuse(
            import_rows,
            "asha rao,asha@,Asha,wizard,,,,,",
            ASHA,
            "ben,ben@example.edu,Ben,student,2024-02-30,2023-01-01,,,",
            "cai,cai@example.edu,Cai,student,2024-08-01,2023-01-01,,,",
        )
        assert problems == [
            (
                "2: username: 'asha rao' → A username has letters, digits and . _ + - "
                "and begins with a letter, a digit or _."
            ),
            "2: email: 'asha@' → Enter a valid email address.",
            "2: role: 'wizard' → student, staff, guest",
            "4: start: '2024-02-30' → the first day, such as 2026-09-01",
            "5: end: 2023-01-01 → 2024-08-01, the first day, or a later day",
        ]

    @pytest.mark.parametrize(
        ("row", "problem"),
        [
            (",a@example.edu,,,,,,,", "username: nothing → the username of the person"),
            (f"{'x' * 65},,,,,,,,", "username: 'xxx"),
            (f"cai,,{'x' * 201},,,,,,", "display_name: 'xxx"),
            ("cai,,,student,,,,,", "start: '' → the first day, such as 2026-09-01"),
            ("cai,,,student,1.9.2026,,,,", "start: '1.9.2026' → the first day, such as 2026-09-01"),
            ("cai,,,student,20260901,,,,", "start: '20260901' → the first day"),
            ("cai,,,student,2026-09-01,soon,,,", "end: 'soon' → the last day, or nothing if there is none"),
            ("cai,,,,2026-09-01,,,,", "start: '2026-09-01' → nothing, because this row has no role"),
            ("cai,,,,,,Physics,,", "details.department: 'Physics' → nothing, because this row has no role"),
            ("cai,,,guest,2026-09-01,,Physics,,", "details.department: 'Physics' → nothing: the role guest has no"),
            (f"cai,,,student,2026-09-01,,{'x' * 101},,", "details.department: 'xxx"),
            ("cai,,,student", "(the row): 4 cells → 9 cells, as in the header"),
            ("cai,,,,,,,,,,", "(the row): 11 cells → 9 cells, as in the header"),
            (f"cai,,{'x' * 4097},,,,,,", "display_name: too long a text → at most 4096 characters"),
            ('cai,,"Cai,,,,,,', "(the row): unexpected end of data → CSV"),
            ('cai,,"Cai"s,,,,,,', "(the row): "),
        ],
    )
    def test_an_invalid_row_is_reported(self, import_rows, row, problem):
        (found,) = self.refuse(import_rows, ASHA, row)
        assert found.startswith(f"3: {problem}")

    def test_lines_are_counted_as_in_an_editor(self, import_rows):
        (found,) = self.refuse(import_rows, 'asha,,"two\r\nlines",,,,,,', "", "b n,,,,,,,,")
        assert found.startswith("5: username: 'b n'")

    @pytest.mark.parametrize(
        ("header", "problem"),
        [
            ("username,e-mail", "e-mail: an unknown column → perhaps email; the columns are username, email,"),
            ("username,details.departement", "details.departement: an unknown column → perhaps details.department"),
            ("username,email,email", "email: several columns with this name → one column"),
            ("email,display_name", "username: a missing column → a column with this name"),
            ("username,role", "start: a missing column → a column with this name"),
            ("username,details.number", "role: a missing column → a column with this name"),
            ("username;email;role", "(the file): 'username;email;role' → columns separated by commas"),
            ("", "(the file): nothing → a header: username, email, display_name, role, start, end, details."),
        ],
    )
    def test_an_invalid_header_is_reported(self, import_rows, header, problem):
        assert self.refuse(import_rows, header=header)[0].startswith(f"1: {problem}")

    def test_details_of_another_type_are_reported(self, import_rows, use_roles):
        use_roles(**ROLES, professor=DETAILS)
        header = "username,role,start,end," + ",".join(f"details.{name}" for name in DETAILS["properties"])
        problems = self.refuse(
            import_rows,
            "asha,professor,2024-08-01,,Physics,high,NaN,maybe,a b,,,",
            "ben,professor,2024-08-01,,,-1,1e999,,,,,C",
            header=header,
        )
        assert problems == [
            "2: details.floor: 'high' → a whole number",
            "2: details.share: 'NaN' → a number",
            "2: details.emeritus: 'maybe' → true or false",
            "2: details.tags: 'a b' → JSON of the type array",
            "3: details.share: '1e999' → a number",
            "3: details: {'floor': -1, 'grade': 'C'} → 'department' is a required property.",
            "3: details.floor: -1 → -1 is less than the minimum of 0.",
            "3: details.grade: 'C' → 'C' is not one of ['A', 'B'].",
        ]

    @pytest.mark.parametrize("content", [b"username\n\xff\xfe\n", b"username\nasha\0\n"])
    def test_a_file_that_is_not_utf_8_is_reported(self, db, content):
        with pytest.raises(importing.InvalidRecords) as error:
            import_records(content, name="list.csv")
        assert str(error.value.problems[0]).startswith("2: (the file): ")
        assert "UTF-8" in str(error.value.problems[0])

    def test_too_many_rows_and_too_large_a_file_are_reported(self, db, monkeypatch):
        monkeypatch.setattr(reading, "MAX_ROWS", 2)
        with pytest.raises(importing.InvalidRecords) as error:
            import_records(b"username\na\nb\nc\nd\n", name="list.csv")
        assert [str(problem) for problem in error.value.problems] == ["4: (the file): too many rows → at most 2 rows"]
        monkeypatch.setattr(reading, "MAX_FILE", 10)
        with pytest.raises(importing.InvalidRecords) as error:
            import_records(b"username\na\nb\n", name="list.csv")
        assert "(the file): too large a file" in str(error.value.problems[0])

    def test_at_most_200_problems_are_printed(self, import_rows):
        problems = self.refuse(import_rows, *[f"b n{number},,,,,,,," for number in range(250)])
        assert len(problems) == 201
        assert problems[-1] == "… and 50 more"

    def test_rows_of_one_person_must_agree(self, import_rows):
        problems = self.refuse(import_rows, ASHA, "ASHA,other@example.edu,A. Rao,guest,2024-08-01,,,,")
        assert problems == [
            "3: email: 'other@example.edu' → 'asha@example.edu', as at line 2",
            "3: display_name: 'A. Rao' → 'Asha Rao', as at line 2",
        ]

    def test_a_person_without_a_role_has_one_row(self, import_rows):
        (problem,) = self.refuse(import_rows, BEN, BEN)
        assert problem == "3: username: 'ben' → one row without a role per person: line 2 has it"

    def test_two_people_of_the_file_cannot_have_the_same_email(self, import_rows):
        (problem,) = self.refuse(import_rows, BEN, "cai,Ben@example.edu,Cai,,,,,,")
        assert problem == "3: email: 'ben@example.edu' → another email: ben has this one at line 2"

    def test_the_email_of_a_person_in_the_portal_is_taken(self, import_rows, make_person):
        make_person("boss", email="ben@example.edu")
        (problem,) = self.refuse(import_rows, BEN)
        assert problem == "2: email: 'ben@example.edu' → another email: boss has this one in the portal"

    def test_periods_of_the_file_must_not_overlap(self, import_rows):
        (problem,) = self.refuse(
            import_rows, ASHA, ASHA.replace("2024-08-01", "2028-07-31").replace(",2028-07-31", ",2028-07-31", 1)
        )
        assert problem.startswith("3: start: student from 2028-07-31 to 2028-07-31 → a period that does not overlap")
        assert problem.endswith("student from 2024-08-01 to 2028-07-31 at line 2")

    def test_a_repeated_row_is_reported(self, import_rows):
        (problem,) = self.refuse(import_rows, ASHA, ASHA)
        assert problem.startswith("3: start: ")

    def test_a_period_must_not_overlap_one_of_the_portal(self, import_rows):
        import_rows(ASHA)
        (problem,) = self.refuse(import_rows, ASHA.replace("2024-08-01", "2024-09-01"), options=("--update",))
        assert problem.startswith("2: start: student from 2024-09-01 to 2028-07-31 → a period that does not overlap")
        assert problem.endswith("in the portal; to change that one, use its first day, 2024-08-01")

    def test_existing_people_are_not_changed_without_update(self, import_rows):
        import_rows(ASHA)
        problems = self.refuse(
            import_rows,
            "asha,rao@example.edu,A. Rao,student,2024-08-01,,Chemistry,,0042",
            "asha,rao@example.edu,A. Rao,guest,2029-01-01,,,,",
        )
        update = "; or run the import with --update"
        assert problems == [
            f"2: email: 'rao@example.edu' → 'asha@example.edu', as in the portal{update}",
            f"2: display_name: 'A. Rao' → 'Asha Rao', as in the portal{update}",
            f"2: end: nothing → 2028-07-31, as in the portal{update}",
            f"2: details.department: 'Chemistry' → 'Physics', as in the portal{update}",
            f"2: details.programme: nothing → 'BSc Physics', as in the portal{update}",
            f"3: role: guest from 2029-01-01 → a role that the person has in the portal{update}",
        ]

    def test_a_conflict_in_the_database_is_reported(self, import_rows, make_person, monkeypatch):
        """A concurrent change between the validation and the writing creates the same person."""
        make_person("boss", email="asha@example.edu")
        monkeypatch.setattr("services.people.records.planning.Planner.check_email", lambda *arguments: None)
        result = import_rows(ASHA)
        assert "Nothing was written" in result.error
        assert "Run the import again" in result.error
        assert Person.objects.count() == 1


class TestUpdate:
    @pytest.fixture
    def asha(self, import_rows) -> Person:
        import_rows(ASHA)
        return Person.objects.get()

    def test_it_changes_existing_people_and_roles(self, import_rows, asha):
        result = import_rows(
            "ASHA,rao@example.edu,A. Rao,student,2024-08-01,2027-07-31,Physics,,0042", options=("--update",)
        )
        assert result.output == ["people  0 new, 1 changed, 0 unchanged", "roles   0 new, 1 changed, 0 unchanged"]
        asha.refresh_from_db()
        assert (asha.username, asha.email, asha.display_name) == ("asha", "rao@example.edu", "A. Rao")
        assert list(EmailAddress.objects.values_list("email", "verified")) == [("rao@example.edu", True)]
        role = asha.roles.get()
        assert (role.end, role.details) == (date(2027, 7, 31), {"department": "Physics", "number": "0042"})
        assert asha.role_changes.first().kind == "ended"

    @pytest.mark.parametrize(
        ("end", "department", "kind"),
        [("", "Physics", "extended"), ("2027-07-31", "Physics", "ended"), ("2028-07-31", "Law", "changed")],
    )
    def test_the_history_has_the_kind_of_change(self, import_rows, asha, end, department, kind):
        row = f"asha,asha@example.edu,Asha Rao,student,2024-08-01,{end},{department},BSc Physics,0042"
        import_rows(row, options=("--update",))
        change = asha.role_changes.first()
        assert (change.kind, change.why) == (kind, "import of people.csv")

    def test_a_role_that_is_not_in_the_file_stays(self, import_rows, asha):
        import_rows("asha,asha@example.edu,Asha Rao,guest,2024-08-01,,,,", options=("--update",))
        import_rows("asha,asha@example.edu,Asha Rao,,,,,,", options=("--update",))
        assert sorted(asha.roles.values_list("name", flat=True)) == ["guest", "student"]

    def test_a_role_ends_earlier_and_another_follows(self, import_rows, asha):
        result = import_rows(
            ASHA.replace("2028-07-31", "2026-07-31"),
            ASHA.replace("2024-08-01", "2026-08-01"),
            options=("--update",),
        )
        assert result.output[1] == "roles   1 new, 1 changed, 0 unchanged"
        assert asha.roles.count() == 2

    def test_two_people_swap_their_emails(self, import_rows, asha):
        import_rows(BEN)
        result = import_rows(ASHA.replace("asha@", "ben@"), BEN.replace("ben@", "asha@"), options=("--update",))
        assert result.output[0] == "people  0 new, 2 changed, 0 unchanged"
        assert list(Person.objects.order_by("username").values_list("email", flat=True)) == [
            "ben@example.edu",
            "asha@example.edu",
        ]
        assert dict(EmailAddress.objects.values_list("user__username", "email")) == {
            "asha": "ben@example.edu",
            "ben": "asha@example.edu",
        }

    def test_an_email_moves_to_a_new_person(self, import_rows, asha):
        result = import_rows(ASHA.replace("asha@", "rao@"), "cai,asha@example.edu,Cai,,,,,,", options=("--update",))
        assert result.output[0] == "people  1 new, 1 changed, 0 unchanged"

    def test_an_unconfirmed_email_is_deleted(self, import_rows, asha):
        EmailAddress.objects.create(user=asha, email="half.way@example.edu")
        import_rows(ASHA.replace("asha@", "rao@"), options=("--update",))
        assert EmailAddress.objects.get().email == "rao@example.edu"

    def test_changes_of_roles_take_effect_immediately(self, import_rows, asha):
        today, yesterday = timezone.localdate(), timezone.localdate() - timedelta(days=1)
        assert active_roles(asha) == {"student"}
        import_rows(
            ASHA.replace("2028-07-31", str(yesterday)),
            f"asha,asha@example.edu,Asha Rao,guest,{today},,,,",
            options=("--update",),
        )
        asha.refresh_from_db()
        assert active_roles(asha) == {"guest"}

    def test_open_sockets_get_the_change(self, import_rows, asha, monkeypatch, django_capture_on_commit_callbacks):
        published = []
        monkeypatch.setattr("core.people.versions.publish_to_many", lambda topics: published.extend(topics))
        with django_capture_on_commit_callbacks(execute=True):
            import_rows(ASHA, BEN)
        assert published == []
        with django_capture_on_commit_callbacks(execute=True):
            import_rows(ASHA.replace("2028-07-31", ""), BEN, options=("--update",))
        assert published == [f"core:person.{asha.pk}"]


class TestAccessChanges:
    @pytest.fixture
    def redis_layer(self, monkeypatch, settings):
        """Replace the channel layer with one for Redis, without a connection."""
        from channels_redis.pubsub import RedisPubSubChannelLayer

        settings.CHANNEL_LAYERS = {"default": {"CONFIG": {"prefix": "portal", "hosts": [{"address": "redis://none"}]}}}
        layer = RedisPubSubChannelLayer.__new__(RedisPubSubChannelLayer)
        layer.serialize = lambda message: b"message"
        monkeypatch.setattr(publishing, "get_channel_layer", lambda: layer)
        return layer

    def test_thousands_of_people_take_few_round_trips(self, redis_layer, monkeypatch):
        import fakeredis

        client = fakeredis.FakeRedis()
        monkeypatch.setattr(publishing, "redis_client", lambda: client)
        listener = client.pubsub()
        listener.subscribe("portal__group__core.person.2499")
        listener.get_message(timeout=1)
        client.ping()  # connects
        with counted_round_trips() as counted:
            publish_access_changes(range(2500))
        assert len(counted.stores) == 3, str(counted)
        assert listener.get_message(timeout=1)["data"] == b"message"

    def test_an_unavailable_channel_layer_is_tried_once(self, redis_layer, monkeypatch):
        attempts = []

        def fail():
            attempts.append(1)
            raise ConnectionError("unavailable")

        monkeypatch.setattr(publishing, "redis_client", fail)
        publish_access_changes(range(20_000))
        assert len(attempts) == 1


class TestExport:
    def test_it_has_a_row_for_each_role_and_for_each_person_without_one(self, import_rows):
        import_rows(BEN, ASHA, "asha,asha@example.edu,Asha Rao,guest,2028-08-01,,,,")
        lines = exported().split("\r\n")
        assert lines[0].startswith("username,email,display_name,role,start,end,details.department,details.programme")
        assert [line.rstrip(",") for line in lines[1:]] == [
            "asha,asha@example.edu,Asha Rao,guest,2028-08-01",
            "asha,asha@example.edu,Asha Rao,student,2024-08-01,2028-07-31,Physics,BSc Physics,0042",
            "ben,ben@example.edu,Ben Okri",
            "",
        ]

    @pytest.fixture
    def unusual_people(self, make_person, use_roles) -> None:
        """Create people with every text and type that CSV or a spreadsheet might change."""
        use_roles(**ROLES, professor=DETAILS)
        day = date(2024, 8, 1)
        texts = ["=1+1", "'=1+1", "''=1+1", "+1", "-1", "@sum", "'", "''", "'s Gravenhage", "\tx", 'say "hi"', "a,b;c"]
        texts += ["two\nlines", "two\r\nlines", "नमस्ते 😀", "＝1", " spaces ", "NULL", "true", "7", '"quoted"', "[1]"]
        for number, text in enumerate(texts):
            person = make_person(f"p{number}", email=f"p{number}@example.edu", display_name=text)
            details = {"department": text, "note": text, "anything": text, "tags": [text]}
            role_grant(person=person, name="professor", start=day, details=details)
        person = make_person("types")
        details = {"department": "", "floor": 7, "share": -2.5, "emeritus": False, "note": None, "anything": {"a": [1]}}
        role_grant(person=person, name="professor", start=day, details=details)
        role_grant(person=person, name="guest", start=day, end=day)
        role_grant(person=person, name="guest", start=day + timedelta(days=1))
        make_person("without-role")

    def test_importing_it_changes_nothing(self, unusual_people):
        before = all_rows()
        plan = import_records(exported().encode(), name="export.csv", update=True)
        assert plan.is_empty
        assert plan.unchanged_people == Person.objects.count()
        assert plan.unchanged_roles == Role.objects.count()
        assert all_rows() == before

    def test_importing_it_into_an_empty_portal_creates_the_same(self, unusual_people):
        content, before = exported(), people_with_roles()
        Person.objects.all().delete()
        import_records(content.encode(), name="export.csv")
        assert people_with_roles() == [[stripped(cell) for cell in row] for row in before]
        assert exported() == content

    def test_no_cell_begins_like_a_formula(self, unusual_people):
        for row in csv.reader(io.StringIO(exported(), newline="")):
            assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))]

    def test_only_the_owner_can_read_the_file(self, unusual_people, tmp_path):
        file = tmp_path / "people.csv"
        file.write_text("older")
        file.chmod(0o644)
        assert exported(str(file)) == ""
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert file.read_bytes().decode() == exported()
        assert list(tmp_path.iterdir()) == [file]

    def test_a_missing_folder_is_reported(self, db, tmp_path):
        with pytest.raises(CommandError, match="No such file"):
            call_command("export_people", str(tmp_path / "nowhere" / "people.csv"))
        with pytest.raises(CommandError, match="directory"):
            call_command("export_people", str(tmp_path))
        assert list(tmp_path.iterdir()) == []

    def test_details_that_portal_yaml_no_longer_has_are_left_out_and_reported(self, make_person, use_roles):
        person = make_person("asha")
        use_roles(**ROLES, wizard={"type": "object", "properties": {"staff": {}, "robe": {}}})
        role_grant(person=person, name="wizard", start=date(2024, 8, 1), details={"staff": "oak", "robe": "grey"})
        use_roles(**ROLES, wizard={"type": "object", "properties": {"robe": {}}})
        errors = io.StringIO()
        call_command("export_people", stdout=io.StringIO(), stderr=errors)
        assert errors.getvalue().startswith("Left out, 1 ×: detail staff of role wizard.")
        assert import_records(exported().encode(), name="export.csv").is_empty

    def test_people_whose_role_portal_yaml_no_longer_has_are_exported(self, make_person, use_roles):
        role_grant(person=make_person("asha"), name="guest", start=date(2024, 8, 1))
        use_roles(student={})
        assert exported().split("\r\n")[1].rstrip(",") == "asha"

    def test_it_takes_one_query(self, unusual_people, round_trips):
        with round_trips(sql=1, stores=0):
            exported()


@pytest.mark.parametrize("text", ["", "'", "''", "=", "'=", "''=", "x", "'x", "=x'", "-1", "\r", "＠x"])
def test_unescaping_reverses_escaping(text):
    assert unescape_formula(escape_formula(text)) == text
    assert not escape_formula(text).startswith(("=", "-", "\r", "＠"))


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string"}, "null"),
        ({"type": ["string", "null"]}, "null"),
        ({"type": ["string", "null"]}, None),
        ({"type": ["string", "null"]}, '"null"'),
        ({"type": ["string", "integer"]}, "5"),
        ({"type": ["string", "integer"]}, 5),
        ({}, "[]"),
        ({}, []),
        ({"const": "7"}, "7"),
        ({"enum": ["1", 1]}, "1"),
        ({"type": "boolean"}, True),
        ({"type": "object"}, {"a": None}),
    ],
)
def test_parsing_reverses_formatting(schema, value):
    parsed = parse_detail(format_detail(value, schema), schema)
    assert (parsed, type(parsed)) == (value, type(value))


def test_json_that_is_nested_too_deeply_is_text(db):
    assert parse_detail("[" * 4000, {}) == "[" * 4000


def stripped(cell):
    """Return a cell as an import reads it: without surrounding spaces, except inside lists."""
    if isinstance(cell, dict):
        return {name: stripped(value) for name, value in cell.items()}
    return cell.strip() if isinstance(cell, str) else cell


def people_with_roles() -> list[list]:
    """Return all people and their roles, without ids."""
    fields = ("username", "email", "display_name", "roles__name", "roles__start", "roles__end", "roles__details")
    return [
        list(row) for row in Person.objects.order_by("username", "roles__name", "roles__start").values_list(*fields)
    ]


def all_rows() -> list[list[tuple]]:
    """Return all rows that an import could change."""
    return [list(model.objects.order_by("pk").values_list()) for model in (Person, Role, RoleChange, EmailAddress)]


def test_an_import_is_in_the_audit_log(import_rows):
    import_rows(ASHA, BEN)
    import_rows(ASHA.replace("asha@example.edu", "rao@example.edu"), options=("--update",))
    entries = [(entry.event, entry.person, entry.by) for entry in AuditEntry.objects.order_by("id")]
    assert entries == [
        ("people_imported", "", ""),
        ("role_granted", "asha", ""),
        ("email_changed", "asha", ""),
        ("people_imported", "", ""),
    ]
    first, last = AuditEntry.objects.filter(event="people_imported").order_by("id")
    assert first.details["created"] == 2
    assert last.details["new_emails"] == 1
    changed = AuditEntry.objects.get(event="email_changed").details
    assert (changed["before"], changed["after"]) == ("asha@example.edu", "rao@example.edu")
