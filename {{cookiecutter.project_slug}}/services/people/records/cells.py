"""What stands in a cell: text that no spreadsheet takes for a formula, and details of whatever type."""

import json
import re
from typing import Any

from jsonschema import Draft202012Validator

# What spreadsheets read as the beginning of a formula or of a command, in half and full width.
# https://owasp.org/www-community/attacks/CSV_Injection
FORMULA = re.compile(r"'*(?:[=+\-@\t\r\n＝＋－＠]|\Z)")

TYPES = {"integer": "a whole number", "number": "a number", "boolean": "true or false", "null": "null"}


def escape_formula(text: str) -> str:
    """Put an apostrophe before text that a spreadsheet would compute. `unescape_formula` removes exactly that one.

    Text that already has apostrophes before such a beginning gets one more, so that none of its own is removed. Empty
    text becomes a lone apostrophe, because an empty cell means that there is no value.
    """
    return f"'{text}" if FORMULA.match(text) else text


def unescape_formula(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell


def types_of(schema: dict[str, Any]) -> list[str]:
    """The types that a JSON Schema names; of one that lists its values instead, `string` when all of them are text."""
    named = schema.get("type", [])
    if named:
        return [named] if isinstance(named, str) else list(named)
    values = schema.get("enum", [schema["const"]] if "const" in schema else [])
    return ["string"] if values and all(isinstance(value, str) for value in values) else []


def value_of(text: str, schema: dict[str, Any]) -> Any:
    """A detail from its cell: text as it stands, anything else as JSON. Raises ValueError that says what is allowed.

    Where text and something else are allowed, or the schema does not tell, what is JSON of an allowed type is that.
    """
    types = types_of(schema)
    if types == ["string"]:
        return text
    try:
        # Spreadsheets write TRUE.
        value = json.loads(text.lower() if text.lower() in {"true", "false"} and "boolean" in types else text)
        json.dumps(value, allow_nan=False)
    except (ValueError, RecursionError):
        value = text
    if not types or any(Draft202012Validator.TYPE_CHECKER.is_type(value, one) for one in types):
        return value
    if "string" in types:
        return text
    raise ValueError(" or ".join(TYPES.get(one, f"JSON of the type {one}") for one in types))


def text_of(value: Any, schema: dict[str, Any]) -> str:
    """The text from which `value_of` makes `value` again."""
    if isinstance(value, str):
        try:
            if value_of(value, schema) == value:
                return value
        except ValueError:
            pass  # it does not follow the schema any more, and whoever reads the list will be told
    return json.dumps(value, ensure_ascii=False)
