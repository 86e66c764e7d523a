"""Makes a maintainer, or lets one in who is locked out: with a link that sets a password, once."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, no_translations

from core.people.maintainers import maintainer_make
from core.people.models import Person, clean_email
from core.people.sign_in.links import password_link

USAGE = 'python manage.py makemaintainer NAME --email ADDRESS [--name "Display Name"]'

INVITATION = """
Within {hours:g} hours, {person} sets a password here, once:

    {link}

Whoever has the link can do so. When it is too late, or was somebody else, run this again."""


class Command(BaseCommand):
    help = "Make somebody a maintainer, with the role, and print a link with which they set a password, once."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", nargs="?", help="the sign-in name; asked for when it is left out")
        parser.add_argument("--email", help="their e-mail address; asked for when they are new")
        parser.add_argument("--name", help="their display name")
        parser.add_argument("--port", type=int, default=8000, help="of the development server, for the link (8000)")

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        given = self.complete(options)
        try:
            person, done = maintainer_make(**given, why="makemaintainer")
        except ValidationError as error:
            lines = [f"{field}: {' '.join(messages)}" for field, messages in error.message_dict.items()]
            raise CommandError("\n".join(["Nothing was made:", *lines])) from None
        self.stdout.write("\n".join(done or [f"{person.username} is a maintainer already."]))
        link = password_link(person, self.origin(options["port"]))
        self.stdout.write(INVITATION.format(hours=settings.PASSWORD_RESET_TIMEOUT / 3600, person=person, link=link))

    def origin(self, port: int) -> str:
        """The intranet site's, whichever site this process serves: /admin/ is there."""
        if settings.CONFIGURATION.environment.is_production:
            return str(settings.SITE_ORIGINS["intranet"])
        return f"http://127.0.0.1:{port}"

    def complete(self, options: dict[str, Any]) -> dict[str, str | None]:
        """What is needed: from the options, and what these lack from whoever sits at the terminal."""
        username, email, name = options["username"], options["email"], options["name"]
        if username is None:
            username = self.ask("Sign-in name", "username")
        if not Person.objects.filter(username__iexact=Person.normalize_username(username)).exists():
            is_asked = email is None
            if email is None:
                email = self.ask("E-mail address", "email")
            if name is None and is_asked:
                name = self.ask("Display name (may stay empty)", "display_name", required=False)
        return {"username": username, "email": email, "display_name": name}

    def ask(self, question: str, field: str, *, required: bool = True) -> str:
        """An answer that may be, asked for until it is."""
        if not sys.stdin.isatty():
            raise CommandError(f"There is no terminal to ask at. Say who: {USAGE}")
        while True:
            try:
                answer = input(f"{question}: ").strip()
            except (EOFError, KeyboardInterrupt):
                raise CommandError("Nothing was made.") from None
            if field == "email":
                answer = clean_email(answer)
            if not answer and required:
                continue
            try:
                Person._meta.get_field(field).run_validators(answer)
            except ValidationError as error:
                self.stderr.write(" ".join(error.messages))
            else:
                return answer
