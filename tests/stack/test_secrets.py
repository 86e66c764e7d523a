"""Each container gets the secrets that it uses, as files, and no secret is in an environment."""

import json
import re
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.support.compose import ALL, RUNNING, SERVERS, STORES, Stack, inspect

SERVERS_OF_TIER_I = {
    "database_password",
    "session_store_password",
    "notification_store_password",
    "channel_layer_password",
    "application_store_password",
    "message_broker_password",
}
BACKUP = {"backup_password", "database_backup_password", "backup_bucket_access_key", "backup_bucket_secret_key"}
SECRETS: dict[str, set[str]] = {
    **{store: {f"{store.replace('-', '_')}_password", "redis_gui_password"} for store in STORES},
    "message-broker": {"message_broker_password"},
    "database": {"database_password", "database_owner_password", "database_backup_password"},
    "cache": set(),
    "configuration": {
        *SERVERS_OF_TIER_I,
        "secret_key",
        "encryption_keys",
        "mail_url",
        "institute_sign_in_secret",
        "files_secret",
        "database_owner_password",
        "redis_gui_password",
        *BACKUP,
    },
    "backup": BACKUP,
    "migrations": {"database_owner_password", "encryption_keys"},
    **{server: {*SERVERS_OF_TIER_I, "secret_key", "encryption_keys"} for server in SERVERS},
    **{
        server: {*SERVERS_OF_TIER_I, "secret_key", "encryption_keys", "institute_sign_in_secret", "files_secret"}
        for server in ("intranet-server", "internet-server")
    },
    "worker": {*SERVERS_OF_TIER_I, "mail_keys", "mail_url", "files_secret"},
    "scheduler": {"message_broker_password"},
    "redis-gui": {"redis_gui_password"},
    "static": set(),
    "reverse-proxy": set(),
}
# The stack of the tests has no value for these, or one without a password.
EMPTY = {"MAIL_URL", "FILES_SECRET", "BACKUP_BUCKET_ACCESS_KEY", "BACKUP_BUCKET_SECRET_KEY"}

ENVIRONMENTS = "for process in /proc/[0-9]*; do cat $process/environ 2>/dev/null; done | tr '\\0' '\\n'"


@pytest.fixture(scope="module")
def containers(stack: Stack) -> dict[str, dict[str, Any]]:
    return stack.containers()


def names_of_secrets_in(text: str, stack: Stack) -> list[str]:
    """Return the names of the secrets that a text contains, never their values."""
    return [name for name, value in stack.secrets.items() if value in text]


def test_compose_gives_each_container_the_secrets_that_it_uses_and_no_others(stack: Stack) -> None:
    services = json.loads(stack.compose("config", "--format=json").stdout)["services"]
    assert {
        name: {one["source"] for one in service.get("secrets", [])} for name, service in services.items()
    } == SECRETS


@pytest.mark.parametrize("service", ALL)
def test_a_running_container_has_the_files_of_its_secrets_and_no_others(
    stack: Stack, containers: dict[str, Any], service: str
) -> None:
    folder = stack.portal / "secrets"
    mounts = {
        Path(mount["Source"]): mount
        for mount in containers[service]["Mounts"]
        if Path(mount.get("Source", "/")).is_relative_to(folder)
    }
    assert set(mounts) == {folder / name for name in SECRETS[service]}
    assert not [mount for mount in mounts.values() if mount["RW"]]


@pytest.mark.parametrize("service", RUNNING)
def test_a_container_cannot_read_another_secret(stack: Stack, service: str) -> None:
    found = stack.execute(service, "sh", "-c", "cat /run/secrets/* 2>/dev/null", check=False).stdout
    assert set(names_of_secrets_in(found, stack)) == {name.upper() for name in SECRETS[service]} - EMPTY


@pytest.mark.parametrize("service", ALL)
def test_the_engine_s_description_of_a_container_shows_no_secret(
    stack: Stack, containers: dict[str, Any], service: str
) -> None:
    assert not names_of_secrets_in(json.dumps(inspect("container", containers[service]["Id"])), stack)


@pytest.mark.parametrize("service", RUNNING)
def test_no_process_has_a_secret_in_its_environment(stack: Stack, service: str) -> None:
    found = stack.execute(service, "sh", "-c", ENVIRONMENTS).stdout
    assert "PATH=" in found, "no environment could be read"
    assert not names_of_secrets_in(found, stack)


def test_compose_config_shows_no_secret(stack: Stack) -> None:
    assert not names_of_secrets_in(stack.compose("config").stdout, stack)


def test_the_files_hold_what_env_has_and_only_the_owner_enters_their_folder(stack: Stack) -> None:
    folder = stack.portal / "secrets"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name, value in stack.secrets.items():
        assert (folder / name.lower()).read_text() == value
        assert stat.S_IMODE((folder / name.lower()).stat().st_mode) == 0o444


def test_compose_replaces_the_containers_that_use_secrets_when_one_changes(stack: Stack) -> None:
    digest = stack.portal / "secrets" / ".digest"
    kept = digest.read_text()
    digest.write_text("SECRETS_DIGEST=another\n")
    try:
        assert {name for name, secrets in SECRETS.items() if secrets} <= replaced(stack) <= set(SECRETS) - {"cache"}
    finally:
        digest.write_text(kept)


def replaced(stack: Stack) -> set[str]:
    """Return the services whose containers `docker compose up` would replace now."""
    printed = stack.compose("--dry-run", "up", "--detach", "--no-build").stderr
    return set(re.findall(rf"Container {stack.project}-([a-z-]+)-1 +Recreated", printed))
