"""Mail is sent once. A message that cannot be sent any more is an error that operators see."""

import json
from unittest.mock import patch

import pytest
from celery.exceptions import Retry
from django.core.cache import caches
from django.core.mail import EmailMessage
from kombu.exceptions import OperationalError
from redis.exceptions import OutOfMemoryError
from structlog.testing import capture_logs

from core.health.checks import Degraded
from core.health.mail import MailCheck
from core.mail import outbox
from core.mail.outbox import MailLost, outbox_add, outbox_close, outbox_get, outbox_waiting
from core.mail.sending import send_later
from core.mail.tasks import deliver_mail
from core.stores.outage import is_outage

from .test_health import doctor

MESSAGE = {"subject": "Hello", "body": "A link", "from_email": "portal@example.edu", "to": ["asha@example.edu"]}


def lose_everything() -> None:
    caches["default"].delete_pattern("*")


def test_a_message_is_sent_and_no_longer_waits(mailoutbox):
    send_later(EmailMessage(**MESSAGE))
    assert [message.body for message in mailoutbox] == ["A link"]
    assert outbox_waiting() == 0


def test_a_task_that_runs_again_sends_nothing_and_reports_nothing(mailoutbox):
    key = outbox_add(MESSAGE)
    deliver_mail.delay(key)
    with capture_logs() as logs:
        deliver_mail.delay(key)
    assert len(mailoutbox) == 1
    assert [line for line in logs if line["log_level"] == "error"] == []
    assert MailCheck().round_trip() == "connected, nothing sent"


def test_a_lost_message_is_an_error_in_the_log_and_in_doctor(mailoutbox, allow_task_errors):
    key = outbox_add(MESSAGE)
    lose_everything()
    with capture_logs() as logs:
        result = deliver_mail.delay(key)
    assert isinstance(result.result, MailLost)
    (line,) = [line for line in logs if line["event"] == "mail_lost"]
    assert line["log_level"] == "error"
    assert "session store" in line["reason"]
    assert mailoutbox == []
    with pytest.raises(Degraded, match="1 messages were not sent") as degraded:
        MailCheck().round_trip()
    assert "mail_lost" in str(degraded.value)


@pytest.mark.django_db(transaction=True)
def test_doctor_prints_the_loss(allow_task_errors):
    for _ in range(2):
        deliver_mail.delay("no such key")
    output, _ = doctor("--json")
    (mail,) = [result for result in json.loads(output) if result["service"] == "mail"]
    assert mail["status"] == "degraded"
    assert "2 messages were not sent" in mail["detail"]
    assert "try again" in mail["detail"]


def test_a_message_that_no_attempt_could_send_is_a_loss(allow_task_errors):
    with patch.object(EmailMessage, "send", side_effect=OSError("connection refused")):
        deliver_mail.apply(args=(outbox_add(MESSAGE),), retries=deliver_mail.max_retries)
    with pytest.raises(Degraded, match="1 messages"):
        MailCheck().round_trip()


def test_a_message_that_waits_for_another_attempt_is_no_loss(allow_task_errors):
    key = outbox_add(MESSAGE)
    with (
        patch.object(EmailMessage, "send", side_effect=OSError("connection refused")),
        patch.object(deliver_mail, "retry", side_effect=Retry),
    ):
        deliver_mail.delay(key)
    assert outbox_get(key) == MESSAGE
    assert MailCheck().round_trip()


def test_a_message_that_the_broker_refused_is_neither_sent_nor_lost_later(mailoutbox):
    with (
        patch.object(deliver_mail, "delay", side_effect=OperationalError("down")) as delay,
        pytest.raises(OperationalError),
    ):
        send_later(EmailMessage(**MESSAGE))
    assert outbox_waiting() == 0
    deliver_mail.run(*delay.call_args.args)
    assert mailoutbox == []


def test_waiting_mail_cannot_fill_the_session_store(monkeypatch):
    monkeypatch.setattr(outbox, "MOST_WAITING", 3)
    monkeypatch.setattr("core.health.mail.MOST_WAITING", 3)
    keys = [outbox_add(MESSAGE) for _ in range(3)]
    with pytest.raises(OutOfMemoryError, match="3 messages wait") as refusal:
        outbox_add(MESSAGE)
    assert is_outage(refusal.value)
    with pytest.raises(Degraded, match="3 messages wait"):
        MailCheck().round_trip()
    outbox_close(keys[0])
    assert outbox_add(MESSAGE)
