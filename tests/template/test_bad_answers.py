"""A bad answer is refused before anything is written, with a message that says what to do."""

import importlib.metadata
import os
import re
import subprocess
import sys
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.template.answers import BAD_ANSWERS

# One line of input for each of the 14 prompts. An empty line takes the default.
TYPED_DEFAULTS = [""] * 14

LAST_LINE = "Correct this and try again. You can ignore the traceback below."
COLOURED, PLAIN = "\033[1;31m", "\033[0m"


@pytest.mark.parametrize(("prompt", "answer", "advice"), BAD_ANSWERS, ids=lambda value: ascii(value)[:40])
def test_a_bad_answer_is_refused_with_advice(
    refusal: Callable[..., str], prompt: str, answer: str, advice: str
) -> None:
    message = refusal(**{prompt: answer})
    assert message.startswith("\nOne answer cannot be used, and nothing has been written.\n")
    assert re.findall(r"(?m)^(\w+)\n  found    .*\n  allowed  .+\n  do       .+$", message) == [prompt]
    assert advice in message


def test_all_bad_answers_are_reported_at_once(refusal: Callable[..., str]) -> None:
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


def test_a_default_made_from_a_bad_answer_is_not_reported_too(refusal: Callable[..., str]) -> None:
    message = refusal(project_name="a\tb", project_slug="my_portal", intranet_domain="in tranet")
    assert re.findall(r"(?m)^(\w+)$", message) == ["project_name", "project_slug", "intranet_domain"]


@pytest.mark.parametrize("intranet", ["portal.example.edu", "PORTAL.example.edu", "bücher.example"])
def test_two_sites_with_one_domain_are_refused(refusal: Callable[..., str], intranet: str) -> None:
    internet = "xn--bcher-kva.example" if "ü" in intranet else "portal.example.edu"
    message = refusal(internet_domain=internet, intranet_domain=intranet)
    assert f'intranet_domain\n  found    "{intranet}"\n  allowed  a host name' in message
    assert f"choose another than internet_domain, such as intranet.{internet}\n" in message


def test_one_domain_may_be_below_the_other(generate: Callable[..., Path]) -> None:
    generate(internet_domain="portal.example.edu", intranet_domain="intranet.portal.example.edu")


@pytest.mark.parametrize("mark", ["{{", "{%", "{#"])
def test_template_marks_typed_at_a_prompt_are_refused(
    cookiecutter_command: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path, mark: str
) -> None:
    typed = ["", "", f"a {mark} b", f"{mark} c", *TYPED_DEFAULTS]
    done = cookiecutter_command(typed="\n".join(typed))
    assert done.returncode != 0
    assert "2 answers cannot be used" in done.stderr
    assert done.stderr.count(f"do       put a space inside {mark}") == 2
    assert not list(tmp_path.iterdir())


