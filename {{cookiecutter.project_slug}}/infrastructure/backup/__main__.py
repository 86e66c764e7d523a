"""The commands of the container: `python3 -m backup serve`, `now`, `check`."""

import argparse
import signal
import sys

from . import service
from .problems import BackupError
from .settings import read_settings


def main() -> int:
    parser = argparse.ArgumentParser(prog="backup")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="make backups at the times of BACKUP_AT")
    now = commands.add_parser("now", help="make a backup now")
    now.add_argument("--with-keys", action="store_true", help="add the encryption keys, which standard input has")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that a dump is removed, and pg_dump and restic end
    try:
        settings = read_settings()
        if arguments.command == "serve":
            service.serve(settings)
        keys = sys.stdin.read().strip() if arguments.with_keys else ""
        if arguments.with_keys and not keys:
            raise BackupError("standard input has no encryption keys")
        return 0 if service.back_up(settings, encryption_keys=keys) else 1
    except BackupError as error:
        print(f"backup: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("backup: stopped. No backup was made.", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
