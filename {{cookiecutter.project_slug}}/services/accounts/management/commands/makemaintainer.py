"""Makes a maintainer, or gives one who is locked out access again: with a link that sets a password once."""

import sys
from argparse import ArgumentParser
from typing import Any, cast

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, no_translations
from django.db.models import Field

from core.people.models import Person, clean_email
from services.accounts.maintainers import maintainer_make
from services.accounts.sign_in.links import maintainer_link

USAGE = 'python manage.py makemaintainer USERNAME --email EMAIL [--name "Display Name"]'

INVITATION = """
{person} can set a password with this link, once, in the next {hours:g} hours:

    {link}

In the same browser, they can then set up a second factor, which /admin/ requires in production.
Keep the link secret: it gives access to the account. For another link, run this command again."""


class Command(BaseCommand):
    help = "Make a person a maintainer, and print a link with which they set their password once."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", nargs="?", help="their username; asked for if you leave it out")
        parser.add_argument("--email", help="their email address; asked for if they have no account")
        parser.add_argument("--name", help="their display name")
        parser.add_argument("--port", type=int, default=8000, help="the development server's port, for the link (8000)")

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        values = self.complete(options)
        try:
            person, done = maintainer_make(**values, why="makemaintainer")
        except ValidationError as error:
            lines = [f"{field}: {' '.join(messages)}" for field, messages in error.message_dict.items()]
            raise CommandError("\n".join(["Nothing was changed:", *lines])) from None
        self.stdout.write("\n".join(done or [f"{person.username} is already a maintainer."]))
        link = maintainer_link(person, self.origin(options["port"]))
        self.stdout.write(INVITATION.format(hours=settings.PASSWORD_RESET_TIMEOUT / 3600, person=person, link=link))

    def origin(self, port: int) -> str:
        """Return the origin of the intranet site, which has /admin/, whatever site this process serves."""
        if settings.CONFIGURATION.environment.is_production:
            return str(settings.SITE_ORIGINS["intranet"])
        return f"http://127.0.0.1:{port}"

    def complete(self, options: dict[str, Any]) -> dict[str, Any]:
        """Return the values from the options, and ask at the terminal for those that are missing."""
        username, email, name = options["username"], options["email"], options["name"]
        if username is None:
            username = self.prompt("Username", "username")
        if not Person.objects.filter(username__iexact=Person.normalize_username(username)).exists():
            prompt_for_name = email is None and name is None
            if email is None:
                email = self.prompt("Email address", "email")
            if prompt_for_name:
                name = self.prompt("Display name (optional)", "display_name", required=False)
        return {"username": username, "email": email, "display_name": name}

    def prompt(self, question: str, field: str, *, required: bool = True) -> str:
        """Ask until the answer is valid for this field of Person."""
        if not sys.stdin.isatty():
            raise CommandError(f"There is no terminal to ask at. Give the values as arguments: {USAGE}")
        while True:
            try:
                answer = input(f"{question}: ").strip()
            except (EOFError, KeyboardInterrupt):
                raise CommandError("Nothing was changed.") from None
            if field == "email":
                answer = clean_email(answer)
            if not answer and required:
                continue
            try:
                cast("Field[Any, Any]", Person._meta.get_field(field)).run_validators(answer)
            except ValidationError as error:
                self.stderr.write(" ".join(error.messages))
            else:
                return answer
