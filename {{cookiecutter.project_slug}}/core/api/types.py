"""TypeScript declarations of what the API of a plugin sends and accepts, from the schema. Pages use them."""

import json
import re
from collections.abc import Iterator
from typing import Any

from core.configuration.prefixes import API

HEADER = "// Written by `python manage.py apitypes` from the schema of the API. Do not edit it: run that again.\n"
REFERENCE = "#/components/schemas/"
PRIMITIVES = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def declarations(schema: dict[str, Any], plugin: str) -> str:
    """Return the types that the paths below /api/<plugin>/ use, in alphabetical order."""
    components = schema["components"]["schemas"]
    # The names of enums depend on those of all other plugins, so the types contain their values.
    enums = {name: node for name, node in components.items() if "enum" in node}
    components = inline(components, enums)
    found: set[str] = set()
    waiting = [
        name
        for path, item in inline(schema["paths"], enums).items()
        if path.startswith(f"{API}{plugin}/")
        for name in references(item)
    ]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(references(components[name]))
    blocks = (f"export type {name} = {type_of(components[name])}\n" for name in sorted(found))
    return "\n".join([HEADER, *blocks])


def inline(node: Any, enums: dict[str, Any]) -> Any:
    """Return a part of the schema with the enums themselves in place of references to them."""
    if isinstance(node, list):
        return [inline(value, enums) for value in node]
    if not isinstance(node, dict):
        return node
    target = str(node.get("$ref", "")).removeprefix(REFERENCE)
    return enums[target] if target in enums else {key: inline(value, enums) for key, value in node.items()}


def references(node: Any) -> Iterator[str]:
    """Yield the names of the components that a part of the schema refers to."""
    if isinstance(node, dict):
        target = node.get("$ref")
        if isinstance(target, str) and target.startswith(REFERENCE):
            yield target.removeprefix(REFERENCE)
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def type_of(node: dict[str, Any], indent: str = "") -> str:
    """Return the TypeScript type of a part of the schema."""
    found = bare_type(node, indent)
    return f"{found} | null" if node.get("nullable") and not found.endswith("| null") else found


def bare_type(node: dict[str, Any], indent: str) -> str:
    if "$ref" in node:
        reference: str = node["$ref"]
        return reference.removeprefix(REFERENCE)
    for combination, sign in (("allOf", " & "), ("oneOf", " | "), ("anyOf", " | ")):
        if combination in node:
            return sign.join(dict.fromkeys(type_of(part, indent) for part in node[combination]))
    if "enum" in node:
        return " | ".join(dict.fromkeys(literal(value) for value in node["enum"]))
    if node.get("type") == "array":
        inner = type_of(node.get("items", {}), indent)
        return f"({inner})[]" if re.search(r" [|&] ", inner) else f"{inner}[]"
    if "properties" in node:
        return object_type(node, indent)
    if node.get("type") == "object":
        more = node.get("additionalProperties")
        return f"Record<string, {type_of(more, indent) if isinstance(more, dict) and more else 'any'}>"
    return PRIMITIVES.get(node.get("type", ""), "any")


def object_type(node: dict[str, Any], indent: str) -> str:
    deeper = f"{indent}  "
    required = node.get("required", [])
    lines = []
    for name, part in node["properties"].items():
        key = name if name.isidentifier() else literal(name)
        optional = "" if name in required else "?"
        lines.append(f"{deeper}{key}{optional}: {type_of(part, deeper)}\n")
    return f"{{\n{''.join(lines)}{indent}}}"


def literal(value: Any) -> str:
    """Return a value as the project's JavaScript writes it, with single quotes."""
    if isinstance(value, str):
        return "'" + json.dumps(value, ensure_ascii=False)[1:-1].replace('\\"', '"').replace("'", "\\'") + "'"
    return json.dumps(value)
