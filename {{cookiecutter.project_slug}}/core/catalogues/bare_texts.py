"""Find texts in Python that people read and that nothing marks for translation.

These places are checked: errors that an API or a form raises, the labels of models, choices and forms, and the titles
and messages of the admin. A text that reaches a person in another way is not found.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from .extraction import IGNORED
from .places import owners

WORD = re.compile(r"[^\W\d_]{2}")

# The exceptions whose texts the API and forms show.
ERRORS = {
    "APIException",
    "AuthenticationFailed",
    "NotAuthenticated",
    "NotFound",
    "ParseError",
    "PermissionDenied",
    "ValidationError",
}
RELATIONS = {"ForeignKey", "ManyToManyField", "OneToOneField"}
# Arguments with a text, by the last name of what is called, or by the module of it: `models.CharField`, `admin.action`.
ARGUMENTS = {
    "action": {"description"},
    "display": {"description"},
    "models": {"help_text", "verbose_name"},
    "forms": {"help_text", "label"},
    **{error: {"detail", "message"} for error in ERRORS},
}
# Attributes of classes with a text: of errors, permissions, models, and of the admin.
ATTRIBUTES = {
    "default_detail",
    "message",
    "search_help_text",
    "verbose_name",
    "verbose_name_plural",
}
TITLED = {"SimpleListFilter"}
CHOICES = {"IntegerChoices", "TextChoices"}
MESSAGES = {"debug", "error", "info", "message_user", "success", "warning"}


def bare_texts(base_directory: Path) -> Iterator[tuple[str, int, str]]:
    """Yield the file, the line and the text of each bare text. Apps without a folder `locale` are left out."""
    for owner in owners(base_directory):
        if not owner.is_portal:
            for path in python_files(owner.directory):
                for text in texts_in(ast.parse(path.read_bytes())):
                    yield owner.label(path), text.lineno, ast.unparse(text)


def python_files(directory: Path) -> Iterator[Path]:
    for path in sorted(directory.iterdir()):
        if path.is_dir():
            if path.name not in IGNORED | {"management", "testing"}:
                yield from python_files(path)
        elif path.suffix == ".py":
            yield path


def texts_in(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield the expressions with a text that is not marked."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            places = places_of_call(node)
        elif isinstance(node, ast.ClassDef):
            places = places_of_class(node)
        else:
            continue
        for place in places:
            yield from literals(place)


def places_of_call(call: ast.Call) -> Iterator[ast.expr]:
    """Yield the arguments that people read."""
    name, module = names_of(call.func)
    wanted = ARGUMENTS.get(name) or ARGUMENTS.get(module) or set()
    yield from (keyword.value for keyword in call.keywords if keyword.arg in wanted)
    if name in ERRORS or (module == "models" and name.endswith("Field") and name not in RELATIONS):
        yield from call.args[:1]
    elif name in MESSAGES and (module == "messages" or name == "message_user"):
        yield from call.args[1:2]


def places_of_class(definition: ast.ClassDef) -> Iterator[ast.expr]:
    """Yield the values of attributes that people read."""
    bases = {names_of(base)[0] for base in definition.bases}
    attributes = ATTRIBUTES | ({"title"} if bases & TITLED else set())
    for statement in definition.body:
        if not isinstance(statement, ast.Assign) or not isinstance(statement.targets[0], ast.Name):
            continue
        name, value = statement.targets[0].id, statement.value
        if name in attributes:
            yield value
        elif bases & CHOICES and isinstance(value, ast.Tuple):
            yield value.elts[-1]
        elif name in {"fieldsets", "add_fieldsets"} and isinstance(value, ast.List | ast.Tuple):
            yield from (entry.elts[0] for entry in value.elts if isinstance(entry, ast.Tuple))


def names_of(function: ast.expr) -> tuple[str, str]:
    """Return the last name of `models.CharField`, and the name before it; empty strings where there is none."""
    match function:
        case ast.Name(id=name):
            return name, ""
        case ast.Attribute(value=ast.Name(id=module), attr=name):
            return name, module
        case ast.Attribute(attr=name):
            return name, ""
        case ast.Subscript(value=value):
            return names_of(value)
    return "", ""


def literals(value: ast.expr) -> Iterator[ast.expr]:
    """Yield the strings with words that `value` is made of. What a function returns is not looked at."""
    match value:
        case ast.Constant(value=str(text)) if WORD.search(text):
            yield value
        case ast.JoinedStr(values=parts):
            if any(isinstance(part, ast.Constant) and WORD.search(str(part.value)) for part in parts):
                yield value
        case ast.Dict(values=values) | ast.List(elts=values) | ast.Tuple(elts=values):
            for part in values:
                yield from literals(part)
        case ast.BinOp(left=left, right=right):
            yield from literals(left)
            if isinstance(value.op, ast.Add):
                yield from literals(right)
        case ast.IfExp(body=body, orelse=orelse):
            yield from literals(body)
            yield from literals(orelse)
