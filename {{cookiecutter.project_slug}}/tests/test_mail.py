"""A mail is a row that is sent after the commit, tried again while that makes sense, and never lost in silence."""

import json
from datetime import timedelta
from email.policy import SMTP
from io import StringIO
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused, SMTPServerDisconnected
from unittest.mock import patch

import pytest
from django.core import mail as django_mail
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone, translation
from kombu.exceptions import OperationalError
from structlog.testing import capture_logs

from core.encryption import NoKeyDecrypts, decrypt
from core.health.checks import Degraded
from core.health.mail import MailCheck
from core.mail import sending, tasks
from core.mail.delivery import TAKEN_FOR, delay_after, deliver_due, take
from core.mail.models import KEEP_TRYING, MAX_CONTENT, Mail, reencrypt_mail
from core.mail.sending import check_room, send_later
from core.mail.tasks import delete_old_mail, deliver_mail, deliver_waiting_mail
from core.stores.outage import NoRoom, is_outage
from core.stores.session_store import session_store
from core.testing.client import PortalClient

from .test_health import doctor

LINK = "https://portal.example.edu/password/reset#secret"
TO = "asha@example.edu"


def message(text=LINK, to=TO, **more):
    return EmailMessage("Hello", text, "Portal <portal@example.edu>", [to], **more)


def server_that(error):
    return patch.object(EmailBackend, "send_messages", side_effect=error)


def refused(code, answer=b"No such user"):
    return SMTPRecipientsRefused({TO: (code, answer)})


def as_if_later(**more):
    """Let the waiting mails be due, as if their time had come."""
    Mail.objects.waiting().update(next_try_at=timezone.now(), **more)


@pytest.fixture(autouse=True)
def no_pause(monkeypatch):
    monkeypatch.setattr(tasks, "paused_until", 0.0)


@pytest.fixture
def mail(db):
    """A mail that waits."""
    (mail,) = send_later(message())
    return mail


class TestSending:
    @pytest.mark.django_db(transaction=True)
    def test_a_mail_is_sent_after_the_commit(self):
        with transaction.atomic():
            send_later(message())
            assert django_mail.outbox == []
        (sent,) = django_mail.outbox
        assert (sent.subject, sent.body, sent.to) == ("Hello", LINK, [TO])

    @pytest.mark.django_db(transaction=True)
    def test_a_rollback_sends_nothing(self):
        with transaction.atomic():
            send_later(message())
            transaction.set_rollback(True)
        assert django_mail.outbox == []
        assert not Mail.objects.exists()

    @pytest.mark.django_db(transaction=True)
    def test_a_broker_that_is_down_fails_no_request_and_the_periodic_task_sends(self, allow_task_errors):
        with patch.object(deliver_mail, "delay", side_effect=OperationalError("down")):
            send_later(message())
        assert django_mail.outbox == []
        deliver_waiting_mail()
        assert django_mail.outbox == [], "the task of a new mail has 30 seconds"
        as_if_later()
        deliver_waiting_mail()
        assert [sent.body for sent in django_mail.outbox] == [LINK]

    def test_a_task_that_runs_again_sends_nothing(self, mail, mailoutbox):
        deliver_mail(mail.pk)
        deliver_mail(mail.pk)
        as_if_later()
        deliver_waiting_mail()
        assert len(mailoutbox) == 1

    def test_each_address_gets_a_mail_of_its_own(self, mailoutbox):
        send_later(EmailMessage("Hello", "text", to=["a@example.edu", "b@example.edu"]))
        assert [sent.to for sent in mailoutbox] == [["a@example.edu"], ["b@example.edu"]]

    def test_html_and_headers_arrive(self, mailoutbox):
        both = EmailMultiAlternatives("Hello", "text", to=[TO], headers={"List-Unsubscribe": "<https://a.example>"})
        both.attach_alternative("<p>text</p>", "text/html")
        (mail,) = send_later(both)
        parsed = mailoutbox[0].message()
        assert parsed["List-Unsubscribe"] == "<https://a.example>"
        assert parsed["Message-ID"] == mail.message_id
        assert [part.get_content_type() for part in parsed.walk()] == [
            "multipart/alternative",
            "text/plain",
            "text/html",
        ]

    def test_a_long_url_in_a_header_stays_as_it_is(self, mailoutbox):
        url = f"<https://portal.example.edu/{'token' * 60}>"
        send_later(message(headers={"List-Unsubscribe": url}))
        assert f"\r\nList-Unsubscribe: {url}\r\n".encode() in mailoutbox[0].message(policy=SMTP).as_bytes()

    @pytest.mark.parametrize("headers", [{"List-Unsubscribe": "<https://a>\nBcc: b@example.edu"}, {"X-A": "1\n2: 3"}])
    def test_a_header_of_two_lines_is_never_sent(self, mailoutbox, headers):
        (mail,) = send_later(message(headers=headers))
        assert mailoutbox == []
        mail.refresh_from_db()
        assert mail.given_up_at is not None

    def test_the_message_id_has_the_senders_domain(self, mail):
        assert mail.message_id.endswith("@example.edu>")

    @pytest.mark.parametrize(
        "more", [{"cc": ["b@example.edu"]}, {"bcc": ["b@example.edu"]}, {"attachments": [("a.txt", "text")]}]
    )
    def test_what_a_row_does_not_hold_is_refused(self, db, more):
        with pytest.raises(ValueError, match="attachments, cc or bcc"):
            send_later(message(**more))

    def test_a_text_of_a_megabyte_is_refused(self, db):
        with pytest.raises(ValueError, match=f"at most {MAX_CONTENT}"):
            send_later(message("x" * 1024 * 1024))


