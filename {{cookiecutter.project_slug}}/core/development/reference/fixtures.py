"""The reference of the fixtures that tests of apps get."""

import ast
from pathlib import Path

from .errors import MissingDescription

MODULE = "core/testing/fixtures.py"


def fixtures(base_directory: Path) -> str:
    """Return a table of the fixtures that a test names. Raises MissingDescription."""
    rows = ["| fixture | what it does |", "|---|---|"]
    for node in ast.parse((base_directory / MODULE).read_text()).body:
        if isinstance(node, ast.FunctionDef) and any(map(is_named_fixture, node.decorator_list)):
            if not (text := ast.get_docstring(node)):
                raise MissingDescription(f"{MODULE}: {node.name} has no docstring")
            rows.append(f"| `{node.name}` | {' '.join(text.split())} |")
    return "\n".join(rows)


def is_named_fixture(decorator: ast.expr) -> bool:
    """Return whether it is `@pytest.fixture`. With arguments, pytest uses the fixture by itself."""
    return ast.unparse(decorator) == "pytest.fixture"
