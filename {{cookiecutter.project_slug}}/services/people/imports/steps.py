"""What the worker does with a file: check it, and write what was confirmed. Both may run again."""

from dataclasses import asdict
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone

from services.people.models import PeopleImport, State
from services.people.records.fingerprints import fingerprint
from services.people.records.importing import import_records, plan_records
from services.people.records.planning import Plan
from services.people.records.problems import InvalidRecords

from .progress import Progress

logger = structlog.get_logger(__name__)

MOST_PROBLEMS = 5000
MOST_EXAMPLES = 100
UPDATE_ADVICE = 'choose "Also change people who exist already"'


class PlanChanged(Exception):
    """The file would write something else than at its check."""


def check(pk: int) -> None:
    """Find out what the file would change, or what is wrong with it. Writes only the row of the import."""
    found = PeopleImport.objects.select_related("by").filter(pk=pk, state=State.CHECKING).first()
    if found is None:
        return
    result: dict[str, Any]
    try:
        plan = plan_records(
            bytes(found.content),
            update=found.updates,
            by=found.by,
            update_advice=UPDATE_ADVICE,
            track=Progress(pk).track,
        )
        result = {"state": State.READY, "rows": plan.rows, "summary": summarize(plan), "fingerprint": fingerprint(plan)}
    except InvalidRecords as invalid:
        result = {"state": State.INVALID, "rows": invalid.rows, **describe_problems(invalid)}
    except Exception:
        logger.exception("import_check_failed", people_import=pk)
        result = {"state": State.FAILED}
    PeopleImport.objects.filter(pk=pk, state=State.CHECKING).update(**result)


def apply(pk: int) -> None:
    """Write what the check found, in one transaction with the state of the import: all of it once, or nothing."""
    try:
        with transaction.atomic():
            waiting = PeopleImport.objects.select_related("by").select_for_update(of=("self",))
            found = waiting.filter(pk=pk, state=State.IMPORTING).first()
            if found is None:
                return

            def confirm(plan: Plan) -> None:
                if fingerprint(plan) != found.fingerprint:
                    raise PlanChanged

            import_records(
                bytes(found.content),
                name=found.name,
                update=found.updates,
                by=found.by,
                confirm=confirm,
                track=Progress(pk).track,
            )
            found.state, found.content, found.finished_at = State.DONE, b"", timezone.now()
            found.save(update_fields=["state", "content", "finished_at"])
    except (PlanChanged, InvalidRecords, IntegrityError):
        PeopleImport.objects.filter(pk=pk, state=State.IMPORTING).update(state=State.CHANGED)
    except Exception:
        logger.exception("import_failed", people_import=pk)
        PeopleImport.objects.filter(pk=pk, state=State.IMPORTING).update(state=State.FAILED)


def describe_problems(invalid: InvalidRecords) -> dict[str, Any]:
    rows = [[one.line, one.column, one.found, one.allowed] for one in invalid.problems[:MOST_PROBLEMS]]
    return {"problems": rows, "problem_count": len(invalid.problems)}


def summarize(plan: Plan) -> dict[str, Any]:
    """Return the numbers of a plan, and the first of each kind of change."""
    return {
        "people": {
            "new": len(plan.new_people),
            "changed": len(plan.changed_people),
            "unchanged": plan.unchanged_people,
        },
        "roles": {
            "new": len(plan.new_roles),
            "changed": len(plan.changed_roles),
            "unchanged": plan.unchanged_roles,
        },
        "new_people": [
            {"username": one.username, "display_name": one.display_name, "email": one.email}
            for one in plan.new_people[:MOST_EXAMPLES]
        ],
        "differences": [asdict(one) for one in plan.differences[:MOST_EXAMPLES]],
        "difference_count": len(plan.differences),
    }
