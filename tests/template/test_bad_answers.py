"""A bad answer is refused before anything is written, with a message that says what to do."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.template.answers import BAD_ANSWERS

# The questions in their order, each with what a person types.
TYPED_DEFAULTS = [""] * 14


@pytest.mark.parametrize(("prompt", "answer", "advice"), BAD_ANSWERS, ids=lambda value: ascii(value)[:40])
def test_a_bad_answer_is_refused_with_advice(
    refusal: Callable[..., str], prompt: str, answer: str, advice: str
) -> None:
    message = refusal(**{prompt: answer})
    assert message.startswith("\nOne answer cannot be used, and nothing has been written.\n")
    assert re.findall(r"(?m)^(\w+)\n  found    .*\n  allowed  .+\n  do       .+$", message) == [prompt]
    assert advice in message


def test_all_bad_answers_are_named_at_once(refusal: Callable[..., str]) -> None:
    message = refusal(
        project_name=" ",
        project_slug="No Slug",
        description="x" * 300,
        institute_name="",
        institute_url="nowhere",
        maintainers_name="\x07",
        maintainers_email="nobody",
        internet_domain="http://a",
        intranet_domain="b:1",
        intranet_networks="c",
        language_code="d",
        time_zone="e",
    )
    assert message.startswith("\n12 answers cannot be used")
    assert len(re.findall(r"(?m)^  do       ", message)) == 12


def test_what_was_made_from_a_bad_answer_is_not_reported_as_well(refusal: Callable[..., str]) -> None:
    message = refusal(project_name="a\tb", project_slug="my_portal", intranet_domain="in tranet")
    assert re.findall(r"(?m)^(\w+)$", message) == ["project_name", "project_slug", "intranet_domain"]


@pytest.mark.parametrize("intranet", ["portal.example.edu", "PORTAL.example.edu", "bücher.example"])
def test_two_sites_with_one_domain_are_refused(refusal: Callable[..., str], intranet: str) -> None:
    internet = "xn--bcher-kva.example" if "ü" in intranet else "portal.example.edu"
    message = refusal(internet_domain=internet, intranet_domain=intranet)
    assert f'intranet_domain\n  found    "{intranet}"\n  allowed  another domain than the internet site\'s' in message
    assert f"such as intranet.{internet}" in message


def test_one_domain_may_be_below_the_other(generate: Callable[..., Path]) -> None:
    generate(internet_domain="portal.example.edu", intranet_domain="intranet.portal.example.edu")


@pytest.mark.parametrize("mark", ["{{", "{%", "{#"])
def test_the_marks_of_a_template_typed_at_a_prompt_are_refused(
    cookiecutter_command: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path, mark: str
) -> None:
    typed = ["", "", f"a {mark} b", f"{mark} c", *TYPED_DEFAULTS]
    done = cookiecutter_command(typed="\n".join(typed))
    assert done.returncode != 0
    assert "2 answers cannot be used" in done.stderr
    assert f"text without {mark}" in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_refusal_leaves_a_folder_that_was_there_as_it_was(
    generate: Callable[..., Path], cookiecutter_command: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    kept = tmp_path / "omniport" / "kept"
    kept.parent.mkdir()
    kept.write_text("kept")
    done = cookiecutter_command("--no-input", "--overwrite-if-exists", "time_zone=Mars")
    assert done.returncode != 0
    assert [path.relative_to(tmp_path) for path in tmp_path.rglob("*")] == [Path("omniport"), Path("omniport/kept")]


def test_a_choice_that_is_none_is_refused(
    cookiecutter_command: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    assert cookiecutter_command("--no-input", "tls=sometimes").returncode != 0
    assert cookiecutter_command("--no-input", "example_app=perhaps").returncode != 0
    assert not list(tmp_path.iterdir())


def test_a_python_that_is_too_old_is_told_so_plainly(
    template: Path, default_answers: Callable[..., dict[str, Any]]
) -> None:
    hook = (template / "hooks" / "pre_gen_project.py").read_text()
    pretended = "import sys\nsys.version_info, sys.version = (3, 9, 1), '3.9.1 (pretended)'\n"
    rendered = hook.replace("{{ cookiecutter | tojson }}", json.dumps(default_answers()))
    done = subprocess.run([sys.executable, "-c", pretended + rendered], capture_output=True, check=False, text=True)
    assert done.returncode != 0
    assert "found    3.9.1" in done.stderr
    assert "allowed  3.10 or newer" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("hook", ["pre_gen_project.py", "post_gen_project.py"])
def test_hooks_hold_one_line_of_jinja_and_only_the_standard_library(template: Path, hook: str) -> None:
    source = (template / "hooks" / hook).read_text()
    assert [line for line in source.splitlines() if re.search(r"{[{%#]", line)] == [
        'ANSWERS = json.loads(r"""{{ cookiecutter | tojson }}""")  # JSON never holds three quotes in a row'
    ]
    compile(source, hook, "exec")
    imported = set(re.findall(r"^\s*(?:import|from) (\w+)", source, re.MULTILINE))
    assert imported <= sys.stdlib_module_names
    assert not imported & {"subprocess", "socket", "urllib.request"}