class TestSecrets:
    def test_a_link_is_encrypted_while_it_waits_and_erased_once_sent(self, mail):
        assert LINK not in str(Mail.objects.values().get())
        assert LINK in decrypt(mail.content, purpose="mail")
        deliver_mail(mail.pk)
        mail.refresh_from_db()
        assert mail.sent_at is not None
        assert (mail.content, mail.subject) == ("", "Hello")

    def test_the_worker_needs_no_encryption_key(self, mail, settings, mailoutbox):
        settings.ENCRYPTION_KEYS = []
        deliver_mail(mail.pk)
        assert len(mailoutbox) == 1

    def test_a_mail_waits_for_a_key_that_was_removed_too_early(self, mail, settings, mailoutbox):
        keys, settings.MAIL_KEYS = settings.MAIL_KEYS, ["another key of enough characters for tests"]
        deliver_mail(mail.pk)
        mail.refresh_from_db()
        assert "Put the key that was removed back" in mail.error
        settings.MAIL_KEYS = keys
        as_if_later()
        deliver_waiting_mail()
        assert len(mailoutbox) == 1

    def test_mail_is_encrypted_with_the_first_key_again(self, mail, settings):
        settings.MAIL_KEYS = ["another key of enough characters for tests", *settings.MAIL_KEYS]
        assert reencrypt_mail() == 1
        settings.MAIL_KEYS = settings.MAIL_KEYS[:1]
        mail.refresh_from_db()
        assert mail.message().body == LINK
        settings.MAIL_KEYS = ["a third key of enough characters for tests"]
        with pytest.raises(NoKeyDecrypts):
            mail.message()


