"""A generation needs no network, leaves no half portal, and prints the next commands."""

import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cookiecutter.exceptions import FailedHookException
from cookiecutter.main import cookiecutter

# Python imports sitecustomize before anything else, in the hooks too.
NO_NETWORK = """
import socket

def refuse(*arguments, **options):
    raise SystemExit("generation must not use a network")

socket.socket.connect = socket.socket.connect_ex = socket.socket.sendto = socket.getaddrinfo = refuse
"""


def test_a_portal_is_generated_without_a_network(
    cookiecutter_command: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path_factory: pytest.TempPathFactory,
    tmp_path: Path,
) -> None:
    directory = tmp_path_factory.mktemp("no-network")
    (directory / "sitecustomize.py").write_text(NO_NETWORK)
    environment = {"PYTHONPATH": str(directory)}
    blocked = subprocess.run(
        [sys.executable, "-c", "import socket; socket.create_connection(('127.0.0.1', 9))"],
        capture_output=True,
        check=False,
        env=environment,
        text=True,
    )
    assert "generation must not use a network" in blocked.stderr
    done = cookiecutter_command("--no-input", environment=environment)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "omniport" / ".env").exists()


def test_a_failing_last_step_leaves_no_half_portal(
    template: Path, cookiecutter_configuration: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "template"
    shutil.copytree(template, broken)
    (broken / "{{cookiecutter.project_slug}}" / ".env.example").unlink()
    output = tmp_path / "output"
    output.mkdir()
    with pytest.raises(FailedHookException):
        cookiecutter(str(broken), no_input=True, output_dir=str(output), config_file=str(cookiecutter_configuration))
    assert not list(output.iterdir())


def test_the_next_three_commands_are_printed(
    cookiecutter_command: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    done = cookiecutter_command("--no-input", "project_slug=campus", environment={"PWD": str(tmp_path.parent)})
    commands = [line.split("#")[0].strip() for line in done.stdout.splitlines() if line.startswith("  ")]
    assert commands == [f"cd {shlex.quote(tmp_path.name)}/campus", "make dev", "make maintainer"]
    assert (tmp_path.parent / shlex.split(commands[0])[1] / "portal.yaml").exists()


def test_a_portal_behind_a_proxy_is_told_to_name_it(
    cookiecutter_command: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    assert "set TRUSTED_PROXIES in .env" in cookiecutter_command("--no-input", "tls=none").stdout
    assert "TRUSTED_PROXIES" not in cookiecutter_command("--no-input", "project_slug=other").stdout


def test_no_secret_is_printed(
    cookiecutter_command: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    done = cookiecutter_command("--no-input", "--verbose")
    for line in (tmp_path / "omniport" / ".env").read_text().splitlines():
        name, _, value = line.partition("=")
        if name in {"SECRET_KEY", "ENCRYPTION_KEYS"} or name.endswith("_PASSWORD"):
            assert value not in done.stdout + done.stderr
