"""Opens a session for a person without their password: for tests, and for a maintainer who is locked out.

Such a session counts as one with a second factor (core/people/powers.py). This grants nothing new: who can run
this command can also read the database. The person sees the session in their list of sessions.
"""

import json
from argparse import ArgumentParser
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login
from django.core.management.base import BaseCommand, CommandError
from django.http import HttpRequest

from core.audit.events import Event
from core.audit.recording import record
from core.people.models import Person
from core.people.powers import SHELL
from core.sessions.store import SessionStore
from services.accounts.allauth_internals import record_authentication


class Command(BaseCommand):
    help = "Open a session on this process's site (SITE) for a person, and print its cookie as JSON."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="the username of the person")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.SITE is None:
            raise CommandError("This process serves no site. Set SITE=intranet or SITE=internet.")
        try:
            person = Person.objects.get_by_natural_key(options["username"])
        except Person.DoesNotExist:
            raise CommandError(f"There is no account with the username {options['username']}.") from None
        request = HttpRequest()
        request.session = SessionStore()
        login(request, person)
        record_authentication(request, person, SHELL)
        request.session.save()
        UserSession.objects.create(
            user=person, session_key=request.session.session_key, ip="127.0.0.1", user_agent="manage.py makesession"
        )
        record(Event.SESSION_MADE, person=person, command="makesession")
        self.stdout.write(json.dumps({"name": settings.SESSION_COOKIE_NAME, "value": request.session.token}))
