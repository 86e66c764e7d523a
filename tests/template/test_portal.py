"""A generated portal starts with its own environment, is complete, and keeps its layers."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.template.answers import UNUSUAL_TEXTS


@pytest.fixture(scope="module", params=[True, False], ids=["with the example app", "without"])
def unusual_portal(request: pytest.FixtureRequest, generate: Callable[..., Path], portal: Path) -> Path:
    """A portal with unusual answers, which uses the environment of the default portal."""
    unusual = UNUSUAL_TEXTS["everything"]
    made = generate(
        project_name=unusual,
        project_slug="unusual",
        description=unusual,
        institute_name=unusual,
        institute_url="http://münchen.example:8080/über?a=b#c",
        maintainers_name=unusual,
        maintainers_email="o'neill@bücher.example",
        internet_domain="हिन्दी.भारत",
        intranet_domain="intranet.bücher.example",
        intranet_networks="10.0.0.0/8 , 2001:DB8::/32",
        tls="none",
        language_code="zh-hans",
        time_zone="America/Argentina/Buenos_Aires",
        example_app=request.param,
    )
    (made / ".venv").symlink_to(portal / ".venv")
    return made


def run(portal: Path, program: str, *arguments: str, status: int = 0, **environment: str) -> str:
    """Run a program of the portal's environment and return its output and errors. Fail on another exit status."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "PYTHON", "VIRTUAL"))}
    done = subprocess.run(
        [portal / ".venv" / "bin" / program, *arguments],
        cwd=portal,
        env=clean | {"PYTHONDONTWRITEBYTECODE": "1"} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        text=True,
    )
    assert done.returncode == status, done.stdout
    return done.stdout


PASSWORD = "a-made-up-password-of-a-good-length"


def production() -> dict[str, str]:
    """Return the variables that compose.yaml sets for a server."""
    redis = {
        f"{store}_URL": f"redis://:{PASSWORD}@{store.lower().replace('_', '-')}:6379/0"
        for store in ("SESSION_STORE", "NOTIFICATION_STORE", "CHANNEL_LAYER", "APPLICATION_STORE")
    }
    return redis | {
        "PORTAL_ENVIRONMENT": "production",
        "SITE": "internet",
        "DATABASE_URL": f"postgresql://portal:{PASSWORD}@database:5432/portal",
        "CACHE_URL": "memcached://cache:11211",
        "MESSAGE_BROKER_URL": f"amqp://portal:{PASSWORD}@message-broker:5672/portal",
    }


def test_djangos_checks_pass_in_production(portal: Path) -> None:
    run(portal, "python", "manage.py", "check", "--deploy", "--fail-level", "WARNING", **production())


def test_a_portal_with_unusual_answers_starts(unusual_portal: Path) -> None:
    run(unusual_portal, "python", "manage.py", "check", "--fail-level", "WARNING")


def test_a_portal_with_unusual_answers_starts_in_production(unusual_portal: Path) -> None:
    proxies = {"TRUSTED_PROXIES": "192.0.2.10/32"}
    run(unusual_portal, "python", "manage.py", "check", "--fail-level", "WARNING", **production(), **proxies)


def test_a_portal_behind_a_proxy_that_nobody_named_is_refused_in_production(unusual_portal: Path) -> None:
    assert "TRUSTED_PROXIES=\n" in (unusual_portal / ".env").read_text()
    assert "Before `make up`, set `TRUSTED_PROXIES`" in (unusual_portal / "README.md").read_text()
    for program in (("manage.py", "check"), ("-m", "core.deployment")):  # any process, and the configuration step
        output = run(unusual_portal, "python", *program, status=1, **production())
        assert "TRUSTED_PROXIES\n  found    nothing, with tls: none and rings (campus) in portal.yaml" in output


def test_no_migration_is_missing(unusual_portal: Path) -> None:
    run(unusual_portal, "python", "manage.py", "makemigrations", "--check", "--dry-run")


def test_layers_import_only_lower_layers(unusual_portal: Path) -> None:
    run(unusual_portal, "lint-imports", "--no-cache")
