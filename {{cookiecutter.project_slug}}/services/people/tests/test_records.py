"""The registrar's list: checked in full before anything is written, taken in whole, and written out again."""

import csv
import io
import re
import stat
import sys
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from core.live import publishing
from core.people.actions import role_grant
from core.people.models import Person, Role, RoleChange
from core.people.selectors import active_roles
from core.people.versions import publish_access_changes
from core.stores.database import advisory_lock
from core.testing.client import PortalClient
from core.testing.counting import counted_round_trips
from services.people.records import importing, reading
from services.people.records.cells import escape_formula, text_of, unescape_formula, value_of
from services.people.records.importing import import_records

HEADER = "username,email,display_name,role,start,end,details.department,details.programme,details.number"
ASHA = "asha,asha@example.edu,Asha Rao,student,2024-08-01,2028-07-31,Physics,BSc Physics,0042"
BEN = "ben,ben@example.edu,Ben Okri,,,,,,"


def texts(*names: str) -> dict:
    """The schema of details that are text."""
    properties = {name: {"type": "string", "maxLength": 100} for name in names}
    return {"type": "object", "properties": properties, "additionalProperties": False}


ROLES = {
    "student": texts("department", "programme", "number"),
    "staff": texts("department", "position", "number"),
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
def take_in(db, tmp_path):
    """Imports rows, `ASHA` or with a header of their own, and answers what was said; a refusal answers its problems."""

    def take_in(*lines: str, header: str = HEADER, options: tuple[str, ...] = ()) -> SimpleNamespace:
        file = tmp_path / "people.csv"
        file.write_bytes("\r\n".join([header, *lines, ""]).encode())
        output, errors = io.StringIO(), io.StringIO()
        refusal = ""
        try:
            call_command("import_people", str(file), *options, stdout=output, stderr=errors)
        except CommandError as error:
            refusal = str(error)
        return SimpleNamespace(
            said=output.getvalue().splitlines(), problems=errors.getvalue().splitlines(), refusal=refusal
        )

    return take_in


def exported(*arguments: str) -> str:
    output = io.StringIO()
    call_command("export_people", *arguments, stdout=output)
    return output.getvalue()


class TestTakingIn:
    def test_makes_people_with_their_roles(self, take_in):
        answer = take_in(ASHA, "asha,asha@example.edu,Asha Rao,guest,2028-08-01,,,,", BEN)
        assert answer.said == ["people  2 new, 0 changed, 0 unchanged", "roles   2 new, 0 changed, 0 unchanged"]
        asha = Person.objects.get(username="asha")
        assert (asha.email, asha.display_name) == ("asha@example.edu", "Asha Rao")
        student, guest = asha.roles.all()
        assert (student.name, student.start, student.end) == ("student", date(2024, 8, 1), date(2028, 7, 31))
        assert student.details == {"department": "Physics", "programme": "BSc Physics", "number": "0042"}
        assert (guest.name, guest.end, guest.details) == ("guest", None, {})
        assert not Person.objects.get(username="ben").roles.exists()

    def test_leaves_a_line_of_history_for_each_role(self, take_in):
        take_in(ASHA)
        (change,) = RoleChange.objects.all()
        assert (change.kind, change.why, change.by) == ("granted", "import of people.csv", None)
        assert (change.role, change.person.username) == (Role.objects.get(), "asha")
        assert (change.start, change.end) == (date(2024, 8, 1), date(2028, 7, 31))

    def test_whoever_came_in_asks_for_a_password_by_mail(self, take_in):
        take_in(ASHA, BEN)
        asha, ben = Person.objects.order_by("username")
        assert not asha.has_usable_password()
        assert asha.password != ben.password
        assert list(EmailAddress.objects.filter(user=asha).values_list("email", "verified", "primary")) == [
            ("asha@example.edu", True, True)
        ]
        PortalClient().post_json("/_allauth/browser/v1/auth/password/request", {"email": "asha@example.edu"})
        assert "/password/reset/" in mail.outbox[0].body

    def test_again_changes_nothing(self, take_in):
        take_in(ASHA, BEN)
        before = everything()
        answer = take_in(ASHA, BEN)
        assert answer.said == [
            "people  0 new, 0 changed, 2 unchanged",
            "roles   0 new, 0 changed, 1 unchanged",
            "Nothing to do: all was as in people.csv already.",
        ]
        assert everything() == before

    def test_a_dry_run_says_the_same_and_keeps_nothing(self, take_in):
        answer = take_in(ASHA, BEN, options=("--dry-run",))
        assert answer.said[:2] == take_in(ASHA, BEN).said
        assert answer.said[2] == "Nothing was written: this was a dry run."

    def test_a_dry_run_is_refused_for_the_same_reasons(self, take_in):
        answer = take_in(ASHA.replace("student", "wizard"), options=("--dry-run",))
        assert "'wizard'" in answer.problems[0]
        assert not Person.objects.exists()

    def test_reads_the_standard_input(self, db, monkeypatch):
        content = f"{HEADER}\n{ASHA}\n".encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        call_command("import_people", "-", stdout=io.StringIO())
        assert RoleChange.objects.get().why == "import of (standard input)"

    def test_a_terminal_sees_how_far_it_is(self, db, tmp_path, monkeypatch):
        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        monkeypatch.setenv("TERM", "xterm")
        (tmp_path / "people.csv").write_text(f"{HEADER}\n{ASHA}\n")
        terminal = Terminal()
        call_command("import_people", str(tmp_path / "people.csv"), stdout=io.StringIO(), stderr=terminal)
        for step in ("Reading", "Checking", "Making people", "Giving roles"):
            assert step in terminal.getvalue()
        assert "1/1" in terminal.getvalue()

    def test_a_file_that_is_not_there(self, db):
        with pytest.raises(CommandError, match=r"nowhere\.csv: No such file"):
            call_command("import_people", "/nowhere.csv")

    def test_what_spreadsheets_write_is_read(self, db):
        content = (
            f'\ufeff{HEADER}\r\n"asha",ASHA@Example.EDU , "Asha ""A"" Rao",student,2024-08-01,,"a\nb",,\r\n,,,,,,,,'
        )
        plan = import_records(content.replace(', "', ',"').encode(), name="list.csv")
        assert len(plan.new_people) == 1
        asha = Person.objects.get()
        assert (asha.email, asha.display_name) == ("asha@example.edu", 'Asha "A" Rao')
        assert asha.roles.get().details == {"department": "a\nb"}

    def test_the_example_of_the_documentation_is_one(self, db, settings):
        page = (settings.BASE_DIRECTORY / "docs/reference/people-csv.md").read_text()
        (example,) = re.findall(r"(?ms)^```text\n(username,.*?)^```", page)
        plan = import_records(example.encode(), name="example.csv")
        assert (len(plan.new_people), len(plan.new_roles)) == (3, 3)

    def test_a_column_that_is_not_there_says_nothing(self, take_in, make_person):
        asha = make_person("asha", email="asha@example.edu", display_name="Asha Rao")
        role_grant(person=asha, name="student", start=date(2024, 8, 1), details={"department": "Physics"})
        answer = take_in(
            "asha,student,2024-08-01,,BSc",
            header="username,role,start,end,details.programme",
            options=("--update",),
        )
        assert answer.said == ["people  0 new, 0 changed, 1 unchanged", "roles   0 new, 1 changed, 0 unchanged"]
        assert asha.roles.get().details == {"department": "Physics", "programme": "BSc"}
        asha.refresh_from_db()
        assert asha.email == "asha@example.edu"

    def test_each_type_of_detail_is_read_from_its_cell(self, take_in, use_roles):
        use_roles(**ROLES, professor=DETAILS)
        take_in(
            '1,professor,2024-08-01,,0042,3,2.50,TRUE,"[""a"", ""b""]",007,7,A',
            "2,professor,2024-08-01,,5,,-1,false,,null,text,B",
            header="username,role,start,end," + ",".join(f"details.{name}" for name in DETAILS["properties"]),
        )
        one, two = Role.objects.order_by("person__username")
        assert one.details == {
            "department": "0042",
            "floor": 3,
            "share": 2.5,
            "emeritus": True,
            "tags": ["a", "b"],
            "note": "007",
            "anything": 7,
            "grade": "A",
        }
        assert two.details == {
            "department": "5",
            "share": -1,
            "emeritus": False,
            "note": None,
            "anything": "text",
            "grade": "B",
        }

    def test_two_imports_take_turns(self, db):
        """Whoever comes second waits before it looks at anything."""
        if connection.vendor != "postgresql":
            pytest.skip("SQLite has one writer at a time anyway")
        other = connection.copy()
        try:
            with transaction.atomic():
                advisory_lock(importing.LOCK)
                with other.cursor() as cursor:
                    cursor.execute("SELECT pg_try_advisory_lock(%s)", [importing.LOCK])
                    assert cursor.fetchone() == (False,)
        finally:
            other.close()

    def test_thousands_take_few_statements(self, db):
        rows = [f"p{number},p{number}@example.edu,P {number},student,2024-08-01,,,," for number in range(1200)]
        with counted_round_trips() as counted:
            import_records("\n".join([HEADER, *rows]).encode(), name="list.csv")
        assert Role.objects.count() == 1200
        assert len(counted.sql) < 25, counted

    def test_thousands_of_roles_of_one_person(self, db):
        days = [date(1990, 1, 1) + timedelta(days=number) for number in range(3000)]
        rows = [f"asha,,,guest,{day},{day},,," for day in days]
        assert len(import_records("\n".join([HEADER, *rows]).encode(), name="list.csv").new_roles) == 3000
        assert active_roles(Person.objects.get()) == frozenset()


class TestRefusing:
    def refuse(self, take_in, *lines: str, **more) -> list[str]:
        """The problems, without the file's name; nothing was written."""
        before = everything()
        answer = take_in(*lines, **more)
        assert answer.refusal.endswith("in people.csv: nothing was written."), answer
        assert everything() == before
        return [problem.removeprefix("people.csv:") for problem in answer.problems]

    def test_everything_that_is_wrong_is_said_at_once_by_line(self, take_in):
        problems = self.refuse(
            take_in,
            "asha rao,asha@,Asha,wizard,,,,,",
            ASHA,
            "ben,ben@example.edu,Ben,student,2024-02-30,2023-01-01,,,",
            "cai,cai@example.edu,Cai,student,2024-08-01,2023-01-01,,,",
        )
        assert problems == [
            "2: username: 'asha rao' → A sign-in name has letters, digits and . _ + - and begins with no sign.",
            "2: email: 'asha@' → Enter a valid email address.",
            "2: role: 'wizard' → student, staff, guest",
            "4: start: '2024-02-30' → the first day, such as 2026-09-01",
            "5: end: 2023-01-01 → 2024-08-01, the first day, or a later one",
        ]

    @pytest.mark.parametrize(
        ("row", "problem"),
        [
            (",a@example.edu,,,,,,,", "username: nothing → the sign-in name"),
            (f"{'x' * 65},,,,,,,,", "username: 'xxx"),
            (f"cai,,{'x' * 201},,,,,,", "display_name: 'xxx"),
            ("cai,,,student,,,,,", "start: '' → the first day, such as 2026-09-01"),
            ("cai,,,student,1.9.2026,,,,", "start: '1.9.2026' → the first day, such as 2026-09-01"),
            ("cai,,,student,20260901,,,,", "start: '20260901' → the first day"),
            ("cai,,,student,2026-09-01,soon,,,", "end: 'soon' → the last day, or nothing (until it is ended)"),
            ("cai,,,,2026-09-01,,,,", "start: '2026-09-01' → nothing, for this row names no role"),
            ("cai,,,,,,Physics,,", "details.department: 'Physics' → nothing, for this row names no role"),
            ("cai,,,guest,2026-09-01,,Physics,,", "details.department: 'Physics' → nothing: the role guest has no"),
            (f"cai,,,student,2026-09-01,,{'x' * 101},,", "details.department: 'xxx"),
            ("cai,,,student", "(the row): 4 cells → 9, as in the header"),
            ("cai,,,,,,,,,,", "(the row): 11 cells → 9, as in the header"),
            (f"cai,,{'x' * 4097},,,,,,", "display_name: a longer text → at most 4096 characters"),
            ('cai,,"Cai,,,,,,', "(the row): unexpected end of data → CSV"),
            ('cai,,"Cai"s,,,,,,', "(the row): "),
        ],
    )
    def test_a_row_that_may_not_be(self, take_in, row, problem):
        (found,) = self.refuse(take_in, ASHA, row)
        assert found.startswith(f"3: {problem}")

    def test_the_line_is_the_one_that_an_editor_shows(self, take_in):
        (found,) = self.refuse(take_in, 'asha,,"two\r\nlines",,,,,,', "", "b n,,,,,,,,")
        assert found.startswith("5: username: 'b n'")

    @pytest.mark.parametrize(
        ("header", "problem"),
        [
            ("username,e-mail", "e-mail: an unknown column → email, perhaps; the columns are username, email,"),
            ("username,details.departement", "details.departement: an unknown column → details.department, perhaps"),
            ("username,email,email", "email: more than one column of this name → one"),
            ("email,display_name", "username: no such column → a column of this name: it is needed"),
            ("username,role", "start: no such column → a column of this name: it is needed"),
            ("username,details.number", "role: no such column → a column of this name: it is needed"),
            ("username;email;role", "(the file): 'username;email;role' → columns with a comma between them"),
            ("", "(the file): nothing → a header: username, email, display_name, role, start, end, details."),
        ],
    )
    def test_a_header_that_may_not_be(self, take_in, header, problem):
        assert self.refuse(take_in, header=header)[0].startswith(f"1: {problem}")

    def test_a_type_that_is_not_the_details(self, take_in, use_roles):
        use_roles(**ROLES, professor=DETAILS)
        header = "username,role,start,end," + ",".join(f"details.{name}" for name in DETAILS["properties"])
        problems = self.refuse(
            take_in,
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
    def test_no_text_in_utf_8(self, db, content):
        with pytest.raises(importing.RecordsRefused) as refused:
            import_records(content, name="list.csv")
        assert str(refused.value.problems[0]).startswith("2: (the file): the ")
        assert "UTF-8" in str(refused.value.problems[0])

    def test_more_than_there_may_be(self, db, monkeypatch):
        monkeypatch.setattr(reading, "MOST_ROWS", 2)
        with pytest.raises(importing.RecordsRefused) as refused:
            import_records(b"username\na\nb\nc\nd\n", name="list.csv")
        assert [str(one) for one in refused.value.problems] == ["4: (the file): more rows → at most 2 in one file"]
        monkeypatch.setattr(reading, "LARGEST_FILE", 10)
        with pytest.raises(importing.RecordsRefused) as refused:
            import_records(b"username\na\nb\n", name="list.csv")
        assert "(the file): a larger file" in str(refused.value.problems[0])

    def test_the_list_of_problems_ends_somewhere(self, take_in):
        problems = self.refuse(take_in, *[f"b n{number},,,,,,,," for number in range(250)])
        assert len(problems) == 201
        assert problems[-1] == "… and 50 more"

    def test_rows_of_one_person_that_contradict_each_other(self, take_in):
        problems = self.refuse(take_in, ASHA, "ASHA,other@example.edu,A. Rao,guest,2024-08-01,,,,")
        assert problems == [
            "3: email: 'other@example.edu' → 'asha@example.edu', as at line 2",
            "3: display_name: 'A. Rao' → 'Asha Rao', as at line 2",
        ]

    def test_one_person_without_a_role_twice(self, take_in):
        (problem,) = self.refuse(take_in, BEN, BEN)
        assert problem == "3: username: 'ben' → one row without a role: line 2 is it"

    def test_an_address_of_two_people_of_the_list(self, take_in):
        (problem,) = self.refuse(take_in, BEN, "cai,Ben@example.edu,Cai,,,,,,")
        assert problem == "3: email: 'ben@example.edu' → an address of their own: ben has it at line 2"

    def test_an_address_of_somebody_in_the_portal(self, take_in, make_person):
        make_person("boss", email="ben@example.edu")
        (problem,) = self.refuse(take_in, BEN)
        assert problem == "2: email: 'ben@example.edu' → an address of their own: the portal has boss with it"

    def test_roles_of_the_list_that_overlap(self, take_in):
        (problem,) = self.refuse(
            take_in, ASHA, ASHA.replace("2024-08-01", "2028-07-31").replace(",2028-07-31", ",2028-07-31", 1)
        )
        assert problem.startswith("3: start: student from 2028-07-31 to 2028-07-31 → days on which it does not hold")
        assert problem.endswith("student from 2024-08-01 to 2028-07-31, at line 2")

    def test_one_row_twice(self, take_in):
        (problem,) = self.refuse(take_in, ASHA, ASHA)
        assert problem.startswith("3: start: ")

    def test_a_role_that_overlaps_one_of_the_portal(self, take_in):
        take_in(ASHA)
        (problem,) = self.refuse(take_in, ASHA.replace("2024-08-01", "2024-09-01"), options=("--update",))
        assert problem.startswith("2: start: student from 2024-09-01 to 2028-07-31 → days on which it does not hold")
        assert problem.endswith("in the portal; to change that one, give its first day, 2024-08-01")

    def test_people_who_differ_are_left_alone_without_update(self, take_in):
        take_in(ASHA)
        problems = self.refuse(
            take_in,
            "asha,rao@example.edu,A. Rao,student,2024-08-01,,Chemistry,,0042",
            "asha,rao@example.edu,A. Rao,guest,2029-01-01,,,,",
        )
        update = "; --update takes what the list has"
        assert problems == [
            f"2: email: 'rao@example.edu' → 'asha@example.edu', as the portal has it{update}",
            f"2: display_name: 'A. Rao' → 'Asha Rao', as the portal has it{update}",
            f"2: end: nothing → 2028-07-31, as the portal has it{update}",
            f"2: details.department: 'Chemistry' → 'Physics', as the portal has it{update}",
            f"2: details.programme: nothing → 'BSc Physics', as the portal has it{update}",
            f"3: role: guest from 2029-01-01 → a role that the portal has given already{update}",
        ]

    def test_what_the_database_refuses_after_all(self, take_in, make_person, monkeypatch):
        """Somebody made the same person between the check and the writing."""
        make_person("boss", email="asha@example.edu")
        monkeypatch.setattr("services.people.records.planning.Planner.check_email", lambda *arguments: None)
        answer = take_in(ASHA)
        assert "nothing was written" in answer.refusal
        assert "Run it again" in answer.refusal
        assert Person.objects.count() == 1


class TestUpdating:
    @pytest.fixture
    def asha(self, take_in) -> Person:
        take_in(ASHA)
        return Person.objects.get()

    def test_brings_people_in_step(self, take_in, asha):
        answer = take_in(
            "ASHA,rao@example.edu,A. Rao,student,2024-08-01,2027-07-31,Physics,,0042", options=("--update",)
        )
        assert answer.said == ["people  0 new, 1 changed, 0 unchanged", "roles   0 new, 1 changed, 0 unchanged"]
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
    def test_the_history_says_what_was_done(self, take_in, asha, end, department, kind):
        row = f"asha,asha@example.edu,Asha Rao,student,2024-08-01,{end},{department},BSc Physics,0042"
        take_in(row, options=("--update",))
        change = asha.role_changes.first()
        assert (change.kind, change.why) == (kind, "import of people.csv")

    def test_a_role_that_the_list_does_not_mention_stays(self, take_in, asha):
        take_in("asha,asha@example.edu,Asha Rao,guest,2024-08-01,,,,", options=("--update",))
        take_in("asha,asha@example.edu,Asha Rao,,,,,,", options=("--update",))
        assert sorted(asha.roles.values_list("name", flat=True)) == ["guest", "student"]

    def test_a_role_ends_earlier_and_another_follows_at_once(self, take_in, asha):
        answer = take_in(
            ASHA.replace("2028-07-31", "2026-07-31"),
            ASHA.replace("2024-08-01", "2026-08-01"),
            options=("--update",),
        )
        assert answer.said[1] == "roles   1 new, 1 changed, 0 unchanged"
        assert asha.roles.count() == 2

    def test_two_people_swap_their_addresses(self, take_in, asha):
        take_in(BEN)
        answer = take_in(ASHA.replace("asha@", "ben@"), BEN.replace("ben@", "asha@"), options=("--update",))
        assert answer.said[0] == "people  0 new, 2 changed, 0 unchanged"
        assert list(Person.objects.order_by("username").values_list("email", flat=True)) == [
            "ben@example.edu",
            "asha@example.edu",
        ]
        assert dict(EmailAddress.objects.values_list("user__username", "email")) == {
            "asha": "ben@example.edu",
            "ben": "asha@example.edu",
        }

    def test_an_address_goes_to_somebody_new(self, take_in, asha):
        answer = take_in(ASHA.replace("asha@", "rao@"), "cai,asha@example.edu,Cai,,,,,,", options=("--update",))
        assert answer.said[0] == "people  1 new, 1 changed, 0 unchanged"

    def test_a_change_of_address_that_was_under_way_is_forgotten(self, take_in, asha):
        EmailAddress.objects.create(user=asha, email="half.way@example.edu")
        take_in(ASHA.replace("asha@", "rao@"), options=("--update",))
        assert EmailAddress.objects.get().email == "rao@example.edu"

    def test_doors_open_and_shut_at_once(self, take_in, asha):
        today, yesterday = timezone.localdate(), timezone.localdate() - timedelta(days=1)
        assert active_roles(asha) == {"student"}
        take_in(
            ASHA.replace("2028-07-31", str(yesterday)),
            f"asha,asha@example.edu,Asha Rao,guest,{today},,,,",
            options=("--update",),
        )
        asha.refresh_from_db()
        assert active_roles(asha) == {"guest"}

    def test_open_sockets_are_told(self, take_in, asha, monkeypatch, django_capture_on_commit_callbacks):
        told = []
        monkeypatch.setattr("core.people.versions.publish_to_many", lambda topics, hint: told.extend(topics))
        with django_capture_on_commit_callbacks(execute=True):
            take_in(ASHA, BEN)
        assert told == []
        with django_capture_on_commit_callbacks(execute=True):
            take_in(ASHA.replace("2028-07-31", ""), BEN, options=("--update",))
        assert told == [f"access.person.{asha.pk}"]


class TestHints:
    @pytest.fixture
    def redis_layer(self, monkeypatch, settings):
        """A channel layer in Redis whose connection is `redis_layer.client`."""
        from channels_redis.pubsub import RedisPubSubChannelLayer

        settings.CHANNEL_LAYERS = {"default": {"CONFIG": {"prefix": "portal", "hosts": [{"address": "redis://none"}]}}}
        layer = RedisPubSubChannelLayer.__new__(RedisPubSubChannelLayer)
        layer.serialize = lambda message: b"message"
        monkeypatch.setattr(publishing, "get_channel_layer", lambda: layer)
        return layer

    def test_thousands_take_a_few_round_trips(self, redis_layer, monkeypatch):
        import fakeredis

        client = fakeredis.FakeRedis()
        monkeypatch.setattr(publishing, "redis_client", lambda: client)
        listener = client.pubsub()
        listener.subscribe("portal__group__access.person.2499")
        listener.get_message(timeout=1)
        with counted_trips(client) as trips:
            publish_access_changes(range(2500))
        assert len(trips) == 3
        assert listener.get_message(timeout=1)["data"] == b"message"

    def test_a_channel_layer_that_is_away_is_asked_once(self, redis_layer, monkeypatch):
        tries = []

        def away():
            tries.append(1)
            raise ConnectionError("away")

        monkeypatch.setattr(publishing, "redis_client", away)
        publish_access_changes(range(20_000))
        assert len(tries) == 1


class TestWritingOut:
    def test_has_a_row_for_each_role_and_for_whoever_has_none(self, take_in):
        take_in(BEN, ASHA, "asha,asha@example.edu,Asha Rao,guest,2028-08-01,,,,")
        lines = exported().split("\r\n")
        assert lines[0].startswith("username,email,display_name,role,start,end,details.department,details.programme")
        assert [line.rstrip(",") for line in lines[1:]] == [
            "asha,asha@example.edu,Asha Rao,guest,2028-08-01",
            "asha,asha@example.edu,Asha Rao,student,2024-08-01,2028-07-31,Physics,BSc Physics,0042",
            "ben,ben@example.edu,Ben Okri",
            "",
        ]

    @pytest.fixture
    def everybody(self, make_person, use_roles) -> None:
        """Whatever a portal can hold that a list might spoil."""
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
        make_person("nobody")

    def test_importing_it_changes_nothing(self, everybody):
        before = everything()
        plan = import_records(exported().encode(), name="export.csv", update=True)
        assert plan.is_empty
        assert plan.unchanged_people == Person.objects.count()
        assert plan.unchanged_roles == Role.objects.count()
        assert everything() == before

    def test_importing_it_elsewhere_makes_the_same(self, everybody):
        content, before = exported(), listed()
        Person.objects.all().delete()
        import_records(content.encode(), name="export.csv")
        assert listed() == [[without_spaces_around(cell) for cell in row] for row in before]
        assert exported() == content

    def test_no_cell_is_a_formula(self, everybody):
        for row in csv.reader(io.StringIO(exported(), newline="")):
            assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))]

    def test_a_file_is_for_its_owner_alone(self, everybody, tmp_path):
        file = tmp_path / "people.csv"
        file.write_text("older")
        file.chmod(0o644)
        assert exported(str(file)) == ""
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert file.read_bytes().decode() == exported()
        assert list(tmp_path.iterdir()) == [file]

    def test_a_folder_that_is_not_there(self, db, tmp_path):
        with pytest.raises(CommandError, match="No such file"):
            call_command("export_people", str(tmp_path / "nowhere" / "people.csv"))
        with pytest.raises(CommandError, match="directory"):
            call_command("export_people", str(tmp_path))
        assert list(tmp_path.iterdir()) == []

    def test_what_portal_yaml_no_longer_has_is_left_out_and_said(self, make_person, use_roles):
        person = make_person("asha")
        use_roles(**ROLES, wizard={"type": "object", "properties": {"staff": {}, "hat": {}}})
        role_grant(person=person, name="wizard", start=date(2024, 8, 1), details={"staff": "oak", "hat": "grey"})
        use_roles(**ROLES, wizard={"type": "object", "properties": {"hat": {}}})
        errors = io.StringIO()
        call_command("export_people", stdout=io.StringIO(), stderr=errors)
        assert errors.getvalue().startswith("Left out, 1 ×: detail staff of role wizard.")
        assert import_records(exported().encode(), name="export.csv").is_empty

    def test_a_role_that_portal_yaml_no_longer_has_keeps_nobody_out(self, make_person, use_roles):
        role_grant(person=make_person("asha"), name="guest", start=date(2024, 8, 1))
        use_roles(student={})
        assert exported().split("\r\n")[1].rstrip(",") == "asha"

    def test_is_one_query(self, everybody, round_trips):
        with round_trips(sql=1, stores=0):
            exported()


