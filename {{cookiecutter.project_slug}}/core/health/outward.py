"""What the portal shows and sends: its mail, and the frontend that browsers load."""

import re
from pathlib import Path

from django.conf import settings
from django.core.mail import mailers

from core.mail import UnconfiguredBackend

from .checks import Check, Degraded


class MailCheck(Check):
    tier = 2
    service = "mail"
    technology = "SMTP"
    variable = "MAIL_URL"
    stand_in = "files in var/mail"
    in_readiness = False

    def ask(self) -> str:
        return self.prove()

    def prove(self) -> str:
        mailer = mailers.default
        if isinstance(mailer, UnconfiguredBackend):
            raise Degraded("no mail server: set MAIL_URL in .env, as .env.example shows")
        mailer.open()
        mailer.close()
        return "connected, nothing sent"


class FrontendCheck(Check):
    tier = 3
    service = "frontend"
    technology = "React"
    in_readiness = False

    def ask(self) -> str:
        return self.prove()

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
