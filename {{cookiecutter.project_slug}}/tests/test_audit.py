"""The audit log: each event is one row and one log line, which maintainers can search and nobody can change."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import structlog
from django.conf import settings as portal_settings
from django.contrib.auth.models import Permission
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from structlog.testing import capture_logs

from core.audit import recording
from core.audit.admin import MOST_PAGES_ROWS
from core.audit.events import Event
from core.audit.models import AuditEntry
from core.audit.recording import make_entry, record, record_failure, record_many
from core.audit.tasks import delete_old_entries
from core.periodic import PERIODIC_TASKS
from core.testing.client import PortalClient

LOG = "/admin/core_audit/auditentry/"

postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite, which serves development alone, has no such triggers"
)


@pytest.fixture
def chief(make_person):
    return make_person("chief", is_staff=True, is_superuser=True)


@pytest.fixture
def maintainer(chief):
    return PortalClient().sign_in(chief)


def insert(age: timedelta, **more):
    """Insert an entry of the past, as if the database's clock had been behind."""
    entry = make_entry(Event.SIGNED_OUT, **more)
    entry.save()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE core_audit_auditentry DISABLE TRIGGER append_only")
        cursor.execute("UPDATE core_audit_auditentry SET at = %s WHERE id = %s", [timezone.now() - age, entry.pk])
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE core_audit_auditentry ENABLE TRIGGER append_only")
    return entry


def only_entry(event=None):
    entries = AuditEntry.objects.filter(event=event) if event else AuditEntry.objects.all()
    return entries.get()


class TestRecording:
    def test_an_entry_names_the_person_who_did_it_and_from_where(self, person, chief):
        request = {"ip_address": "203.0.113.5", "request_id": "a-request-of-1234"}
        with structlog.contextvars.bound_contextvars(**request):
            record(Event.ROLE_GRANTED, person=person, by=chief, role="student")
        entry = only_entry()
        assert (entry.person_id, entry.person) == (person.pk, person.username)
        assert (entry.by_id, entry.by) == (chief.pk, "chief")
        assert (entry.ip_address, entry.request_id) == ("203.0.113.5", "a-request-of-1234")
        assert entry.site == portal_settings.SITE
        assert entry.details == {"role": "student"}

    def test_the_log_line_has_the_same_fields(self, person, chief, django_capture_on_commit_callbacks):
        with (
            capture_logs() as lines,
            structlog.contextvars.bound_contextvars(ip_address="203.0.113.5", request_id="a-request-of-1234"),
            django_capture_on_commit_callbacks(execute=True),
        ):
            record(Event.ROLE_GRANTED, person=person, by=chief, role="student")
        (line,) = [line for line in lines if line["event"] == "audit"]
        assert line == {
            "event": "audit",
            "log_level": "info",
            "action": "role_granted",
            "person_id": person.pk,
            "person": person.username,
            "by_id": chief.pk,
            "by": "chief",
            "ip_address": "203.0.113.5",
            "request_id": "a-request-of-1234",
            "site": portal_settings.SITE,
            "details": {"role": "student"},
        }

    def test_a_rolled_back_change_leaves_no_entry_and_no_log_line(self, person, django_capture_on_commit_callbacks):
        with capture_logs() as lines, django_capture_on_commit_callbacks(execute=True), transaction.atomic():
            record(Event.PASSWORD_CHANGED, person=person)
            transaction.set_rollback(True)
        assert not AuditEntry.objects.exists()
        assert not [line for line in lines if line["event"] == "audit"]

    def test_an_entry_outlives_its_people(self, person):
        record(Event.SIGNED_UP, person=person)
        name = person.username
        person.delete()
        assert only_entry(Event.SIGNED_UP).person == name

    def test_a_request_gives_its_id_and_address(self, maintainer):
        answer = maintainer.post("/admin/auth/group/add/", {"name": "Readers"}, HTTP_X_REQUEST_ID="group-request-1")
        assert answer.status_code == 302
        entry = only_entry(Event.ADMIN_ADDED)
        assert (entry.request_id, entry.ip_address) == ("group-request-1", "127.0.0.1")

    def test_long_texts_are_cut(self, person):
        record(Event.ADMIN_CHANGED, person=person, object="x" * 5000)
        assert len(only_entry().details["object"]) == 300

    def test_floods_of_failures_are_bounded(self, monkeypatch, db, django_capture_on_commit_callbacks):
        monkeypatch.setattr(recording, "MOST_FAILURES", 3)
        with capture_logs() as lines, django_capture_on_commit_callbacks(execute=True):
            for _ in range(10):
                record_failure(Event.SIGN_IN_FAILED)
        assert AuditEntry.objects.filter(event=Event.SIGN_IN_FAILED).count() == 3
        assert AuditEntry.objects.filter(event=Event.FAILURES_OMITTED).count() == 1
        assert len([line for line in lines if line.get("action") == "sign_in_failed"]) == 10, "the log has all"


