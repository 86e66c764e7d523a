"""Reads the public functions and classes from their source files, without importing them."""

import ast
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .errors import UndefinedName

WIDTH = 100  # characters of a signature on one line

type Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Description:
    """What the reference says about a name: how to call it, and its docstring."""

    signature: str
    text: str


class Sources:
    """The modules of a portal's folder."""

    def __init__(self, base_directory: Path):
        self.base_directory = base_directory

    def describe(self, module: str, name: str) -> Description:
        """Describe a function, a class, or a method as `name.method`. Raises UndefinedName when there is none."""
        owner, _, method_name = name.partition(".")
        home, node = self.find(module, owner)
        if not method_name:
            call = self.call_of_class(node) if isinstance(node, ast.ClassDef) else signature(node)
            return Description(call, ast.get_docstring(node) or "")
        method = self.find_method(*self.class_of(home, node), method_name)
        if method is None:
            raise UndefinedName(f"{module} defines no {name}")
        return Description(call_of_method(method), ast.get_docstring(method) or "")

    def class_of(self, module: str, node: Definition) -> tuple[str, Definition]:
        """Return the class itself, or the one whose object a function returns."""
        if isinstance(node, ast.ClassDef):
            return module, node
        return self.find(module, node.returns.id if isinstance(node.returns, ast.Name) else "")

    def find(self, module: str, name: str) -> tuple[str, Definition]:
        """Return the definition of a name, and the module that has it, which may be another one."""
        tree = self.parse(module)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == name:
                return module, node
        for statement in ast.walk(tree):
            if isinstance(statement, ast.ImportFrom):
                for alias in statement.names:
                    if (alias.asname or alias.name) == name:
                        return self.find(self.absolute(module, statement), alias.name)
        raise UndefinedName(f"{module} defines no function or class {name}")

    def parse(self, module: str) -> ast.Module:
        if not (path := self.path(module)).is_file():
            raise UndefinedName(f"the portal has no module {module}")
        return ast.parse(path.read_text())

    def path(self, module: str) -> Path:
        folder = self.base_directory.joinpath(*module.split("."))
        return folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")

    def absolute(self, module: str, node: ast.ImportFrom) -> str:
        """Return the module of an import. A relative one counts from the package."""
        if not node.level:
            return node.module or ""
        parts = module.split(".")
        package = parts if self.path(module).name == "__init__.py" else parts[:-1]
        return ".".join([*package[: len(package) - node.level + 1], *filter(None, [node.module])])

    def find_method(self, module: str, node: Definition, name: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        """Return a method or property of a class, or of one of its base classes in the portal."""
        for method in node.body:
            if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) and method.name == name:
                return method
        for base in node.bases if isinstance(node, ast.ClassDef) else []:
            with suppress(UndefinedName):  # a class of a library
                if isinstance(base, ast.Name) and (found := self.find_method(*self.find(module, base.id), name)):
                    return found
        return None

    def call_of_class(self, node: ast.ClassDef) -> str:
        """Return how to create an object: by `__init__`, or by the fields of a dataclass."""
        for method in node.body:
            if isinstance(method, ast.FunctionDef) and method.name == "__init__":
                return call(node.name, list(parameters(method))[1:])
        if any("dataclass" in ast.unparse(decorator) for decorator in node.decorator_list):
            return call(node.name, [ast.unparse(one) for one in node.body if isinstance(one, ast.AnnAssign)])
        return f"class {node.name}({', '.join(map(ast.unparse, node.bases))})" if node.bases else f"class {node.name}"


def signature(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    prefix = "async " if isinstance(node, ast.AsyncFunctionDef) else ""
    suffix = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    decorators = "".join(
        f"@{text}\n" for text in map(ast.unparse, node.decorator_list) if text.endswith("contextmanager")
    )
    return decorators + call(f"{prefix}def {node.name}", list(parameters(node)), suffix)


def call_of_method(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    if any(ast.unparse(decorator).endswith("property") for decorator in node.decorator_list):
        return node.name
    return call(node.name, list(parameters(node))[1:])


def call(name: str, arguments: list[str], suffix: str = "") -> str:
    line = f"{name}({', '.join(arguments)}){suffix}"
    if len(line) <= WIDTH:
        return line
    return f"{name}(\n{''.join(f'    {one},\n' for one in arguments)}){suffix}"


def parameters(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    """Yield the parameters as they are written, with the signs `/` and `*` between them."""
    arguments = node.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(positional) - len(arguments.defaults)) + arguments.defaults
    for number, (one, default) in enumerate(zip(positional, defaults, strict=True), 1):
        yield parameter(one, default)
        if number == len(arguments.posonlyargs):
            yield "/"
    if arguments.vararg:
        yield f"*{ast.unparse(arguments.vararg)}"
    elif arguments.kwonlyargs:
        yield "*"
    for one, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        yield parameter(one, default)
    if arguments.kwarg:
        yield f"**{ast.unparse(arguments.kwarg)}"


def parameter(node: ast.arg, default: ast.expr | None) -> str:
    text = ast.unparse(node)
    if isinstance(node.annotation, ast.Constant):  # a type that the module imports for type checkers alone
        text = f"{node.arg}: {node.annotation.value!s}"
    if default is None:
        return text
    return f"{text} = {ast.unparse(default)}" if node.annotation else f"{text}={ast.unparse(default)}"
