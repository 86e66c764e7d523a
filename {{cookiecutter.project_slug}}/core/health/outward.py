"""What the portal shows and sends: its mail, and the frontend that browsers load."""

import re
import secrets
from pathlib import Path

from django.conf import settings
from django.core.mail import mailers

from core.mail import UnconfiguredBackend, connect_to_mail_server
from core.stores.application_store import application_store

from .checks import Check, Degraded, wait_until
from .tasks import MAIL_WORKS, mail_key, try_mail

WORKER_SECONDS = 10


class MailCheck(Check):
    tier = 2
    service = "mail"
    technology = "SMTP"
    variable = "MAIL_URL"
    stand_in = "files in var/mail"
    in_readiness = False

    @property
    def stand_in_used(self) -> str:
        production = settings.CONFIGURATION.environment.is_production
        return "nothing" if self.is_embedded and production else super().stand_in_used

    def prove(self) -> str:
        if isinstance(mailers.default, UnconfiguredBackend):
            raise Degraded("no mail server: set MAIL_URL in .env, as .env.example shows")
        if settings.CONFIGURATION.environment.is_production:
            return self.ask_the_worker()
        connect_to_mail_server()
        return "connected, nothing sent"

    @staticmethod
    def ask_the_worker() -> str:
        """All mail leaves from the worker, and no other container has a way out: it tries, and leaves word."""
        token, store = secrets.token_hex(16), application_store("core")
        try_mail.apply_async([token], expires=WORKER_SECONDS)
        try:
            word = wait_until(lambda: store.take(mail_key(token)), seconds=WORKER_SECONDS)
        except TimeoutError:
            raise Degraded(f"the worker, which sends mail, said nothing within {WORKER_SECONDS} seconds") from None
        if word != MAIL_WORKS:
            raise Degraded(word)
        return "the worker connected, nothing sent"


class FrontendCheck(Check):
    tier = 3
    service = "frontend"
    technology = "React"
    in_readiness = False

    def prove(self) -> str:
        build: Path = settings.FRONTEND_BUILD
        try:
            page = (build / "index.html").read_text()
        except FileNotFoundError:
            raise Degraded("not built here: make frontend/build makes it, and make dev needs none") from None
        names = re.findall(r'(?:src|href)="?/static/frontend/([^"\s>]+)', page)
        if missing := [name for name in names if not (build / name).is_file()]:
            raise Degraded(f"the first page names files that are not there: {', '.join(missing)}")
        return f"built, with {len(names)} files on the first page"
