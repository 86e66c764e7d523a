"""Maintainers see the state of the stack and what to do, on the intranet site only."""

from datetime import timedelta
from unittest.mock import patch

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import caches
from django.core.mail import EmailMessage
from django.utils import timezone

from core.audit.events import Event
from core.audit.models import AuditEntry
from core.health.broker import MessageBrokerCheck, WorkerCheck
from core.health.monitor import ASKING, KEY, Monitor
from core.health.queues import QueueState
from core.health.readiness import readiness
from core.health.stack import health_checks
from core.mail.models import Mail
from core.testing.client import PortalClient
from services.overview import figures, views

URL = "/api/overview/"
MAINTAINERS_ONLY = [(URL, "get"), (f"{URL}check/", "post"), (f"{URL}mail/1/send-again/", "post")]


@pytest.fixture(autouse=True)
def monitor(monkeypatch):
    """Check the parts in the test's own thread, which sees the database of the test."""
    # Memcached keeps what was written in the second in which it is emptied.
    caches["cache"].delete_many([KEY, ASKING])
    figures.forget()
    fresh = Monitor(start=lambda call: call())
    monkeypatch.setattr(views, "monitor", fresh)
    return fresh


@pytest.fixture
def maintainer(make_person):
    return PortalClient().sign_in(make_person(is_staff=True, is_superuser=True))


@pytest.fixture
def make_mail(db):
    def make(**changes):
        message = EmailMessage("Sheet 3 was marked", "Hello", "portal@example.edu")
        mail = Mail.of(message, "kofi@example.edu")
        for name, value in changes.items():
            setattr(mail, name, value)
        mail.save()
        return mail

    return make


def part(body, service):
    return next(part for tier in body["tiers"] for part in tier["parts"] if part["service"] == service)


class TestAccess:
    @pytest.mark.parametrize(("url", "method"), MAINTAINERS_ONLY)
    def test_only_maintainers(self, visitor, reader, person, give_role, url, method):
        assert getattr(visitor, method)(url).status_code == 401
        give_role(person, "maintainer")  # the role alone gives no powers
        refused = getattr(reader, method)(url)
        assert (refused.status_code, refused.json()["detail"]) == (403, "Only available to maintainers.")

    @pytest.mark.parametrize(("url", "method"), MAINTAINERS_ONLY)
    def test_not_on_the_internet_site(self, maintainer, settings, url, method):
        settings.SITE = "internet"
        assert getattr(maintainer, method)(url).status_code == 404

    def test_it_is_no_app_because_the_sidebar_has_a_place_of_its_own_for_it(self, maintainer):
        assert "overview" not in [app["name"] for app in maintainer.get("/api/portal/").json()["apps"]]

    @pytest.mark.parametrize("down", [True, False])
    def test_a_maintainers_home_page_says_that_a_part_failed(self, maintainer, reader, down):
        readiness.forget()
        with patch.object(MessageBrokerCheck, "ping", side_effect=OSError("away") if down else None):
            (items, others) = (client.get("/api/portal/attention/").json()["items"] for client in (maintainer, reader))
        readiness.forget()
        found = [item["title"] for item in items if item["app"] == "overview"]
        assert found == (["The message broker does not answer"] if down else [])
        assert not [item for item in others if item["app"] == "overview"]

    def test_without_a_second_factor_it_is_refused_where_one_is_required(self, maintainer, settings):
        settings.SECOND_FACTOR_FOR_MAINTAINERS = True
        refused = maintainer.get(URL)
        assert refused.status_code == 403
        assert "second factor" in refused.json()["detail"]


class TestStack:
    def test_it_has_every_part_of_doctor_by_tier(self, maintainer):
        body = maintainer.get(URL).json()
        services = [part["service"] for tier in body["tiers"] for part in tier["parts"]]
        assert sorted(services) == sorted(check.service for check in health_checks())
        assert [tier["tier"] for tier in body["tiers"]] == [1, 2, 3]
        assert part(body, "database")["status"] == "ok"
        store = next(check for check in health_checks() if check.service == "session-store")
        assert part(body, "session-store")["embedded_backend"] == store.active_embedded_backend

    def test_a_part_that_does_not_answer_comes_first_with_its_meaning_and_what_to_do(self, maintainer):
        with patch.object(MessageBrokerCheck, "round_trip", side_effect=OSError("connection refused")):
            body = maintainer.get(URL).json()
        assert body["tiers"][0]["parts"][0]["service"] == "message-broker"
        (problem,) = [problem for problem in body["problems"] if problem["service"] == "message-broker"]
        assert problem["status"] == part(body, "message-broker")["status"] == "down"
        assert problem["title"] == "The message broker does not answer"
        assert "none is lost" in problem["meaning"]
        assert "Look at `docker compose logs message-broker`" in problem["steps"]
        assert problem["since"]
        assert "connection refused" in problem["detail"]

    def test_what_needs_it_waits_and_is_no_problem_of_its_own(self, maintainer):
        away = OSError("connection refused")
        with (
            patch.object(MessageBrokerCheck, "round_trip", side_effect=away),
            patch.object(WorkerCheck, "round_trip", side_effect=away),
        ):
            body = maintainer.get(URL).json()
        assert part(body, "worker")["status"] == "waiting"
        assert "worker" not in [problem["service"] for problem in body["problems"]]

    def test_check_now_examines_each_part_again(self, maintainer):
        maintainer.get(URL)
        with patch.object(MessageBrokerCheck, "round_trip", side_effect=OSError("away")) as round_trip:
            assert part(maintainer.get(URL).json(), "message-broker")["status"] == "ok"
            assert part(maintainer.post_json(f"{URL}check/", {}).json(), "message-broker")["status"] == "down"
            assert round_trip.call_count == 1

    def test_many_open_overviews_cost_one_check(self, make_person, round_trips):
        clients = [PortalClient().sign_in(make_person(is_staff=True)) for _ in range(3)]
        with patch.object(MessageBrokerCheck, "round_trip", return_value="ok") as round_trip:
            for client in clients * 5:
                assert client.get(URL).status_code == 200
            assert round_trip.call_count == 1
        # The person, and their permissions: of their own and of their groups. Stores: the session, the figures.
        with round_trips(sql=3, stores=2):
            clients[0].get(URL)


