"""Convert between the values of details and the text of CSV cells, and escape formulas for spreadsheets."""

import json
import re
from typing import Any

from jsonschema import Draft202012Validator

# Spreadsheets run cells that begin with these characters, half-width or full-width, as formulas or commands.
# https://owasp.org/www-community/attacks/CSV_Injection
FORMULA = re.compile(r"'*(?:[=+\-@\t\r\n＝＋－＠]|\Z)")

TYPE_LABELS = {"integer": "a whole number", "number": "a number", "boolean": "true or false", "null": "null"}


def escape_formula(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would run as a formula. `unescape_formula` removes it.

    Text that already has apostrophes before a formula gets one more, so that none of its own is removed. Empty text
    becomes a lone apostrophe, because an empty cell means that there is no value.
    """
    return f"'{text}" if FORMULA.match(text) else text


def unescape_formula(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def schema_types(schema: dict[str, Any]) -> list[str]:
    """Return the types that a JSON Schema allows; an empty list if it does not say.

    A schema that lists its values instead of a type has the type `string` if all of them are text.
    """
    types = schema.get("type", [])
    if types:
        return [types] if isinstance(types, str) else list(types)
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    return ["string"] if values and all(isinstance(value, str) for value in values) else []


def parse_detail(text: str, schema: dict[str, Any]) -> Any:
    """Return the value of a detail from the text of its cell. Raises ValueError with the allowed types.

    Text stays as it is, and other types are JSON. If the schema allows text and other types, or any type, JSON of an
    allowed type is read as that type.
    """
    types = schema_types(schema)
    if types == ["string"]:
        return text
    try:
        # Spreadsheets write TRUE and FALSE.
        value = json.loads(text.lower() if text.lower() in {"true", "false"} and "boolean" in types else text)
        json.dumps(value, allow_nan=False)
    except (ValueError, RecursionError):
        value = text
    if not types or any(Draft202012Validator.TYPE_CHECKER.is_type(value, name) for name in types):
        return value
    if "string" in types:
        return text
    raise ValueError(" or ".join(TYPE_LABELS.get(name, f"JSON of the type {name}") for name in types))


def format_detail(value: Any, schema: dict[str, Any]) -> str:
    """Return the text of a detail, from which `parse_detail` returns the same value."""
    if isinstance(value, str):
        try:
            if parse_detail(value, schema) == value:
                return value
        except ValueError:
            pass  # the value no longer follows the schema, which the next import reports
    return json.dumps(value, ensure_ascii=False)
