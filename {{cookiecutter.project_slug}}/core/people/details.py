"""Validate the details of roles against the JSON Schemas in `portal.yaml`, one per role.

https://json-schema.org/draft/2020-12. A role without a schema has no details.
"""

import json
import re
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator
from referencing import Registry

MAX_DETAILS = 4096  # characters, as JSON
MAX_PROBLEMS = 20
MAX_MESSAGE = 300  # characters
NO_DETAILS = {"type": "object", "maxProperties": 0}
NULL_CHARACTER = re.compile(r"(?<!\\)(\\\\)*\\u0000")  # in JSON


@cache
def validator(role: str) -> Draft202012Validator:
    # With an empty registry, a schema cannot refer to a schema that would have to be fetched.
    return Draft202012Validator(settings.PORTAL.roles[role].details or NO_DETAILS, registry=Registry())


def detail_schemas(role: str) -> dict[str, dict[str, Any]]:
    """Return detail → its JSON Schema, for the details that `portal.yaml` lists for this role."""
    properties = settings.PORTAL.roles[role].details.get("properties", {})
    return {name: schema if isinstance(schema, dict) else {} for name, schema in properties.items()}


def details_problems(role: str, details: Any) -> list[str]:
    """Return one sentence for each problem of `details`; an empty list if they are valid.

    For a role that is no longer in `portal.yaml`, everything that the database can store is valid.
    """
    try:
        text = json.dumps(details, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (TypeError, ValueError, RecursionError):
        return [_("Details must be valid JSON, without NaN, Infinity or lone surrogates.")]
    if len(text) > MAX_DETAILS:
        return [
            _("Details have %(number)s characters as JSON. At most %(most)s are allowed.")
            % {"number": len(text), "most": MAX_DETAILS}
        ]
    if NULL_CHARACTER.search(text):
        return [_("Details must not contain null characters, because PostgreSQL cannot store them.")]
    if role not in settings.PORTAL.roles:
        return []
    errors = sorted(validator(role).iter_errors(details), key=lambda error: [str(part) for part in error.path])
    return [
        ": ".join(filter(None, [".".join(map(str, error.path)), error.message[:MAX_MESSAGE]])) + "."
        for error in errors[:MAX_PROBLEMS]
    ]


def same_details(one: Any, other: Any) -> bool:
    """Return whether both are the same JSON. In Python, 1 == True; in JSON, they differ."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def directory_details(role: str, details: dict[str, Any]) -> dict[str, Any]:
    """Return the details that the directory shows: those that `portal.yaml` lists under `directory` for this role."""
    configured = settings.PORTAL.roles.get(role)
    return {name: details[name] for name in configured.directory if name in details} if configured else {}
