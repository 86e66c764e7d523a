"""JSON as the API takes it: not too deep, and with text that can be kept and told again."""

import json
import re
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser as DRFJSONParser
from rest_framework.parsers import get_encoding
from rest_framework.utils.json import strict_constant

DEEPEST = 32  # lists and objects inside each other

# PostgreSQL keeps no NUL, and half of a surrogate pair has no bytes: neither could be answered with either.
SPOILED = re.compile("[\x00\ud800-\udfff]")


class JSONParser(DRFJSONParser):
    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            text = stream.read().decode(get_encoding(parser_context or {}))
        except ValueError as error:
            raise ParseError(f"JSON parse error - {error}") from error
        return read(text)


def read(text: str) -> Any:
    """What a JSON text says. Raises ParseError for one that says nothing, or what nobody can keep."""
    try:
        data = json.loads(text, parse_constant=strict_constant)
    except ValueError as error:
        raise ParseError(f"JSON parse error - {error}") from error
    except RecursionError:
        raise too_deep() from None
    # Only an escape can spoil a text, and only brackets go deep: most of what is sent need not be looked at.
    if "\\u" in text or text.count("[") + text.count("{") > DEEPEST:
        check(data)
    return data


def check(data: Any) -> None:
    pending = [(data, 1)]
    while pending:
        value, depth = pending.pop()
        if isinstance(value, str):
            if SPOILED.search(value):
                raise ParseError("JSON parse error - a text has a NUL or half of a surrogate pair: leave that out.")
        elif isinstance(value, list | dict):
            if depth > DEEPEST:
                raise too_deep()
            if isinstance(value, dict):
                pending.extend((name, depth) for name in value)
                value = value.values()
            pending.extend((inner, depth + 1) for inner in value)


def too_deep() -> ParseError:
    return ParseError(f"JSON parse error - more than {DEEPEST} lists and objects are inside each other.")
