"""Turns pydantic's errors into problems that name a file, a key, what was found and what is allowed."""

from collections.abc import Callable, Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from .problems import WHOLE_FILE, Problem, unknown_key
from .secret_text import describe_secret

LONGEST_FOUND = 120  # characters of a refused value that a message repeats


class Strict(BaseModel):
    """A part of a configuration file. It refuses unknown keys, and nothing can change it."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


def problems_of(
    error: ValidationError,
    model: type[BaseModel],
    where: Callable[[str], str],
    *,
    is_secret: Callable[[str], bool] = lambda key: False,
    spell: Callable[[str], str] = str,
) -> Iterator[Problem]:
    """Yield a problem for each of pydantic's errors.

    `where` returns the file of a key, `is_secret` whether messages must not show its value, and `spell` the key as its
    file has it.
    """
    for detail in error.errors(include_url=False):
        location = [spell(str(part)) for part in detail["loc"]] or [WHOLE_FILE]
        key = ".".join(location)
        if detail["type"] == "extra_forbidden":
            parent = ".".join(location[:-1])
            known = [spell(name) for name in fields_at(model, detail["loc"][:-1])]
            yield unknown_key(where(key), location[-1], known, f"{parent}." if parent else "")
            continue
        yield Problem(where(key), key, found(detail, is_secret=is_secret(key)), allowed(detail))


def fields_at(model: Any, location: tuple[int | str, ...]) -> list[str]:
    """Return the names of the fields that the model at `location` has."""
    for part in location:
        field = getattr(model, "model_fields", {}).get(part)
        annotation = field.annotation if field else None
        candidates = [annotation, *getattr(annotation, "__args__", ())]
        model = next((one for one in candidates if isinstance(one, type) and issubclass(one, BaseModel)), model)
    return list(model.model_fields)


def found(detail: Any, *, is_secret: bool) -> str:
    """Describe the refused value: a secret without its characters, any other value shortened."""
    if detail["type"] == "missing":
        return "nothing"
    value = detail["input"]
    if is_secret:
        return describe_secret(str(value))[:LONGEST_FOUND]
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= LONGEST_FOUND else text[:LONGEST_FOUND] + "…"


def allowed(detail: Any) -> str:
    """Describe the values that are allowed, for the author of the file."""
    context = detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return "a value: this key is required"
        case "literal_error" | "enum":
            return str(context["expected"]).replace("'", "")
        case "value_error":
            return str(context["error"])
        case "string_type":
            return "text (put quotes around text that looks like a number)"
        case "string_too_short" | "too_short":
            return f"at least {context['min_length']} characters"
        case "string_too_long":
            return f"at most {context['max_length']} characters"
        case "model_type" | "dict_type" | "model_attributes_type":
            return "a group of keys"
        case "list_type" | "tuple_type":
            return "a list"
        case _:
            message: str = detail["msg"]
            return message[0].lower() + message[1:]