class TestFigures:
    def test_it_counts_what_waits_and_since_when(self, maintainer, make_mail):
        older = make_mail(created_at=timezone.now() - timedelta(hours=1))
        make_mail()
        queues = {queue["name"]: queue for queue in maintainer.get(URL).json()["queues"]}
        assert queues["mail"]["waiting"] == 2
        assert queues["mail"]["oldest"] == older.created_at.isoformat()
        assert queues["notifications"] == {"name": "notifications", "waiting": 0, "oldest": None}

    @pytest.mark.parametrize("answer", [[QueueState("portal", 4, 1), QueueState("portal.bulk", 2, 1)], None])
    def test_it_counts_the_tasks_of_the_broker_when_it_answers(self, db, settings, monkeypatch, answer):
        monkeypatch.setattr(type(settings.CONFIGURATION), "is_embedded", lambda configuration, variable: False)
        monkeypatch.setattr(figures, "within", lambda seconds, call: answer)
        assert [(queue["name"], queue["waiting"]) for queue in figures.broker_queues()] == [
            ("tasks", 4 if answer else None),
            ("bulk_tasks", 2 if answer else None),
        ]

    def test_it_counts_the_sign_ins_of_today(self, maintainer):
        before = maintainer.get(URL).json()["sign_ins"]
        for event in (Event.SIGNED_IN, Event.SIGN_IN_FAILED, Event.SIGN_IN_LIMITED, Event.SIGNED_OUT):
            AuditEntry.objects.create(event=event)
        older = AuditEntry.objects.create(event=Event.SIGNED_IN, at=timezone.now() - timedelta(days=2))
        older.refresh_from_db()
        accepted = 2 if older.at > timezone.now() - timedelta(days=1) else 1  # PostgreSQL sets the time by itself
        figures.forget()
        after = maintainer.get(URL).json()["sign_ins"]
        assert (after["accepted"] - before["accepted"], after["refused"] - before["refused"]) == (accepted, 2)

    def test_it_shows_the_disk(self, maintainer):
        disk = maintainer.get(URL).json()["disk"]
        assert 0 < disk["free"] < disk["total"]


class TestFailedMail:
    @pytest.fixture
    def failed(self, make_mail):
        return make_mail(given_up_at=timezone.now(), error="550 no such address", tries=12)

    def test_maintainers_with_the_permission_see_it(self, maintainer, make_person, failed):
        mail = maintainer.get(URL).json()["mail"]
        assert mail["failed"] == 1
        assert mail["items"][0]["id"] == failed.pk
        assert mail["items"][0]["error"] == "550 no such address"
        other = PortalClient().sign_in(make_person(is_staff=True)).get(URL).json()["mail"]
        assert (other["failed"], other["items"]) == (1, [])

    def test_it_is_sent_again_once_and_recorded(self, maintainer, failed):
        url = f"{URL}mail/{failed.pk}/send-again/"
        assert maintainer.post_json(url, {}).status_code == 204
        assert Mail.objects.get().given_up_at is None
        entry = AuditEntry.objects.filter(event=Event.MAIL_SENT_AGAIN).get()
        assert entry.details["recipient"] == failed.recipient
        assert maintainer.post_json(url, {}).status_code == 409
        assert maintainer.post_json(f"{URL}mail/0/send-again/", {}).status_code == 404

    def test_maintainers_without_the_permission_cannot(self, make_person, failed):
        person = make_person(is_staff=True)
        client, url = PortalClient().sign_in(person), f"{URL}mail/{failed.pk}/send-again/"
        assert client.post_json(url, {}).status_code == 403
        person.user_permissions.add(Permission.objects.get(codename="change_mail"))
        assert client.post_json(url, {}).status_code == 204
