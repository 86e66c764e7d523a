"""The reference of the keys of `manifest.yaml`, from its model."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from core.plugins.manifest import Manifest

from .errors import MissingDescription


def manifest_keys(base_directory: Path) -> str:
    """Return a table of the keys, with those of each part below it. Raises MissingDescription."""
    rows = ["| key | value | default |", "|---|---|---|"]
    return "\n".join([*rows, *keys(Manifest)])


def keys(model: type[BaseModel], parent: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        if not field.description:
            raise MissingDescription(f"{model.__name__}.{name} of a manifest has no description")
        key = f"{parent}{name}"
        yield f"| `{key}` | {field.description} | {default(field)} |"
        for part, suffix in parts(field.annotation):
            yield from keys(part, f"{key}{suffix}.")


def default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True, validated_data={})
    match value:
        case bool():
            return f"`{str(value).lower()}`"
        case BaseModel() | {} | [] | "":
            return ""
        case list():
            return f"`[{', '.join(value)}]`"
        case _:
            return f"`{value}`"


def parts(annotation: Any) -> Iterator[tuple[type[BaseModel], str]]:
    """Yield the models in a type, and how a key continues: `[]` in a list, `.<name>` in a mapping."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation, ""
        return
    origin: Any = getattr(annotation, "__origin__", None)
    suffix = {list: "[]", dict: ".<name>"}.get(origin, "")
    for argument in getattr(annotation, "__args__", ()):
        for model, rest in parts(argument):
            yield model, suffix + rest
