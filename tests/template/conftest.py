"""Fixtures of the template's tests: refusals, cookiecutter as people run it, and the hook's functions."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from cookiecutter.exceptions import FailedHookException
from cookiecutter.generate import generate_context
from cookiecutter.prompt import prompt_for_config


@pytest.fixture
def refusal(generate: Callable[..., Path], tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """`refusal(time_zone="Mars")` returns the message that refuses the answers. It fails when a file is left over."""

    def refusal(**answers: object) -> str:
        with pytest.raises(FailedHookException):
            generate(into=tmp_path, **answers)
        assert not list(tmp_path.iterdir())
        return capfd.readouterr().err.split("ERROR: Stopping generation")[0]

    return refusal


@pytest.fixture
def command_line(template: Path, cookiecutter_configuration: Path, tmp_path: Path) -> list[str]:
    """The command that generates a portal into `tmp_path`, without options and answers."""
    command = [sys.executable, "-m", "cookiecutter", "--config-file", str(cookiecutter_configuration)]
    return [*command, "--output-dir", str(tmp_path), str(template)]


@pytest.fixture
def cookiecutter_command(command_line: list[str]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`cookiecutter_command("--no-input", "project_slug=x")` runs cookiecutter, into `tmp_path`."""

    def run(
        *arguments: str, typed: str = "", environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command_line, *arguments],
            input=typed,
            capture_output=True,
            check=False,
            text=True,
            env=os.environ | (environment or {}),
        )

    return run


@pytest.fixture
def terminal(command_line: list[str]) -> Callable[..., str]:
    """`terminal("--no-input", "project_slug=x")` runs cookiecutter in a terminal and returns all that is printed."""

    def run(*arguments: str, environment: dict[str, str] | None = None) -> str:
        reading, writing = pty.openpty()
        inherited = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
        with subprocess.Popen(
            [*command_line, *arguments],
            stdin=writing,
            stdout=writing,
            stderr=writing,
            env=inherited | (environment or {}),
        ):
            os.close(writing)
            printed = b""
            try:
                while chunk := os.read(reading, 65536):
                    printed += chunk
            except OSError:  # Linux reports the end of a terminal as an error
                pass
        os.close(reading)
        return printed.decode().replace("\r\n", "\n")

    return run


@pytest.fixture(scope="session")
def default_answers(template: Path) -> Callable[..., dict[str, Any]]:
    """`default_answers(project_name="x")` returns what the hooks receive when the other answers are the defaults."""

    def answer(**answers: object) -> dict[str, Any]:
        context = generate_context(str(template / "cookiecutter.json"), extra_context=answers)
        return dict(prompt_for_config(context, no_input=True))

    return answer


@pytest.fixture(scope="session")
def rendered_hook(template: Path, default_answers: Callable[..., dict[str, Any]]) -> Callable[..., str]:
    """`rendered_hook("pre_gen_project.py", time_zone="Mars")` returns the hook's source with these answers in it."""

    def render(name: str, **answers: object) -> str:
        source = (template / "hooks" / name).read_text()
        return source.replace("{{ cookiecutter | tojson }}", json.dumps(default_answers() | answers))

    return render


@pytest.fixture(scope="session")
def checks(rendered_hook: Callable[..., str]) -> ModuleType:
    """hooks/pre_gen_project.py as a module, for tests with more answers than cookiecutter could generate in time."""
    module = ModuleType("pre_gen_project")
    exec(rendered_hook("pre_gen_project.py"), module.__dict__)
    return module