class TestFailures:
    @pytest.mark.parametrize(
        "error",
        [
            OSError("connection refused"),
            SMTPServerDisconnected("closed"),
            SMTPSenderRefused(550, b"not you", "portal@example.edu"),
            refused(450, b"greylisted"),
            SMTPDataError(451, b"later"),
            RuntimeError("a bug"),
        ],
        ids=lambda error: type(error).__name__,
    )
    def test_a_temporary_error_delays_and_keeps_the_message_id(self, mail, mailoutbox, error):
        with server_that(error), capture_logs() as logs:
            deliver_mail(mail.pk)
        assert [line["event"] for line in logs] == ["mail_delayed"]
        mail.refresh_from_db()
        assert mail.error
        assert mail.given_up_at is None
        assert timedelta(seconds=25) < mail.next_try_at - timezone.now() <= timedelta(seconds=30)
        as_if_later()
        assert [sent.extra_headers["Message-ID"] for sent in mailoutbox] == []
        deliver_waiting_mail()
        assert [sent.extra_headers["Message-ID"] for sent in mailoutbox] == [mail.message_id]

    @pytest.mark.parametrize(
        "error", [refused(550), SMTPDataError(554, b"spam"), ValueError("no address")], ids=["recipient", "text", "bad"]
    )
    def test_a_refusal_gives_up_at_once_and_keeps_the_mail(self, mail, error):
        with server_that(error), capture_logs() as logs:
            deliver_mail(mail.pk)
        (line,) = [line for line in logs if line["event"] == "mail_lost"]
        assert line["log_level"] == "error"
        assert LINK not in str(line)
        mail.refresh_from_db()
        assert mail.given_up_at is not None
        assert mail.content

    def test_an_error_says_what_the_server_answered(self, mail):
        with server_that(refused(550, b"5.1.1 No such\nuser")):
            deliver_mail(mail.pk)
        mail.refresh_from_db()
        assert mail.error == "the mail server answered 550 5.1.1 No such user"

    def test_a_mail_is_tried_for_days_and_then_given_up(self, mail):
        with server_that(refused(450)):
            deliver_mail(mail.pk)
            as_if_later(try_until=timezone.now())
            deliver_waiting_mail()
        mail.refresh_from_db()
        assert mail.tries == 2
        assert mail.given_up_at is not None
        assert mail.try_until - mail.created_at <= KEEP_TRYING

    def test_one_bad_address_does_not_hold_up_the_others(self, db, mailoutbox):
        send_later(message(to="asha\nBcc: b@example.edu"))
        send_later(message(to="fine@example.edu"))
        as_if_later()
        deliver_waiting_mail()
        assert [sent.to for sent in django_mail.outbox] == [["fine@example.edu"]]

    def test_a_dead_server_is_asked_once_a_round_whatever_waits(self, db):
        for _ in range(3):
            send_later(message())
        as_if_later()
        with server_that(OSError("refused")) as attempts:
            assert deliver_due(is_bulk=False) == 0
        assert attempts.call_count == 1
        assert Mail.objects.waiting().filter(tries=1).exclude(error="").count() == 3

    def test_new_mail_does_not_try_a_server_that_has_just_failed(self, mail):
        (other,) = send_later(message())
        with server_that(OSError("refused")) as attempts:
            deliver_mail(mail.pk)
            deliver_mail(other.pk)
        assert attempts.call_count == 1

    def test_a_mail_whose_worker_was_killed_is_due_again(self, mail):
        assert take(Mail.objects.filter(pk=mail.pk))
        assert deliver_due(is_bulk=False) == 0
        mail.refresh_from_db()
        assert timedelta(0) < mail.next_try_at - timezone.now() <= TAKEN_FOR
        as_if_later()
        assert deliver_due(is_bulk=False) == 1

    def test_the_pauses_grow(self):
        assert [delay_after(tries).total_seconds() for tries in (1, 2, 3, 4, 5, 6, 1000)] == [
            30,
            60,
            120,
            240,
            480,
            900,
            900,
        ]

    def test_bulk_mail_is_sent_apart(self, mail):
        Mail.objects.update(is_bulk=True, next_try_at=timezone.now())
        assert deliver_due(is_bulk=False) == 0
        assert deliver_due(is_bulk=True) == 1

    def test_urgent_bulk_mail_is_sent_before_other_bulk_mail(self, db):
        with patch.object(sending, "deliver_bulk_mail"):
            for name, is_urgent in (("first", False), ("urgent", True), ("last", False)):
                sending.send_bulk_later([message(to=f"{name}@example.edu")], is_urgent=is_urgent)
        assert deliver_due(is_bulk=True) == 3
        assert [mail.to for mail in django_mail.outbox] == [
            ["urgent@example.edu"], ["first@example.edu"], ["last@example.edu"],
        ]  # fmt: skip

    def test_visitors_cannot_fill_the_database_with_mail(self, db, monkeypatch):
        monkeypatch.setattr(sending, "MOST_WAITING", 3)
        for _ in range(3):
            check_room()
            send_later(message())
        with pytest.raises(NoRoom, match="3 mails or more") as refusal:
            check_room()
        assert is_outage(refusal.value)
        send_later(message())  # what is about a change is kept, whatever waits

    def test_old_rows_are_deleted(self, mail):
        (failed,) = send_later(message())
        (waiting,) = send_later(message())
        now = timezone.now()
        Mail.objects.filter(pk=mail.pk).update(sent_at=now - timedelta(days=8))
        Mail.objects.filter(pk=failed.pk).update(given_up_at=now - timedelta(days=29))
        delete_old_mail()
        assert set(Mail.objects.all()) == {failed, waiting}
        Mail.objects.filter(pk=failed.pk).update(given_up_at=now - timedelta(days=31))
        delete_old_mail()
        assert set(Mail.objects.all()) == {waiting}


class TestOldOutbox:
    """Tasks of an older portal, which were in the broker when it was updated."""

    def test_its_message_is_sent_once(self, mailoutbox):
        old = {"subject": "Hello", "body": LINK, "from_email": "portal@example.edu", "to": [TO]}
        session_store("core").set("outbox:key", old, lifetime=timedelta(days=1))
        for _ in range(2):
            deliver_mail("key")
        assert [sent.body for sent in mailoutbox] == [LINK]

    def test_one_that_is_gone_is_reported(self, db):
        with capture_logs() as logs:
            deliver_mail("key")
        assert [line["event"] for line in logs] == ["mail_lost"]