def test_a_refusal_leaves_an_existing_folder_unchanged(
    generate: Callable[..., Path], cookiecutter_command: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    kept = tmp_path / "omniport" / "kept"
    kept.parent.mkdir()
    kept.write_text("kept")
    done = cookiecutter_command("--no-input", "--overwrite-if-exists", "time_zone=Mars")
    assert done.returncode != 0
    assert [path.relative_to(tmp_path) for path in tmp_path.rglob("*")] == [Path("omniport"), Path("omniport/kept")]


def test_a_value_that_is_not_one_of_the_choices_is_refused(
    cookiecutter_command: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    assert cookiecutter_command("--no-input", "tls=sometimes").returncode != 0
    assert cookiecutter_command("--no-input", "example_app=perhaps").returncode != 0
    assert not list(tmp_path.iterdir())


def test_a_refusal_stands_out_above_cookiecutters_traceback(terminal: Callable[..., str]) -> None:
    """cookiecutter logs a traceback when a hook has failed, so the hook can only print before it."""
    printed = terminal("--no-input", "time_zone=Mars")
    message, _, after = printed.partition("ERROR: Stopping generation")
    assert "Traceback (most recent call last)" in after
    assert "\033" not in after
    lines = message.splitlines()
    assert lines[1] == f"{COLOURED}One answer cannot be used, and nothing has been written.{PLAIN}"
    assert lines[3] == f"{COLOURED}time_zone{PLAIN}"
    assert lines[-2:] == [f"{COLOURED}{LAST_LINE}{PLAIN}", ""]


def test_a_refusal_is_plain_without_a_terminal_or_with_no_color(
    terminal: Callable[..., str], refusal: Callable[..., str]
) -> None:
    piped = refusal(time_zone="Mars")
    assert piped.endswith(f"\n\n{LAST_LINE}\n\n")
    for message in (piped, terminal("--no-input", "time_zone=Mars", environment={"NO_COLOR": "1"})):
        assert "\033" not in message
        assert LAST_LINE in message.splitlines()


def run_alone(source: str, *, time_zones: str = "") -> str:
    """Run a hook with the standard library alone and return its errors. `time_zones` is the machine's database."""
    done = subprocess.run(
        [sys.executable, "-S", "-c", source],
        env=os.environ | {"PYTHONTZPATH": time_zones},
        capture_output=True,
        check=False,
        text=True,
    )
    assert "Traceback" not in done.stderr
    assert (done.returncode == 0) == (done.stderr == "")
    return done.stderr


@pytest.mark.parametrize("domain", ["bücher.example", "xn--bcher-kva.example"])
def test_a_missing_idna_is_named_where_an_answer_needs_it(rendered_hook: Callable[..., str], domain: str) -> None:
    zones = str(files("tzdata") / "zoneinfo")
    message = run_alone(rendered_hook("pre_gen_project.py", internet_domain=domain), time_zones=zones)
    assert re.findall(r"(?m)^(\w+)$", message) == ["internet_domain"]
    assert "do       install idna" in message
    assert f"{sys.executable} -m pip install idna" in message


def test_a_missing_tzdata_is_named_where_the_machine_has_no_time_zones(rendered_hook: Callable[..., str]) -> None:
    message = run_alone(rendered_hook("pre_gen_project.py"))
    assert re.findall(r"(?m)^(\w+)$", message) == ["time_zone"]
    assert "do       install tzdata" in message
    assert f"{sys.executable} -m pip install tzdata" in message


def test_the_machines_time_zones_serve_where_tzdata_is_missing(rendered_hook: Callable[..., str]) -> None:
    zones = str(files("tzdata") / "zoneinfo")
    assert run_alone(rendered_hook("pre_gen_project.py", time_zone="Asia/Kolkata"), time_zones=zones) == ""
    message = run_alone(rendered_hook("pre_gen_project.py", time_zone="asia/kolkata"), time_zones=zones)
    assert "do       write Asia/Kolkata, if you mean that" in message


def requirements_of(package: str, found: set[str]) -> set[str]:
    """Return `package` and everything that it depends on, on this machine, extras left out."""
    if package not in found:
        found.add(package)
        for line in importlib.metadata.requires(package) or []:
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                requirements_of(requirement.name.lower(), found)
    return found


def test_cookiecutter_depends_on_what_the_hooks_use() -> None:
    assert {"idna", "tzdata"} <= requirements_of("cookiecutter", set())


def test_an_old_python_is_refused_with_a_plain_message(rendered_hook: Callable[..., str]) -> None:
    pretended = "import sys\nsys.version_info, sys.version = (3, 9, 1), '3.9.1 (pretended)'\n"
    message = run_alone(pretended + rendered_hook("pre_gen_project.py"))
    assert "found    3.9.1" in message
    assert "allowed  3.10 or newer" in message


@pytest.mark.parametrize("hook", ["pre_gen_project.py", "post_gen_project.py"])
def test_hooks_hold_one_line_of_jinja_and_import_only_what_is_there(template: Path, hook: str) -> None:
    source = (template / "hooks" / hook).read_text()
    assert [line for line in source.splitlines() if re.search(r"{[{%#]", line)] == [
        'ANSWERS = json.loads(r"""{{ cookiecutter | tojson }}""")  # JSON never holds three quotes in a row'
    ]
    compile(source, hook, "exec")
    imported = set(re.findall(r"^\s*(?:import|from) (\w+)", source, re.MULTILINE))
    assert imported <= {*sys.stdlib_module_names, "idna"}
    assert not imported & {"subprocess", "socket", "urllib.request"}


def test_the_check_of_answers_stays_short(template: Path) -> None:
    assert len((template / "hooks" / "pre_gen_project.py").read_text().splitlines()) <= 250
