"""What a role's details may hold: the JSON Schema that `portal.yaml` has for that role.

https://json-schema.org/draft/2020-12. A role without a schema has no details.
"""

import json
import re
from functools import cache
from typing import Any

from django.conf import settings
from jsonschema import Draft202012Validator
from referencing import Registry

LARGEST_DETAILS = 4096  # characters, written as JSON
NO_DETAILS = {"type": "object", "maxProperties": 0}
NULL_CHARACTER = re.compile(r"(?<!\\)(\\\\)*\\u0000")  # as JSON writes it


@cache
def validator(role: str) -> Draft202012Validator:
    # The empty registry keeps a schema from naming one that would have to be fetched.
    return Draft202012Validator(settings.PORTAL.roles[role].details or NO_DETAILS, registry=Registry())


def detail_schemas(role: str) -> dict[str, dict[str, Any]]:
    """Detail → its JSON Schema, of those that `portal.yaml` names for this role."""
    properties = settings.PORTAL.roles[role].details.get("properties", {})
    return {name: schema if isinstance(schema, dict) else {} for name, schema in properties.items()}


def details_problems(role: str, details: Any) -> list[str]:
    """What is wrong with `details` for this role, a sentence each; nothing when all is well.

    Of a role that has gone from `portal.yaml`, whatever the database can hold is well.
    """
    try:
        text = json.dumps(details, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (TypeError, ValueError, RecursionError):
        return ["Details are JSON, of whole characters and of numbers that are some."]
    if len(text) > LARGEST_DETAILS:
        return [f"At most {LARGEST_DETAILS} characters fit into the details of a role."]
    if NULL_CHARACTER.search(text):
        return ["Details hold no null character: PostgreSQL has no place for it."]
    if role not in settings.PORTAL.roles:
        return []
    found = sorted(validator(role).iter_errors(details), key=lambda error: [str(part) for part in error.path])
    return [
        ": ".join(filter(None, [".".join(map(str, error.path)), error.message[:300]])) + "." for error in found[:20]
    ]


def same_details(one: Any, other: Any) -> bool:
    """Whether both are the same JSON: to Python, 1 and true are equal."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def directory_details(role: str, details: dict[str, Any]) -> dict[str, Any]:
    """Of a role's details those that the directory shows: the ones that `portal.yaml` names under `directory`."""
    known = settings.PORTAL.roles.get(role)
    return {name: details[name] for name in known.directory if name in details} if known else {}