class TestRetention:
    def test_old_entries_are_deleted_and_younger_ones_stay(self, db):
        old, young = insert(timedelta(days=367)), insert(timedelta(days=364))
        delete_old_entries()
        delete_old_entries()
        assert [entry.pk for entry in AuditEntry.objects.all()] == [young.pk]
        assert old.pk != young.pk

    def test_the_scheduler_deletes_them(self):
        assert delete_old_entries.name in PERIODIC_TASKS

    @postgresql
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE core_audit_auditentry SET person = 'somebody else'",
            "DELETE FROM core_audit_auditentry",
            "DELETE FROM core_audit_auditentry WHERE at > now() - interval '1 day'",
        ],
    )
    def test_the_database_refuses_to_change_entries(self, person, statement):
        record(Event.SIGNED_UP, person=person)
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
        assert only_entry().person == person.username

    @postgresql
    def test_the_database_refuses_to_truncate(self, person):
        record(Event.SIGNED_UP, person=person)
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE core_audit_auditentry ENABLE TRIGGER no_truncate")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("TRUNCATE core_audit_auditentry")

    @postgresql
    def test_nobody_writes_an_entry_that_is_old_enough_to_be_deleted(self, person):
        entry = make_entry(Event.SIGNED_UP, person=person)
        entry.at = timezone.now() - timedelta(days=1000)
        entry.save()
        entry.refresh_from_db()
        assert timezone.now() - entry.at < timedelta(minutes=1)


class TestSearch:
    @pytest.fixture
    def entries(self, person, chief):
        others = [
            make_entry(Event.SIGNED_OUT, person=SimpleNamespace(pk=n, get_username=lambda: "other")) for n in (1, 2)
        ]
        record_many(others)
        with structlog.contextvars.bound_contextvars(ip_address="2001:db8::7", request_id="a-request-of-1234"):
            record(Event.ROLE_GRANTED, person=person, by=chief, role="student")

    @pytest.mark.parametrize(
        "search", ["PERSON", "CHIEF", "2001:DB8:0::7", "a-request-of-1234", "TODAY", "PERSON 2001:db8::7"]
    )
    def test_a_maintainer_finds_an_entry(self, maintainer, person, entries, search):
        search = search.replace("PERSON", person.username.upper()).replace("TODAY", str(timezone.localdate()))
        page = maintainer.get(LOG, {"q": search, "event": "role_granted"})
        assert page.status_code == 200
        assert page.context["cl"].result_count == 1
        assert "role granted" in page.content.decode()

    @pytest.mark.parametrize("search", ["nobody", "203.0.113.5", "2001-01-01", "'; DROP TABLE", "%", "1.2.3", "\\"])
    def test_another_search_finds_nothing(self, maintainer, entries, search):
        assert maintainer.get(LOG, {"q": search}).context["cl"].result_count == 0

    def test_filters_find_entries(self, maintainer, entries):
        assert maintainer.get(LOG, {"event": "signed_out"}).context["cl"].result_count == 2
        assert maintainer.get(LOG, {"days": "7", "site": portal_settings.SITE}).context["cl"].result_count == 3

    def test_an_entry_has_a_page_and_no_form(self, maintainer, entries):
        page = maintainer.get(f"{LOG}{only_entry(Event.ROLE_GRANTED).pk}/change/")
        assert page.status_code == 200
        assert b"student" in page.content
        assert b'name="_save"' not in page.content

    def test_a_superuser_changes_nothing(self, maintainer, entries):
        entry = only_entry(Event.ROLE_GRANTED)
        for path in (f"{LOG}add/", f"{LOG}{entry.pk}/delete/"):
            assert maintainer.get(path).status_code == 403
            assert maintainer.post(path, {"post": "yes"}).status_code == 403
        assert maintainer.post(f"{LOG}{entry.pk}/change/", {"person": "x"}).status_code == 403
        maintainer.post(LOG, {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"})
        assert only_entry(Event.ROLE_GRANTED).person == entry.person

    def test_only_those_with_the_permission_see_it(self, make_person, entries):
        clerk = make_person("clerk", is_staff=True)
        browser = PortalClient().sign_in(clerk)
        assert browser.get(LOG).status_code == 403
        clerk.user_permissions.add(Permission.objects.get(codename="view_auditentry"))
        assert browser.get(LOG).status_code == 200

    def test_the_internet_site_does_not_have_it(self, maintainer, settings):
        settings.SITE = "internet"
        assert maintainer.get(LOG).status_code in (302, 404)

    def test_a_page_of_a_long_log_costs_as_many_queries_as_one_of_a_short_log(self, maintainer, entries, monkeypatch):
        monkeypatch.setattr("core.audit.admin.MOST_PAGES_ROWS", 2)
        page = maintainer.get(LOG)
        assert page.context["cl"].result_count == 2, "the pages count all rows"
        assert MOST_PAGES_ROWS == 10_000
