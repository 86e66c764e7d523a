"""Ending a person's sessions: some from the list of them, or all, and then their API tokens as well."""

from collections.abc import Iterable

from allauth.core import context
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession

from core.audit.events import Event
from core.audit.recording import record
from core.http.clients import UNKNOWN, UNKNOWN_IP
from core.people.models import Person
from core.tokens.actions import tokens_revoke
from services.single_sign_on.connections import delete_all_tokens


class SessionsAdapter(DefaultUserSessionsAdapter):  # type: ignore[misc]  # allauth has no types
    def end_sessions(self, sessions: Iterable[UserSession]) -> None:
        """End these sessions, and record each with its IP address."""
        for session in sessions:
            session.end()
            ip_address = UNKNOWN if session.ip == UNKNOWN_IP else session.ip
            record(Event.SESSION_ENDED, person=session.user, by=context.request.user, session_ip_address=ip_address)


def end_all_sessions(person: Person) -> int:
    """End the person's sessions in all browsers, and return how many there were.

    Their API tokens end as well, and the tokens that the institute's other sites have. The caller records it.
    """
    sessions = list(UserSession.objects.filter(user=person))
    for session in sessions:
        session.end()
    tokens_revoke(person)
    delete_all_tokens(person)
    return len(sessions)
