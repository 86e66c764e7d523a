"""Secrets are shown by no repr, error, log, dump of the settings or command."""

import io
import logging
import os
import subprocess
import sys

import pytest
import structlog
from django.conf import settings
from pydantic import ValidationError

from core.configuration.environment import Environment
from core.configuration.production import WITH_PASSWORD
from core.configuration.secret_text import SecretText, describe_secret
from core.logs.configuration import configure_structlog, logging_configuration
from core.plugins.loading import load

SECRET = "hunter2-hunter2-hunter2"
SCHEMES = {"database_url": "postgresql", "message_broker_url": "amqp", "mail_url": "smtps"}
# Nothing listens on port 1, so that a connection is refused at once.
VARIABLES = {
    **{
        name.upper(): f"{SCHEMES.get(name, 'redis')}://portal:{SECRET}@127.0.0.1:1/0"
        for name in (*WITH_PASSWORD, "mail_url")
    },
    **{name.upper(): SECRET for name in Environment.model_fields if name.endswith("_password")},
    "CACHE_URL": "memcached://127.0.0.1:1",
    "TRUSTED_PROXIES": "192.0.2.1/32",  # for portals with tls: none
    "SECRET_KEY": SECRET * 3,
    "ENCRYPTION_KEYS": SECRET * 3,
    "MAIL_KEYS": SECRET * 3,
    "INSTITUTE_SIGN_IN_SECRET": SECRET,
}


@pytest.fixture
def environment(monkeypatch) -> Environment:
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    return Environment(_env_file=None)


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a Python program in the portal's folder, with a secret in every variable that may hold one."""
    process = {name: value for name, value in os.environ.items() if name not in {"DJANGO_SETTINGS_MODULE", "SITE"}}
    return subprocess.run(  # noqa: S603
        [sys.executable, *arguments],
        cwd=settings.BASE_DIRECTORY,
        env=process | VARIABLES | {"PORTAL_ENVIRONMENT": "production"} | variables,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_every_secret_of_the_environment_is_hidden(environment):
    secrets = [
        name for name, value in environment if SECRET in str(getattr(value, "get_secret_value", lambda v=value: v)())
    ]
    assert set(VARIABLES) - {"CACHE_URL", "TRUSTED_PROXIES"} == {name.upper() for name in secrets}
    for text in (repr(environment), str(environment), f"{environment.database_url}", str(environment.model_dump())):
        assert SECRET not in text


def test_no_repr_of_the_configuration_shows_a_secret(environment, tmp_path):
    (tmp_path / "portal.yaml").write_text((settings.BASE_DIRECTORY / "portal.yaml").read_text())
    configuration, _ = load(tmp_path)
    assert configuration.url("DATABASE_URL") == VARIABLES["DATABASE_URL"]
    assert SECRET not in repr(configuration)
    assert SECRET not in repr({"LOCATION": configuration.url("SESSION_STORE_URL")})


@pytest.mark.parametrize(
    "variable", ["SECRET_KEY", "ENCRYPTION_KEYS", "DATABASE_URL", "SESSION_STORE_URL", "MESSAGE_BROKER_URL", "MAIL_URL"]
)
def test_an_error_of_pydantic_shows_no_secret(environment, monkeypatch, variable):
    monkeypatch.setenv(variable, "" if variable.endswith(("_KEY", "_KEYS")) else f"wrong://portal:{SECRET}@127.0.0.1/0")
    with pytest.raises(ValidationError) as caught:
        Environment(_env_file=None)
    assert variable.lower() in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("value", "description"),
    [
        (SECRET, "a value of 23 characters (not shown)"),
        (f"reddis://portal:{SECRET}@session-store:6379/0", "reddis://***@session-store:6379/0"),
        (f"redis://portal:{SECRET}/{SECRET}@session-store/0", "redis://***@session-store/0"),
        (f"redis://portal:{SECRET}@{SECRET}@session-store/0", "redis://***@session-store/0"),
        (f"redis://:{SECRET}", "redis://(not shown)"),
        (f"redis://session-store/0?password={SECRET}", "redis://session-store/0"),
        ("mysql://localhost/portal", "mysql://localhost/portal"),
    ],
)
def test_a_refused_secret_is_described(value, description):
    assert describe_secret(value) == description


def test_a_start_that_is_refused_shows_no_secret():
    done = run("-c", "import config.settings", SESSION_STORE_URL=f"redis://portal:{SECRET}/x@127.0.0.1", SITE="nowhere")
    assert done.returncode == 1
    assert "SESSION_STORE_URL" in done.stderr
    assert "SITE" in done.stderr
    assert SECRET not in done.stdout + done.stderr


def test_a_dump_of_the_settings_shows_no_secret():
    program = "from config.settings import tasks; print(vars(tasks))"
    dumps = [run("manage.py", "diffsettings", "--all"), run("-c", program)]
    assert "DATABASES" in dumps[0].stdout
    assert "CELERY_BROKER_URL" in dumps[1].stdout
    for done in dumps:
        assert done.returncode == 0, done.stderr
        assert SECRET not in done.stdout + done.stderr


def test_doctor_shows_no_secret():
    done = run("manage.py", "doctor", "--tier", "1", "--json", PORTAL_ENVIRONMENT="development")
    assert done.returncode == 1
    assert '"status": "failed"' in done.stdout
    assert SECRET not in done.stdout + done.stderr


@pytest.mark.parametrize("json", [True, False])
def test_no_log_line_shows_a_secret(environment, json):
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    formatter = logging_configuration(json=json, quiet=False)["formatters"]["portal"]
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=formatter["foreign_pre_chain"], processors=formatter["processors"]
        )
    )
    logger = logging.Logger("test")
    logger.addHandler(handler)
    url = VARIABLES["DATABASE_URL"]
    logger.info("%s and %s", environment, environment.database_url)
    logger.info("connecting to %s", url, extra={"servers": [url, {"cache": (url,)}], "url": SecretText(url)})
    try:
        raise ConnectionError(f"no connection to {url}")
    except ConnectionError:
        logger.exception("failed")
    text = lines.getvalue()
    assert "no connection to postgresql://portal:***@127.0.0.1:1/0" in text
    assert SECRET not in text


def test_no_event_of_the_portal_shows_a_secret(environment, capsys):
    before = structlog.get_config()
    configure_structlog(json=True, quiet=False)
    try:
        logger = structlog.get_logger("portal")
        try:
            raise ConnectionError(f"no connection to {VARIABLES['DATABASE_URL']}")
        except ConnectionError:
            logger.exception("failed", environment=environment, url=environment.database_url)
    finally:
        structlog.configure(**before)
    text = capsys.readouterr().err
    assert "no connection to postgresql://portal:***@127.0.0.1:1/0" in text
    assert SECRET not in text
