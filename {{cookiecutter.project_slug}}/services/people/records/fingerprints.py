"""The fingerprint of a plan: two plans with the same one write the same."""

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from .planning import Plan


def fingerprint(plan: Plan) -> str:
    digest = hashlib.sha256()
    for item in written(plan):
        digest.update(json.dumps(item, sort_keys=True, ensure_ascii=False).encode() + b"\n")
    return digest.hexdigest()


def written(plan: Plan) -> Iterator[list[Any]]:
    """Yield what the plan writes, as JSON. New people have no id yet, so a role names its person."""
    for person in (*plan.new_people, *plan.changed_people):
        yield [person.pk, person.username, person.email, person.display_name]
    for role in (*plan.new_roles, *(changed for changed, _ in plan.changed_roles)):
        period = [str(role.start), role.end and str(role.end)]
        yield [role.pk, role.person_id or role.person.username, role.name, *period, role.details]