@pytest.mark.parametrize("text", ["", "'", "''", "=", "'=", "''=", "x", "'x", "=x'", "-1", "\r", "＠x"])
def test_an_apostrophe_is_taken_away_exactly_where_it_was_put(text):
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
def test_a_detail_is_the_same_after_its_cell(schema, value):
    again = value_of(text_of(value, schema), schema)
    assert (again, type(again)) == (value, type(value))


def test_json_too_deep_is_text(db):
    assert value_of("[" * 4000, {}) == "[" * 4000


class counted_trips:  # noqa: N801 - a context
    """The pipelines that a client sends."""

    def __init__(self, client):
        self.client, self.trips = client, []

    def __enter__(self):
        make = self.client.pipeline

        def pipeline(**options):
            made = make(**options)
            execute = made.execute
            made.execute = lambda: self.trips.append(1) or execute()
            return made

        self.client.pipeline = pipeline
        return self.trips

    def __exit__(self, *_):
        del self.client.pipeline


def without_spaces_around(cell):
    """As a list has it: only a text inside a detail of another type keeps them."""
    if isinstance(cell, dict):
        return {name: without_spaces_around(value) for name, value in cell.items()}
    return cell.strip() if isinstance(cell, str) else cell


def listed() -> list[tuple]:
    """Everybody and their roles, whatever their numbers."""
    fields = ("username", "email", "display_name", "roles__name", "roles__start", "roles__end", "roles__details")
    return [
        list(row) for row in Person.objects.order_by("username", "roles__name", "roles__start").values_list(*fields)
    ]


def everything() -> list[list[tuple]]:
    """All rows that an import could touch."""
    return [list(model.objects.order_by("pk").values_list()) for model in (Person, Role, RoleChange, EmailAddress)]
