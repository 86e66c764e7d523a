"""Measure how long a backup and a restore take with a large database, as an operator makes them.

    python benchmarks/backup.py [--megabytes 1000]

This needs Docker, and four times as much room on its disk. The program generates a portal with the default answers,
starts it on free ports of the loopback address, and fills its database until it has so many megabytes, indexes
included: people, what they did, their notifications and their votes. It then measures `make backup`, the same after
some more rows, and `make restore`, and removes the portal. It prints a Markdown table, and fails when a promise is
missed.
"""

import argparse
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from tests.support.backups import make  # noqa: E402
from tests.support.compose import Stack, docker, prepare_environment  # noqa: E402
from tools.generate import main as generate  # noqa: E402

PROJECT = "portal-benchmark-backup"
MOST_SECONDS = 180  # for a backup, and for a restore, of 1,000 MB on 2 cores

# Without triggers, which would give each entry of the audit log the time of now, and with ids of their own.
BEGIN = "SET session_replication_role = replica;"
PEOPLE = """
INSERT INTO core_people_person (id, password, is_superuser, username, email, display_name, is_active, is_staff,
        date_joined, email_visible_to, entry_visible_to, photo, photo_visible_to, roles_visible_to, roles_version,
        language)
    SELECT n, '!' || md5(n::text), false, 'student' || n, 'student' || n || '@example.edu', 'Student number ' || n,
        true, false, now() - n * interval '1 hour', 'nobody', 'everyone', '', 'everyone', 'everyone', 1, 'en'
    FROM generate_series(1000, 20999) AS n;
INSERT INTO notifications_message (id, app, kind, params, link, key, created_at, sent_at, started_at)
    SELECT n, 'polls', 'poll_closed', jsonb_build_object('question', 'Which day for meeting ' || n || '?'),
        '/polls/' || n, 'poll ' || n, at, at, at
    FROM generate_series(1000, 5999) AS n, LATERAL (SELECT now() - n * interval '1 hour') AS time(at);
INSERT INTO notifications_recipient (person_id, message_id, read_at, is_hidden)
    SELECT 1000 + (message * 37 + n) % 20000, message, now() - n * interval '1 minute', false
    FROM generate_series(1000, 5999) AS message, generate_series(1, 400) AS n;
INSERT INTO polls_poll (id, question, created_at, closes_at, version, author_id, closed_at, votes_can_change,
        results_after_vote, document)
    SELECT n, 'Which day for meeting ' || n || '?', at, at, 1, 1000 + n, at, true, false, ''
    FROM generate_series(1000, 1199) AS n, LATERAL (SELECT now() - n * interval '1 day') AS time(at);
INSERT INTO polls_choice (id, text, poll_id)
    SELECT poll * 10 + n, 'Day ' || n, poll FROM generate_series(1000, 1199) AS poll, generate_series(0, 2) AS n;
INSERT INTO polls_vote (id, choice_id, person_id, poll_id)
    SELECT (poll - 1000) * 5000 + n + 1000000, poll * 10 + n % 3, 1000 + n, poll
    FROM generate_series(1000, 1199) AS poll, generate_series(1, 5000) AS n;
"""
ENTRIES = 100_000  # in a batch
AUDIT_LOG = f"""
INSERT INTO core_audit_auditentry (at, event, person_id, person, "by", ip_address, request_id, site, details)
    SELECT now() - random() * interval '2 years', (ARRAY['signed_in', 'signed_out', 'sign_in_failed'])[1 + n % 3], n,
        'student' || n, '', '10.0.0.0'::inet + n, md5(random()::text), (ARRAY['intranet', 'internet'])[1 + n % 2],
        jsonb_build_object('browser', 'Firefox 140 on Linux', 'rings', ARRAY['campus'])
    FROM generate_series(1, {ENTRIES}) AS entry, LATERAL (SELECT 1000 + entry % 20000) AS person(n);
"""
SIZE = "SELECT pg_database_size('portal')"


def sql(stack: Stack, statement: str) -> str:
    """Return what a statement of the superuser prints."""
    command = (
        "psql",
        "--no-psqlrc",
        "--quiet",
        "--tuples-only",
        "--no-align",
        "--set=ON_ERROR_STOP=1",
        "--dbname=portal",
    )
    return stack.execute("database", *command, f"--command={BEGIN} {statement}", seconds=900).stdout.strip()


def fill(stack: Stack, megabytes: int) -> None:
    """Fill the database until it has so many megabytes."""
    sql(stack, PEOPLE)
    while int(sql(stack, SIZE)) < megabytes * 1_000_000:
        sql(stack, AUDIT_LOG)


def timed(stack: Stack, *arguments: str) -> tuple[float, str]:
    """Return the wall time of a command of the portal's Makefile, and what it printed."""
    began = time.monotonic()
    output = make(stack, *arguments, seconds=3600)
    return time.monotonic() - began, output


@contextmanager
def running_portal() -> Iterator[Stack]:
    """Build and start a portal with the default answers, and remove it at the end, with its volumes and images."""
    with tempfile.TemporaryDirectory(prefix="backup-") as folder:
        portal = generate(Path(folder), [])
        prepare_environment(portal, PROJECT)
        stack = Stack(portal)
        stack.down()
        try:
            make(stack, "up", seconds=1800)
            yield stack
        finally:
            stack.down()
            images = docker("image", "ls", "--quiet", f"--filter=reference={PROJECT}-*").split()
            if images:
                docker("image", "rm", "--force", *sorted(set(images)))


def measure(stack: Stack, megabytes: int) -> bool:
    """Print the figures of a portal whose database gets so many megabytes. Return whether the promises are kept."""
    fill(stack, megabytes)
    size, load = int(sql(stack, SIZE)) / 1_000_000, os.getloadavg()[0]
    backup, printed = timed(stack, "backup")
    made = result_of(printed)
    sql(stack, AUDIT_LOG)
    again, printed = timed(stack, "backup")
    made_again = result_of(printed)
    restore, printed = timed(stack, "restore", "FROM=latest", "YES=yes")
    (away,) = re.findall(r"away for (\d+) s", printed)
    most = MOST_SECONDS * megabytes / 1000
    print(f"| {size:,.0f} MB of database | found | promised |\n|---|---|---|")
    print(f"| `make backup`, the first one: {made} | {backup:.0f} s | at most {most:.0f} s |")
    print(f"| `make backup` after {ENTRIES:,} more rows: {made_again} | {again:.0f} s | |")
    print(f"| `make restore FROM=latest` | {restore:.0f} s | at most {most:.0f} s |")
    print(f"| of which the portal was away | {away} s | |")
    command = f"python benchmarks/backup.py --megabytes {megabytes}"
    print(f"\nAgain: `{command}`, on {os.cpu_count()} cores, load {load:.1f}")
    return max(backup, restore) <= most


def result_of(printed: str) -> str:
    """Return the sizes and the rows in what `make backup` printed."""
    return re.findall(r"Backup [0-9a-f]+: (.*), [\d.]+ s", printed)[-1]


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--megabytes", type=int, default=1000, help="size of the database, with indexes")
    options = arguments.parse_args()
    with running_portal() as stack:
        if not measure(stack, options.megabytes):
            sys.exit(f"Missed: a backup and a restore of 1,000 MB take at most {MOST_SECONDS} s each")


if __name__ == "__main__":
    main()
