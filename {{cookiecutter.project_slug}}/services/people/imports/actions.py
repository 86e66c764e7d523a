"""Start the steps of an import. Each hands work to the worker, and raises the broker's error if nobody takes it."""

from collections.abc import Callable

from django.db import transaction

from core.audit.events import Event
from core.audit.recording import record
from core.people.models import Person
from services.people.imports.tasks import apply_import, check_import
from services.people.models import PeopleImport, State

LARGEST_FILE = 5 * 1024 * 1024  # bytes, about 60,000 rows; the command takes larger files
UNFINISHED = [State.INVALID, State.READY, State.CHANGED, State.FAILED, State.CHECKING]


class WrongState(Exception):
    """This step does not follow the state in which the import is."""


def import_start(*, name: str, content: bytes, updates: bool, by: Person) -> PeopleImport:
    """Keep a file and let the worker check it. It takes the place of the person's unfinished imports."""
    PeopleImport.objects.filter(by=by, state__in=UNFINISHED).delete()
    longest = PeopleImport._meta.get_field("name").max_length or 0
    started = PeopleImport.objects.create(name=name[:longest], content=content, updates=updates, by=by)
    return hand_over(started, check_import.delay, after=None)


def import_check_again(started: PeopleImport) -> PeopleImport:
    """Check the file once more: the portal changed, or the worker did not finish. Raises WrongState."""
    before = move(started, to=State.CHECKING, of=[State.CHANGED, State.FAILED, State.CHECKING])
    return hand_over(started, check_import.delay, after=before)


def import_confirm(started: PeopleImport, *, by: Person) -> PeopleImport:
    """Let the worker write what the check found. Raises WrongState unless that was checked and is not confirmed."""
    with transaction.atomic():
        before = move(started, to=State.IMPORTING, of=[State.READY, State.IMPORTING])
        record(Event.PEOPLE_IMPORT_CONFIRMED, by=by, file=started.name, **started.summary.get("people", {}))
    return hand_over(started, apply_import.delay, after=before)


def move(started: PeopleImport, *, to: State, of: list[State]) -> State:
    """Change the state in one statement, so that of two requests one succeeds. Return the state before."""
    before = State(started.state)
    if before not in of or not PeopleImport.objects.filter(pk=started.pk, state=before).update(state=to):
        raise WrongState
    return before


def hand_over(started: PeopleImport, send: Callable[[int], object], *, after: State | None) -> PeopleImport:
    """Send the task. If the broker takes none, undo the step: return to the state `after`, or delete a new import."""
    try:
        send(started.pk)
    except Exception:
        if after is None:
            started.delete()
        else:
            PeopleImport.objects.filter(pk=started.pk).update(state=after)
        raise
    started.refresh_from_db()
    return started
