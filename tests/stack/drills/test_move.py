"""A portal moves to another folder and project, as to another machine, from a backup and two keys kept elsewhere."""

import secrets
from pathlib import Path

from dotenv import set_key

from tests.stack.test_database_roles import sql
from tests.support.backups import backup_now, make
from tests.support.compose import Stack

KEPT_ELSEWHERE = {"BACKUP_PASSWORD", "ENCRYPTION_KEYS"}
UPLOAD = "import pathlib; pathlib.Path('/portal/var/media/moved.txt').write_text('moved')"
GROUPS = "SELECT string_agg(name, ' ') FROM auth_group WHERE name LIKE '%the move'"


def test_a_portal_moves_with_a_backup_although_its_env_is_lost(stack: Stack, tmp_path: Path) -> None:
    sql(stack, "INSERT INTO auth_group (name) VALUES ('before the move') ON CONFLICT DO NOTHING")
    stack.execute("intranet-server", "python", "-c", UPLOAD)
    backup_now(stack)
    stack.compose("cp", "backup:/backups/.", str(tmp_path))
    authority = stack.execute("backup", "sha256sum", "/backup/authority/authority.key").stdout
    with stack.another_project("moved") as other:
        for name in other.settings:
            if name.endswith(("_PASSWORD", "SECRET_KEY")) and name not in KEPT_ELSEWHERE:
                set_key(other.portal / ".env", name, secrets.token_hex(32), quote_mode="never")
        moved = Stack(other.portal)
        make(moved, "up", seconds=600)
        sql(moved, "INSERT INTO auth_group (name) VALUES ('after the move')", role="postgres")

        output = make(moved, "restore", f"FROM={tmp_path}", "YES=yes", seconds=600)
        assert "Restored in" in output
        assert "does not decrypt" not in output, "the encryption keys are those of the backup"
        assert sql(moved, GROUPS) == "before the move"
        assert moved.execute("intranet-server", "cat", "/portal/var/media/moved.txt").stdout == "moved"
        owner = moved.execute("intranet-server", "stat", "--format=%u", "/portal/var/media/moved.txt").stdout
        assert owner.strip() == "10001", "the servers can delete it"
        assert moved.execute("backup", "sha256sum", "/backup/authority/authority.key").stdout == authority
        assert "portal_before_restore" in sql(
            moved, "SELECT string_agg(datname, ' ') FROM pg_database", role="postgres"
        )

        make(moved, "restore", "REMOVE=old")
        names = sql(moved, "SELECT string_agg(datname, ' ') FROM pg_database", role="postgres")
        assert "portal_before_restore" not in names
        backup_now(moved)
    sql(stack, "DELETE FROM auth_group WHERE name = 'before the move'")
