"""make audit: fails on a vulnerability that a newer version fixes, and never takes silence for safety."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.tooling.machines import REPOSITORY, Machine

# What pip-audit 2.10 and npm 11 print, shortened.
PIP_OK = {"dependencies": [{"name": "django", "version": "6.1.3", "vulns": []}], "fixes": []}
PIP_FIXABLE = {
    "dependencies": [
        {
            "name": "django",
            "version": "4.2.0",
            "vulns": [
                {
                    "id": "PYSEC-2023-61",
                    "fix_versions": ["3.2.19", "4.1.9", "4.2.1"],
                    "aliases": ["CVE-2023-31047", "GHSA-r3xc-prgr-mg9p"],
                    "description": "In Django 3.2 before 3.2.19, ...",
                }
            ],
        },
        {"name": "idna", "version": "3.10", "vulns": []},
    ],
    "fixes": [],
}
PIP_UNFIXABLE = {
    "dependencies": [
        {
            "name": "py",
            "version": "1.11.0",
            "vulns": [{"id": "PYSEC-2022-42969", "fix_versions": [], "aliases": ["CVE-2022-42969"], "description": ""}],
        }
    ],
    "fixes": [],
}
# A mirror without advisories: pip-audit says "No known vulnerabilities found", and ends with 0.
PIP_SKIPPED = {
    "dependencies": [
        {"name": name, "skip_reason": f"Dependency not found on PyPI and could not be audited: {name} (1.0)"}
        for name in ("amqp", "django")
    ],
    "fixes": [],
}
PIP_PARTLY = {"dependencies": [*PIP_OK["dependencies"], PIP_SKIPPED["dependencies"][0]], "fixes": []}
PIP_UNREACHABLE = "requests.exceptions.ConnectionError: Failed to resolve 'osv.example'"

NPM_OK = {"auditReportVersion": 2, "vulnerabilities": {}, "metadata": {"dependencies": {"prod": 9, "total": 30}}}


def npm_with(fix: object) -> dict:
    advisory = {
        "source": 1097678,
        "name": "minimist",
        "title": "Prototype Pollution in minimist",
        "url": "https://github.com/advisories/GHSA-xvch-5gv4-984h",
        "severity": "critical",
        "range": "<0.2.4",
    }
    return NPM_OK | {
        "vulnerabilities": {
            "minimist": {"name": "minimist", "severity": "critical", "via": [advisory], "fixAvailable": fix},
            "mkdirp": {"name": "mkdirp", "severity": "critical", "via": ["minimist"], "fixAvailable": fix},
        }
    }


NPM_UNREACHABLE = {
    "message": "request to https://registry.example/-/npm/v1/security/advisories/bulk failed, reason: ENOTFOUND",
    "error": {"summary": "", "detail": ""},
}

Answer = tuple[dict | str, int]


@pytest.fixture
def audit(
    portal_folder: Callable[..., Path], machine: Machine, python: Path
) -> Callable[[Answer, Answer], subprocess.CompletedProcess]:
    """Return a function that runs the program, with these answers of pip-audit and of npm audit."""
    folder = portal_folder()
    (folder / ".venv/bin").mkdir(parents=True)
    (folder / ".venv/bin/python").symlink_to(python)

    def run(pip: Answer, npm: Answer) -> subprocess.CompletedProcess:
        for program, (output, status), into in (
            ("uv", pip, folder / ".venv/bin"),
            ("npm", npm, folder / "infrastructure/development"),
        ):
            is_text = isinstance(output, str)
            answer = folder / f"{program}-answer"
            answer.write_text(output if is_text else json.dumps(output))
            script = (
                f'echo "$@" >>"{folder}/{program}-record"; cat "{answer}" {">&2" if is_text else ""}; exit {status}'
            )
            machine.program(program, script, into=into)
        program = folder / "infrastructure/development/audit.py"
        return machine.run(sys.executable, program, "--environment", ".venv", folder=folder)

    run.folder = folder
    return run


def test_locks_without_vulnerabilities_pass(audit) -> None:
    done = audit((PIP_OK, 0), (NPM_OK, 0))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "requirements.lock: 1 packages, 0 known vulnerabilities" in done.stdout
    assert "requirements-development.lock: 1 packages" in done.stdout
    assert "package-lock.json: 30 packages, 0 known vulnerabilities" in done.stdout
    assert "not checked" not in done.stdout


def test_the_locks_are_read_and_nothing_of_them_is_installed(audit) -> None:
    audit((PIP_OK, 0), (NPM_OK, 0))
    calls = (audit.folder / "uv-record").read_text().splitlines()
    assert [word for call in calls for word in call.split() if word.startswith("--requirement=")] == [
        "--requirement=requirements.lock",
        "--requirement=requirements-development.lock",
    ]
    assert all("--disable-pip" in call.split() for call in calls)
    assert (audit.folder / "npm-record").read_text().split() == ["audit", "--package-lock-only", "--json"]


def test_a_python_package_with_a_fix_fails(audit) -> None:
    done = audit((PIP_FIXABLE, 1), (NPM_OK, 0))
    assert done.returncode == 1
    assert "django 4.2.0: PYSEC-2023-61 CVE-2023-31047" in done.stdout
    assert "fixed in 3.2.19, 4.1.9, 4.2.1" in done.stdout
    assert "make roll" in done.stdout


@pytest.mark.parametrize(
    ("fix", "text"),
    [
        (True, "fixed in a newer version"),
        ({"name": "mkdirp", "version": "1.0.4", "isSemVerMajor": True}, "fixed by mkdirp 1.0.4"),
    ],
)
def test_a_javascript_package_with_a_fix_fails(audit, fix: object, text: str) -> None:
    done = audit((PIP_OK, 0), (npm_with(fix), 1))
    assert done.returncode == 1
    assert f"minimist: https://github.com/advisories/GHSA-xvch-5gv4-984h (Prototype Pollution in minimist), {text}" in (
        done.stdout
    )
    assert "package-lock.json: 30 packages, 1 known vulnerabilities" in done.stdout


def test_what_nobody_has_fixed_is_listed_and_does_not_fail(audit) -> None:
    done = audit((PIP_UNFIXABLE, 1), (npm_with(False), 1))
    assert done.returncode == 0, done.stdout
    assert "py 1.11.0: PYSEC-2022-42969 CVE-2022-42969, no fix yet" in done.stdout
    assert "minimist" in done.stdout
    assert done.stdout.count("no fix yet") == 3  # in both Python locks, and in the JavaScript one


@pytest.mark.parametrize(
    ("pip", "reason"),
    [((PIP_UNREACHABLE, 1), PIP_UNREACHABLE), ((PIP_SKIPPED, 0), "not found on PyPI"), (("", 0), "it printed nothing")],
    ids=["unreachable", "a mirror without advisories", "nothing"],
)
def test_a_python_lock_that_no_source_knows_is_not_checked(audit, pip: Answer, reason: str) -> None:
    done = audit(pip, (NPM_OK, 0))
    assert done.returncode == 2
    assert "requirements.lock: not checked (pypi: " in done.stdout
    assert "; osv: " in done.stdout
    assert reason in done.stdout
    assert "Not checked is not safe" in done.stdout


@pytest.mark.parametrize("npm", [(NPM_UNREACHABLE, 1), ("npm error ENOTFOUND", 1), ("", 0), ({}, 0)])
def test_a_javascript_lock_that_no_registry_answers_for_is_not_checked(audit, npm: Answer) -> None:
    done = audit((PIP_OK, 0), npm)
    assert done.returncode == 2
    assert "package-lock.json: not checked (" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_fix_counts_more_than_a_lock_that_was_not_checked(audit) -> None:
    assert audit((PIP_FIXABLE, 1), (NPM_UNREACHABLE, 1)).returncode == 1


def test_packages_that_the_source_does_not_have_are_named(audit) -> None:
    done = audit((PIP_PARTLY, 0), (NPM_OK, 0))
    assert done.returncode == 0
    assert (
        "1 packages, 0 known vulnerabilities\n  not checked, because the database does not have them: amqp"
        in done.stdout
    )


def test_the_weekly_run_audits_the_locks() -> None:
    workflow = yaml.safe_load((REPOSITORY / ".github/workflows/test.yml").read_text())
    job = workflow["jobs"]["audit"]
    assert "schedule" in job["if"]
    assert "make audit" in [step.get("run") for step in job["steps"]]
    assert workflow[True]["schedule"]  # YAML 1.1 reads the key `on` as true
