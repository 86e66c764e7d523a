"""The reference of the portal's own management commands, from their parsers."""

from argparse import Action, ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management import get_commands, load_command_class
from django.core.management.base import BaseCommand

from .errors import MissingDescription

LAYERS = ("core", "services")


class Recorder(ArgumentParser):
    """Keeps the arguments that a command adds to its parser."""

    def __init__(self) -> None:
        self.arguments: list[Action] = []
        super().__init__(add_help=False)

    def add_argument(self, *args: Any, **kwargs: Any) -> Action:
        action = super().add_argument(*args, **kwargs)
        self.arguments.append(action)
        return action


def commands(base_directory: Path) -> str:
    """Return a list of the commands with their arguments. Raises MissingDescription."""
    own = {name: str(app) for name, app in get_commands().items() if str(app).partition(".")[0] in LAYERS}
    return "\n".join(line for name, app in sorted(own.items()) for line in lines(name, app))


def lines(name: str, app: str) -> Iterator[str]:
    command = load_command_class(app, name)
    if changes_one_of_django(command, name):
        return
    if not command.help:
        raise MissingDescription(f"the command {name} of {app} has no help")
    parser: Any = Recorder()
    command.add_arguments(parser)
    yield f"- `python manage.py {' '.join([name, *map(usage, parser.arguments)])}`: {' '.join(command.help.split())}"
    for action in parser.arguments:
        if not action.help:
            raise MissingDescription(f"the command {name} does not describe {action.dest}")
        yield f"  - `{title(action)}`: {' '.join((action.help % vars(action)).split())}"


def changes_one_of_django(command: BaseCommand, name: str) -> bool:
    """Return whether the command is a subclass of a library's command of the same name, whose documentation has it."""
    return any(base.__module__.endswith(f".commands.{name}") for base in type(command).__bases__)


def title(action: Action) -> str:
    return ", ".join(action.option_strings) or str(action.metavar or action.dest)


def usage(action: Action) -> str:
    if not action.option_strings:
        return {"*": f"[{title(action)} ...]", "?": f"[{title(action)}]"}.get(str(action.nargs), title(action))
    value = "" if action.nargs == 0 else f" {action.metavar or action.dest.upper()}"
    option = f"{action.option_strings[-1]}{value}"
    return option if action.required else f"[{option}]"
