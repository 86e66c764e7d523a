"""Parses the JSON of requests: nested only so deep, and with text that the database can store."""

import json
import re
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser as DRFJSONParser
from rest_framework.parsers import get_encoding  # type: ignore[attr-defined]  # the stubs do not know it
from rest_framework.utils.json import strict_constant

MAX_DEPTH = 32  # arrays and objects inside each other

# PostgreSQL cannot store a null character, and half a surrogate pair cannot be encoded.
INVALID_CHARACTER = re.compile("[\x00\ud800-\udfff]")


class JSONParser(DRFJSONParser):
    """DRF's parser, with the checks of `parse_json`."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        try:
            text = stream.read().decode(get_encoding(parser_context or {}))
        except ValueError as error:
            raise ParseError(_("The request is not valid JSON: %(problem)s") % {"problem": error}) from error
        return parse_json(text)


def parse_json(text: str) -> Any:
    """Return the data in a JSON text. Raises ParseError when it is invalid, nested too deep or cannot be stored."""
    try:
        data = json.loads(text, parse_constant=strict_constant)
    except ValueError as error:
        raise ParseError(_("The request is not valid JSON: %(problem)s") % {"problem": error}) from error
    except RecursionError:
        raise depth_error() from None
    # Only an escape can produce an invalid character, and only brackets nest: most requests need no check.
    if "\\u" in text or text.count("[") + text.count("{") > MAX_DEPTH:
        check_data(data)
    return data


def check_data(data: Any) -> None:
    """Raise ParseError when `data` is nested too deep or contains text that cannot be stored."""
    pending = [(data, 1)]
    while pending:
        value, depth = pending.pop()
        if isinstance(value, str):
            if INVALID_CHARACTER.search(value):
                raise ParseError(_("The JSON contains a null character or half a surrogate pair."))
        elif isinstance(value, list | dict):
            if depth > MAX_DEPTH:
                raise depth_error()
            if isinstance(value, dict):
                pending.extend((name, depth) for name in value)
                value = value.values()
            pending.extend((inner, depth + 1) for inner in value)


def depth_error() -> ParseError:
    return ParseError(_("The JSON has more than %(most)s arrays and objects inside each other.") % {"most": MAX_DEPTH})
