"""A drill proves that a backup is good. One that is not whole, or not of a portal, is refused with its reason."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stack.test_database_roles import sql
from tests.support.backups import backup_now, make
from tests.support.compose import Stack, docker

DRILLS = "SELECT is_good FROM core_backups_backuprun WHERE kind = 'drill' ORDER BY id DESC LIMIT 1"
DATABASES = "SELECT string_agg(datname, ' ' ORDER BY datname) FROM pg_database WHERE NOT datistemplate"


def test_a_drill_restores_the_newest_backup_and_leaves_nothing(stack: Stack) -> None:
    backup_now(stack)
    output = make(stack, "restore-drill", seconds=600)
    assert "The backup is whole" in output
    assert "database *" in output, "doctor's table"
    assert "The backup is good" in output
    assert sql(stack, DRILLS) == "t"
    label = f"--filter=label=com.docker.compose.project={stack.project}-drill"
    for kind in ("container", "volume", "network"):
        assert not docker(kind, "ls", "--quiet", label, *(["--all"] if kind == "container" else [])).split()
    assert sql(stack, DATABASES, role="postgres") == "portal postgres", "the portal's own server was not used"


@pytest.fixture(scope="module")
def repository(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the repository in a folder of this machine."""
    backup_now(stack)
    folder = tmp_path_factory.mktemp("a copy of the repository")
    stack.compose("cp", "backup:/backups/.", str(folder))
    return folder


@pytest.fixture
def copy(repository: Path, tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "backups"
    shutil.copytree(repository, folder)
    yield folder
    shutil.rmtree(folder)


def refusal(stack: Stack, *arguments: str) -> str:
    """Return why `make restore` refused, after a check that the portal is as it was."""
    before = sql(stack, "SELECT count(*) FROM django_migrations"), stack.container("intranet-server")["Id"]
    output = make(stack, "restore", *arguments, "YES=yes", check=False, seconds=300)
    assert "make restore: " in output
    assert (sql(stack, "SELECT count(*) FROM django_migrations"), stack.container("intranet-server")["Id"]) == before
    assert sql(stack, DATABASES, role="postgres") == "portal postgres"
    return output


def test_a_backup_that_was_cut_off_is_refused(stack: Stack, copy: Path) -> None:
    for pack in (path for path in (copy / "data").rglob("*") if path.is_file()):
        pack.write_bytes(pack.read_bytes()[: pack.stat().st_size // 2])
    assert "is damaged" in refusal(stack, f"FROM={copy}")


def test_a_backup_that_was_altered_is_refused(stack: Stack, copy: Path) -> None:
    for pack in (path for path in (copy / "data").rglob("*") if path.is_file()):
        content = bytearray(pack.read_bytes())
        content[len(content) // 3] ^= 1
        pack.chmod(0o600)
        pack.write_bytes(content)
    assert "is damaged" in refusal(stack, f"FROM={copy}")


def test_a_repository_with_another_password_is_refused(stack: Stack, repository: Path, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text("another password, which is long")
    output = refusal(stack, f"FROM={repository}", f"PASSWORD_FILE={password}")
    assert "has another password" in output


def test_a_repository_without_a_portal_is_refused(stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "repository").mkdir()
    (tmp_path / "file.txt").write_text("not a portal")
    command = "restic init && restic backup --tag=portal /from/file.txt"
    image, password = stack.image("backup"), stack.portal / "secrets/backup_password"
    docker(
        *("run", "--rm", "--user=0:0", f"--volume={tmp_path}:/from", f"--volume={password}:/password:ro"),
        *("--env=RESTIC_REPOSITORY=/from/repository", "--env=RESTIC_PASSWORD_FILE=/password", image),
        *("sh", "-c", command),
    )
    assert "is not a backup of a portal" in refusal(stack, f"FROM={tmp_path / 'repository'}")


def test_an_empty_folder_and_an_unknown_place_are_refused(stack: Stack, tmp_path: Path) -> None:
    assert "holds no repository" in refusal(stack, f"FROM={tmp_path}")
    assert "Allowed: FROM=latest" in refusal(stack, "FROM=yesterday")
    assert "backups are called 0000000" in refusal(stack, "FROM=0000000")


def test_nothing_is_replaced_when_nobody_agrees(stack: Stack) -> None:
    output = make(stack, "restore", "FROM=latest", check=False)
    assert "nobody can be asked" in output
    assert sql(stack, DATABASES, role="postgres") == "portal postgres"
    assert json.loads(sql(stack, "SELECT to_json(count(*)) FROM django_migrations")) > 0
