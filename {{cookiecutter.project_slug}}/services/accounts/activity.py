"""Recent activity of a person's account, from the audit log."""

from django.db.models import Q, QuerySet

from core.audit.events import Event
from core.audit.models import AuditEntry
from core.people.models import Person

MOST = 10
EVENTS = (
    Event.SIGNED_IN,
    Event.SIGN_IN_FAILED,
    Event.SESSION_ENDED,
    Event.INSTITUTE_ACCOUNT_CONNECTED,
    Event.SECOND_FACTOR_ADDED,
    Event.SECOND_FACTOR_REMOVED,
    Event.SECOND_FACTOR_FAILED,
    Event.RECOVERY_CODES_MADE,
    Event.RECOVERY_CODE_USED,
    Event.PASSWORD_CHANGED,
    Event.PASSWORD_RESET,
    Event.EMAIL_CHANGED,
    Event.API_TOKEN_MADE,
    Event.API_TOKEN_REVOKED,
    Event.CLIENT_DISCONNECTED,
    Event.CLIENT_TOKENS_ENDED,
)

# Later sign-ins at the same site are too many for a short list. The list of connected sites has the last one of each.
FIRST_SIGN_IN_AT_A_SITE = Q(event=Event.CLIENT_SIGN_IN, details__first=True)


def recent_activity(person: Person) -> QuerySet[AuditEntry]:
    """Return the newest entries about the person's sign-ins, factors, password and email. One query, over an index."""
    entries = AuditEntry.objects.filter(person__iexact=person.username, person_id=person.pk)
    return entries.filter(Q(event__in=EVENTS) | FIRST_SIGN_IN_AT_A_SITE).order_by("-id")[:MOST]