class TestDoctor:
    def test_nothing_waits(self, db):
        assert MailCheck().round_trip() == "connected, nothing sent"

    def test_new_mail_is_no_problem(self, mail):
        assert MailCheck().round_trip() == "connected, nothing sent; 1 mails wait"

    def test_mail_that_waits_for_long(self, mail):
        Mail.objects.update(created_at=timezone.now() - timedelta(hours=3), error="the mail server answered 450")
        message = r"1 mails wait, the oldest for 3.hours, because the mail server answered"
        with translation.override("en"), pytest.raises(Degraded, match=message):
            MailCheck().round_trip()

    @pytest.mark.django_db(transaction=True)
    def test_mail_that_was_given_up(self):
        with server_that(refused(550)):
            send_later(message())
        output, _ = doctor("--json")
        (found,) = [result for result in json.loads(output) if result["service"] == "mail"]
        assert found["status"] == "degraded"
        assert "1 mails were given up" in found["detail"]
        assert "/admin/core_mail/mail/" in found["detail"]
        Mail.objects.update(given_up_at=timezone.now() - timedelta(days=8))
        assert MailCheck().round_trip()


class TestAdmin:
    PATH = "/admin/core_mail/mail/"

    @pytest.fixture
    def maintainer(self, make_person):
        return PortalClient().sign_in(make_person("chief", is_staff=True, is_superuser=True))

    @pytest.fixture
    def failed(self, mail):
        with server_that(refused(550)):
            deliver_mail(mail.pk)
        return mail

    def test_the_pages_show_no_text(self, maintainer, failed):
        for path in (self.PATH, f"{self.PATH}?state=failed", f"{self.PATH}{failed.pk}/change/"):
            page = maintainer.get(path).content.decode()
            assert TO in page
            assert "No such user" in page
            assert "secret" not in page
            assert failed.content not in page

    def test_try_again_sends_it(self, maintainer, failed, mailoutbox, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            maintainer.post(self.PATH, {"action": "try_again", "_selected_action": [failed.pk]})
        assert [sent.body for sent in mailoutbox] == [LINK]
        failed.refresh_from_db()
        assert failed.given_up_at is None
        assert failed.sent_at is not None

    def test_try_again_does_not_repeat_mail_that_was_sent(self, maintainer, mail, mailoutbox):
        deliver_mail(mail.pk)
        maintainer.post(self.PATH, {"action": "try_again", "_selected_action": [mail.pk]})
        assert len(mailoutbox) == 1

    def test_seeing_mail_does_not_allow_to_try_it_again(self, make_person, failed, mailoutbox):
        from django.contrib.auth.models import Permission

        clerk = make_person("clerk", is_staff=True)
        clerk.user_permissions.add(Permission.objects.get(codename="view_mail"))
        PortalClient().sign_in(clerk).post(self.PATH, {"action": "try_again", "_selected_action": [failed.pk]})
        assert list(mailoutbox) == []

    def test_only_what_was_given_up_is_deleted(self, maintainer, failed):
        (waiting,) = send_later(message())
        form = {"action": "delete_selected", "_selected_action": [failed.pk, waiting.pk], "post": "yes"}
        maintainer.post(self.PATH, form)
        assert Mail.objects.filter(pk=waiting.pk).exists()


@pytest.mark.django_db(transaction=True)
class TestSendTestMail:
    def run(self, *arguments):
        output = StringIO()
        call_command("send_test_mail", *arguments, stdout=output)
        return output.getvalue()

    def test_it_says_that_the_server_has_taken_the_mail(self):
        output = self.run(TO)
        assert f"The mail server has taken the mail to {TO}. Message-ID: {Mail.objects.get().message_id}" in output
        assert [sent.to for sent in django_mail.outbox] == [[TO]]

    def test_an_address_that_is_none(self):
        with pytest.raises(CommandError, match="'nobody' is no email address, such as"):
            self.run("nobody")

    def test_a_refusal_is_shown_and_leaves_nothing(self):
        with server_that(refused(550)), pytest.raises(CommandError, match="answered 550 No such user"):
            self.run(TO)
        assert not Mail.objects.exists()

    def test_without_a_mail_server(self, settings):
        settings.MAILERS = {"default": {"BACKEND": "core.mail.backends.UnconfiguredBackend"}}
        with pytest.raises(CommandError, match=r"set MAIL_URL in \.env"):
            self.run(TO)
        assert not Mail.objects.exists()

    def test_without_a_worker(self, allow_task_errors):
        with (
            patch.object(deliver_mail, "delay", side_effect=OperationalError("down")),
            pytest.raises(CommandError, match="No worker has sent the mail within 0 seconds"),
        ):
            self.run(TO, "--seconds", "0")
        assert not Mail.objects.exists()
