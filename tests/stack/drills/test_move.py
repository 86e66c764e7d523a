"""A portal moves to another folder and project, as to another machine, although its .env is lost (move.md)."""

from __future__ import annotations

import re
import secrets
import shutil
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from dotenv import set_key

from tests.stack.test_database_roles import sql
from tests.support.backups import backup_now, make, snapshots
from tests.support.compose import SITES, Stack, prepare_environment, run
from tests.support.visitor import Visitor

UPLOAD = "/portal/var/media/moved.txt"
WRITE = f"import pathlib; pathlib.Path({UPLOAD!r}).write_text('moved')"
GROUPS = "SELECT string_agg(name, ' ') FROM auth_group WHERE name LIKE '%the move'"
SERVERS = ("intranet-server", "internet-server", "intranet-sockets", "internet-sockets", "worker", "scheduler")
DOCUMENTS = "docs/operate"

# A second factor whose secret the portal's key encrypts.
ADD_FACTOR = """
from allauth.mfa.models import Authenticator
from core.access.second_factors import PURPOSE
from core.encryption import encrypt
from core.people.models import Person
person = Person.objects.get_or_create(username="moving")[0]
Authenticator.objects.filter(user=person).delete()
Authenticator.objects.create(user=person, type="totp", data={"secret": encrypt("JBSWY3DPEHPK3PXP", purpose=PURPOSE)})
"""
READ_FACTOR = """
import json
from allauth.mfa.models import Authenticator
from core.access.second_factors import PURPOSE
from core.encryption import decrypt
print(json.dumps(decrypt(Authenticator.objects.get(user__username="moving").data["secret"], purpose=PURPOSE)))
"""


def commands_of(portal: Path, page: str, heading: str) -> list[str]:
    """Return the commands in a section of a page of docs/operate."""
    text = (portal / DOCUMENTS / page).read_text().split(f"# {heading}\n", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"(?m)^ *\$ (.+)$", text)


@pytest.fixture
def closed(stack: Stack) -> Iterator[None]:
    """Close the old portal and make its last backup, as the page says. It is open again afterwards."""
    sql(stack, "INSERT INTO auth_group (name) VALUES ('before the move') ON CONFLICT DO NOTHING")
    stack.execute("intranet-server", "python", "-c", WRITE)
    stack.python(ADD_FACTOR)
    commands = commands_of(stack.portal, "move.md", "Move the portal to another machine")
    assert commands[:3] == ["make maintenance STATE=on", f"docker compose stop {' '.join(SERVERS)}", "make backup"]
    try:
        for command in commands[:3]:
            run(*command.split(), cwd=stack.portal, env=stack.environment(), seconds=300)
        yield
    finally:
        stack.compose("start", *SERVERS)
        stack.up()
        make(stack, "maintenance", "STATE=off")
        sql(stack, "DELETE FROM auth_group WHERE name = 'before the move'")
        stack.python("from core.people.models import Person; Person.objects.filter(username='moving').delete()")


def without_env(stack: Stack, moved: Path) -> None:
    """Write the .env of the new machine from .env.example, as the page says, without the keys kept elsewhere."""
    (write_env, *_) = commands_of(moved, "restore.md", "If .env is lost")
    (moved / ".env").unlink()
    shutil.rmtree(moved / "secrets")
    run("sh", "-c", write_env, cwd=moved)
    values = {"BACKUP_PASSWORD": stack.secrets["BACKUP_PASSWORD"], "ENCRYPTION_KEYS": secrets.token_hex(32)}
    for name, value in {**values, "RELEASE": stack.release}.items():
        set_key(moved / ".env", name, value, quote_mode="never")


def test_a_portal_moves_with_a_backup_although_its_env_is_lost(
    stack: Stack, closed: None, tls: ssl.SSLContext, tmp_path: Path
) -> None:
    stack.compose("cp", "backup:/backups/.", str(tmp_path))
    with stack.another_project("moved") as other:
        without_env(stack, other.portal)
        prepare_environment(other.portal, other.project)
        moved = Stack(other.portal)
        assert {name for name, value in moved.secrets.items() if value == stack.secrets.get(name)} == {
            "BACKUP_PASSWORD"
        }
        release = {"RELEASE": stack.release}  # the images are there: as after `make up` on another machine
        run("make", "up", cwd=moved.portal, env=moved.environment(release), seconds=600)
        sql(moved, "INSERT INTO auth_group (name) VALUES ('after the move')", role="postgres")

        # Without the key of encrypted fields, which is in no backup, this says what would be lost.
        output = make(moved, "restore", f"FROM={tmp_path}", check=False, seconds=600)
        assert "Second factors that ENCRYPTION_KEYS of .env does not decrypt: 1" in output
        assert "nobody can be asked" in output
        assert sql(moved, GROUPS) == "after the move"
        refused = make(moved, "restore", f"FROM={tmp_path}", "PRINT=keys", check=False)
        assert "made without WITH=keys" in refused
        assert stack.secrets["ENCRYPTION_KEYS"] not in refused

        set_key(moved.portal / ".env", "ENCRYPTION_KEYS", stack.secrets["ENCRYPTION_KEYS"], quote_mode="never")
        output = make(moved, "restore", f"FROM={tmp_path}", "YES=yes", seconds=600)
        print(f"the restore printed:\n{output}")
        assert "The portal was away for" in output
        assert "does not decrypt" not in output
        assert sql(moved, GROUPS) == "before the move"
        assert moved.python(READ_FACTOR) == "JBSWY3DPEHPK3PXP"
        assert moved.execute("intranet-server", "cat", UPLOAD).stdout == "moved"
        owner = moved.execute("intranet-server", "stat", "--format=%u", UPLOAD).stdout
        assert owner.strip() == "10001", "the servers can delete it"
        for site in SITES:  # `tls` trusts the authority of the old machine alone
            visitor = Visitor(moved.origin(site), moved.https_port, tls)
            assert visitor.get("/api/portal/").status == 200
        backup_now(moved)


def test_the_key_is_in_a_backup_on_request_and_is_printed_on_request(stack: Stack, tmp_path: Path) -> None:
    make(stack, "backup", "WITH=keys")
    newest = snapshots(stack)[-1]
    try:
        stack.compose("cp", "backup:/backups/.", str(tmp_path))
        printed = make(stack, "restore", f"FROM={tmp_path}", "PRINT=keys")
        assert printed.strip().splitlines()[-1] == stack.secrets["ENCRYPTION_KEYS"]
    finally:
        command = ("restic", "--repo=/backups", "--password-file=/run/secrets/backup_password", "forget", newest)
        stack.execute("backup", *command)
