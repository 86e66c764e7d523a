"""What the tests of the template share: refusals, and cookiecutter as people run it."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cookiecutter.exceptions import FailedHookException
from cookiecutter.generate import generate_context
from cookiecutter.prompt import prompt_for_config


@pytest.fixture
def refusal(generate: Callable[..., Path], tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """`refusal(time_zone="Mars")` is the message that refuses the answers; nothing may be left of the portal."""

    def refusal(**answers: object) -> str:
        with pytest.raises(FailedHookException):
            generate(into=tmp_path, **answers)
        assert not list(tmp_path.iterdir())
        return capfd.readouterr().err.split("ERROR: Stopping generation")[0]

    return refusal


@pytest.fixture
def cookiecutter_command(
    template: Path, cookiecutter_configuration: Path, tmp_path: Path
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`cookiecutter_command("--no-input", "project_slug=x")` runs the program itself, into `tmp_path`."""

    def run(
        *arguments: str, typed: str = "", environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "cookiecutter", "--config-file", str(cookiecutter_configuration)]
        return subprocess.run(
            [*command, "--output-dir", str(tmp_path), str(template), *arguments],
            input=typed,
            capture_output=True,
            check=False,
            text=True,
            env=os.environ | (environment or {}),
        )

    return run


@pytest.fixture(scope="session")
def default_answers(template: Path) -> Callable[..., dict[str, Any]]:
    """`default_answers(project_name="x")` is what hooks are told when all the rest is left at its default."""

    def answer(**answers: object) -> dict[str, Any]:
        context = generate_context(str(template / "cookiecutter.json"), extra_context=answers)
        return dict(prompt_for_config(context, no_input=True))

    return answer


@pytest.fixture(scope="session")
def checks(template: Path, default_answers: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """The functions of hooks/pre_gen_project.py, for what would take too long through cookiecutter."""
    source = (template / "hooks" / "pre_gen_project.py").read_text()
    functions: dict[str, Any] = {}
    exec(source.replace("{{ cookiecutter | tojson }}", json.dumps(default_answers())), functions)
    return functions
