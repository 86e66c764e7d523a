"""run_uv.py: uv uses the package index, certificates and proxy that pip is configured for."""

import subprocess
from pathlib import Path

import pytest

from tests.tooling.machines import SCRIPTS, Machine

RUN_UV = SCRIPTS / "run_uv.py"


@pytest.fixture(scope="session")
def environment_with_pip(tmp_path_factory: pytest.TempPathFactory, python: Path) -> Path:
    """A Python environment with pip, and a uv that prints its arguments and its variables."""
    folder = tmp_path_factory.mktemp("environments") / "environment"
    subprocess.run([python, "-m", "venv", folder], check=True)
    (folder / "bin/uv").write_text('#!/bin/sh\necho "arguments=$*"\nexec env\n')
    (folder / "bin/uv").chmod(0o755)
    return folder


def run(machine: Machine, environment: Path, *arguments: str, **variables: str) -> dict[str, str]:
    """Return what uv saw: its variables by name, and its `arguments`."""
    configuration = machine.home / "pip.conf"  # PIP_CONFIG_FILE=/dev/null: the files of the real machine are not read
    variables = {"PIP_CONFIG_FILE": str(configuration if configuration.exists() else "/dev/null"), **variables}
    answer = machine.run(environment / "bin/python", RUN_UV, *(arguments or ["pip", "sync"]), **variables)
    assert answer.returncode == 0, answer.stderr
    return dict(line.partition("=")[::2] for line in answer.stdout.splitlines())


def configure(machine: Machine, text: str) -> None:
    (machine.home / "pip.conf").write_text(text)


def test_arguments_are_passed_on(machine: Machine, environment_with_pip: Path) -> None:
    seen = run(machine, environment_with_pip, "pip", "install", "--requirement", "some file")
    assert seen["arguments"] == "pip install --requirement some file"


def test_without_settings_uv_trusts_the_certificates_of_the_system(
    machine: Machine, environment_with_pip: Path
) -> None:
    seen = run(machine, environment_with_pip)
    assert seen["UV_SYSTEM_CERTS"] == "true"
    assert not {"UV_DEFAULT_INDEX", "UV_INDEX", "UV_FIND_LINKS"} & set(seen)


def test_a_configuration_file_of_pip_is_used(machine: Machine, environment_with_pip: Path) -> None:
    configure(
        machine,
        "[global]\n"
        "index-url = https://name:secret@index.example/simple\n"
        "extra-index-url =\n    https://one.example/simple\n    https://two.example/simple\n"
        "trusted-host = index.example\n"
        "cert = /etc/own.pem\n"
        "timeout = 90\n"
        "proxy = http://proxy.example:3128\n",
    )
    seen = run(machine, environment_with_pip)
    assert seen["UV_DEFAULT_INDEX"] == "https://name:secret@index.example/simple"
    assert seen["UV_INDEX"] == "https://one.example/simple https://two.example/simple"
    assert seen["UV_INDEX_STRATEGY"] == "unsafe-best-match"
    assert seen["UV_INSECURE_HOST"] == "index.example"
    assert seen["SSL_CERT_FILE"] == "/etc/own.pem"
    assert seen["UV_HTTP_TIMEOUT"] == "90"
    assert seen["HTTPS_PROXY"] == seen["HTTP_PROXY"] == "http://proxy.example:3128"


def test_pips_variables_win_over_its_file(machine: Machine, environment_with_pip: Path) -> None:
    configure(machine, "[global]\nindex-url = https://file.example/simple\n")
    seen = run(machine, environment_with_pip, PIP_INDEX_URL="https://variable.example/simple")
    assert seen["UV_DEFAULT_INDEX"] == "https://variable.example/simple"


def test_settings_for_another_command_of_pip_are_not_used(machine: Machine, environment_with_pip: Path) -> None:
    configure(machine, "[download]\nindex-url = https://download.example/simple\n")
    assert "UV_DEFAULT_INDEX" not in run(machine, environment_with_pip)


def test_uvs_own_settings_win(machine: Machine, environment_with_pip: Path) -> None:
    seen = run(
        machine,
        environment_with_pip,
        PIP_INDEX_URL="https://pip.example/simple",
        PIP_EXTRA_INDEX_URL="https://extra.example/simple",
        PIP_PROXY="http://pip.example",
        UV_INDEX_URL="https://uv.example/simple",
        https_proxy="http://uv.example",
    )
    assert not {"UV_DEFAULT_INDEX", "UV_INDEX", "HTTPS_PROXY"} & set(seen)
    assert seen["UV_INDEX_URL"] == "https://uv.example/simple"


def test_a_machine_without_an_index_is_respected(machine: Machine, environment_with_pip: Path) -> None:
    seen = run(machine, environment_with_pip, PIP_NO_INDEX="1", PIP_FIND_LINKS="/wheels https://wheels.example/")
    assert seen["arguments"] == "pip sync --no-index"
    assert seen["UV_FIND_LINKS"] == "/wheels,https://wheels.example/"


def test_a_lock_is_compiled_from_the_one_index(machine: Machine, environment_with_pip: Path) -> None:
    """A second index may have other files of a version, and the lock would miss the hashes of the first one's."""
    seen = run(
        machine,
        environment_with_pip,
        *("pip", "compile", "pyproject.toml"),
        PIP_INDEX_URL="https://index.example/simple",
        PIP_EXTRA_INDEX_URL="https://extra.example/simple",
        PIP_FIND_LINKS="/wheels",
    )
    assert seen["UV_DEFAULT_INDEX"] == "https://index.example/simple"
    assert not {"UV_INDEX", "UV_FIND_LINKS", "UV_INDEX_STRATEGY"} & set(seen)


def test_the_status_is_uvs(machine: Machine, environment_with_pip: Path) -> None:
    program = environment_with_pip / "bin/uv"
    working = program.read_text()
    program.write_text("#!/bin/sh\nexit 3\n")
    try:
        assert machine.run(environment_with_pip / "bin/python", RUN_UV, "pip", "sync").returncode == 3
    finally:
        program.write_text(working)
