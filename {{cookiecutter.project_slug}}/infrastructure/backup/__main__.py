"""The commands of the containers: `python3 -m backup serve`, `now`, `record`, and those of a restore."""

import argparse
import signal
import sys

from . import service
from .problems import BackupError
from .recording import record
from .restoring import Restore
from .settings import Settings, read_settings


def main() -> int:
    parser = argparse.ArgumentParser(prog="backup")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="make backups at the times of BACKUP_AT")
    now = commands.add_parser("now", help="make a backup now")
    now.add_argument("--with-keys", action="store_true", help="add the encryption keys, which standard input has")
    outcome = commands.add_parser("record", help="record how a drill ended; standard input has what it printed")
    outcome.add_argument("outcome", choices=["good", "failed"])
    on_a_backup = {
        "check": "describe a backup",
        "print-keys": "print the encryption keys that a backup has on request",
        "prepare": "restore a backup beside what is in use",
    }
    for name, text in on_a_backup.items():
        commands.add_parser(name, help=text).add_argument("backup", help="latest, or the beginning of an id")
    commands.add_parser("switch", help="put what was prepared in place")
    commands.add_parser("check-before", help="check that there is something from before the last restore")
    commands.add_parser("switch-back", help="exchange what is in place with what was there before the last restore")
    commands.add_parser("discard", help="remove what was prepared")
    commands.add_parser("remove-old", help="remove what was there before the last restore")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that a dump is removed, and pg_dump and restic end
    try:
        settings = read_settings()
        match arguments.command:
            case "serve":
                service.serve(settings)
            case "now":
                return back_up_now(settings, with_keys=arguments.with_keys)
            case "record":
                record(settings, "drill", is_good=arguments.outcome == "good", detail=sys.stdin.read().strip())
            case "check":
                restore = Restore(settings)
                print(restore.describe(*restore.check(arguments.backup)))
            case "print-keys":
                print(Restore(settings).encryption_keys(arguments.backup))
            case "prepare":
                Restore(settings).prepare(arguments.backup)
            case "switch":
                Restore(settings).switch()
            case "check-before":
                Restore(settings).check_before()
            case "switch-back":
                Restore(settings).switch_back()
            case "discard":
                Restore(settings).discard()
            case "remove-old":
                Restore(settings).remove_old()
        return 0
    except BackupError as error:
        print(f"{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
        return 130


def back_up_now(settings: Settings, *, with_keys: bool) -> int:
    keys = sys.stdin.read().strip() if with_keys else ""
    if with_keys and not keys:
        raise BackupError("standard input has no encryption keys")
    return 0 if service.back_up(settings, encryption_keys=keys) else 1


if __name__ == "__main__":
    sys.exit(main())
