"""Sends a mail as all others are sent, and prints what became of it."""

import time
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from core.mail.models import Mail
from core.mail.sending import send_later

SECONDS = 60  # longer than the periodic task takes, which sends without the broker
LOOK_EVERY_SECONDS = 0.2


class Command(BaseCommand):
    help = "Send a test mail to an address, as the portal sends all mail, and print what became of it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="the email address to send to")
        parser.add_argument(
            "--seconds", type=int, default=SECONDS, help=f"how long to wait for the result, default {SECONDS}"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        address = options["address"]
        try:
            validate_email(address)
        except ValidationError:
            raise CommandError(f"{address!r} is no email address, such as asha@example.edu") from None
        name = settings.PORTAL.name
        (mail,) = send_later(
            EmailMessage(
                f"{settings.EMAIL_SUBJECT_PREFIX}Test",
                f"{name} can send mail: this one was sent by manage.py send_test_mail.\n",
                to=[address],
            )
        )
        self.stdout.write(f"Waiting for the worker, at most {options['seconds']} seconds ...")
        mail = wait_for_result(mail, options["seconds"])
        if mail.sent_at:
            self.stdout.write(f"The mail server has taken the mail to {address}. Message-ID: {mail.message_id}")
            return
        # A test that failed must not arrive days later, or show in doctor.
        Mail.objects.filter(pk=mail.pk, sent_at__isnull=True).delete()
        if mail.error:
            raise CommandError(f"The mail was not sent, and is not tried again: {mail.error}")
        raise CommandError(
            f"No worker has sent the mail within {options['seconds']} seconds, and it is not tried again. Run"
            " doctor: its rows worker, scheduler and message-broker say what is down."
        )


def wait_for_result(mail: Mail, seconds: float) -> Mail:
    """Return the row once it was sent or an attempt has failed, and as it is after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        mail.refresh_from_db()
        if mail.sent_at or mail.error or time.monotonic() > deadline:
            return mail
        time.sleep(LOOK_EVERY_SECONDS)
