"""What a message says: its parameters, its link and its key, checked before anything is written."""

import json
from collections.abc import Mapping
from typing import Any

from core.plugins.manifest import NotificationKind

MAX_PARAMETERS_BYTES = 4096
MAX_KEY_LENGTH = 200


def check_parameters(name: str, kind: NotificationKind, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a message of the kind called `name`, as JSON has them.

    Raises ValueError if one is missing or unknown, if the title or the body cannot show one, if they are not JSON, or
    if they are too long.
    """
    if not isinstance(parameters, Mapping):
        raise ValueError(f"The parameters of {name} are a mapping of names to values, not {parameters!r:.100}.")
    required = kind.all_parameters
    if missing := required - parameters.keys():
        raise ValueError(f"The kind {name} needs the parameters {listed(required)}. Missing: {listed(missing)}.")
    if unknown := parameters.keys() - required:
        raise ValueError(f"The kind {name} has the parameters {listed(required)}. Unknown: {listed(unknown)}.")
    for parameter in kind.shown_parameters:
        if not isinstance(value := parameters[parameter], str | int | float) or isinstance(value, bool):
            raise ValueError(f"{parameter} is part of the text of {name}: pass a text or a number, not {value!r:.100}.")
    try:
        encoded = json.dumps(parameters, ensure_ascii=False, allow_nan=False).encode()
    except (TypeError, ValueError) as error:  # a lone surrogate is a ValueError too
        raise ValueError(f"The parameters of {name} must be JSON: texts, numbers, lists. {error}") from error
    if b"\\u0000" in encoded:
        raise ValueError(f"The parameters of {name} must not contain the character NUL.")
    if len(encoded) > MAX_PARAMETERS_BYTES:
        raise ValueError(
            f"The parameters of {name} take {len(encoded)} bytes as JSON, and may take {MAX_PARAMETERS_BYTES}. "
            "Pass what the text shows, and link to the rest."
        )
    return json.loads(encoded)  # type: ignore[no-any-return]  # a dict, as above


def listed(names: frozenset[str] | set[str]) -> str:
    return ", ".join(sorted(map(str, names))) or "none"


def check_key(key: str) -> str:
    """Return `key`, a text that makes a repeated call one message, or nothing. Raises ValueError for a wrong one."""
    if not isinstance(key, str) or len(key) > MAX_KEY_LENGTH or "\0" in key:
        raise ValueError(
            f"A key is a text of at most {MAX_KEY_LENGTH} characters, such as str(poll.pk), not {key!r:.100}."
        )
    return key
