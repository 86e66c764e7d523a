"""Measure how long an import of a registrar's list takes, in whole commands as an operator runs them.

    python benchmarks/records.py [--rows 20000]

The list is made up. Four of five rows are people with a role and details, and the others give a person a second role.
The commands run on SQLite, and on a PostgreSQL that this program starts on the loopback address: a dry run, the import,
the same import again, which changes nothing, the list with every row changed, and the export. The time of a command
includes the start of Python. The program prints a Markdown table, and exits with an error when the promise is missed.
"""

import argparse
import csv
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from tests.support.servers import Database, ServerMissingError, find_program  # noqa: E402
from tools.generate import main as generate  # noqa: E402

MOST_SECONDS = 60  # for the import of 20,000 rows into PostgreSQL, on 2 cores
DEPARTMENTS = ["Physics", "History", "Biology", "Law", "Music"]


def write_list(path: Path, rows: int, *, changed: bool) -> None:
    """Write a list of `rows` rows. With `changed`, people have other names, and the same roles end on other days."""
    header = ["username", "email", "display_name", "role", "start", "end", "details.department", "details.number"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for number in range(rows):
            person_number = number % (rows * 4 // 5)
            is_second_role = person_number != number
            role, start = ("faculty", "2025-02-01") if is_second_role else ("student", "2024-08-01")
            person = [
                f"person{person_number}",
                f"person{person_number}@example.edu",
                f"Person {person_number}" + (" Changed" if changed else ""),
            ]
            end = "2029-07-31" if changed else "2028-07-31"
            writer.writerow([*person, role, start, end, DEPARTMENTS[person_number % len(DEPARTMENTS)], f"{number:06}"])


def environment(database: str, folder: Path) -> dict[str, str]:
    """Return a command's variables. Only the database is a real server, because an import needs no other part."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "DATABASE_URL": database, "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}


def seconds(portal: Path, variables: dict[str, str], *arguments: str) -> float:
    """Return the wall time of a management command. Exit when it fails."""
    started = time.perf_counter()
    done = subprocess.run(
        [portal / ".venv/bin/python", "manage.py", *arguments],
        cwd=portal,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds_taken = time.perf_counter() - started
    if done.returncode:
        sys.exit(f"{' '.join(arguments)} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return seconds_taken


def measure(portal: Path, database: str, folder: Path, rows: int) -> dict[str, float]:
    """Return command → seconds, on an empty database."""
    variables = environment(database, folder)
    seconds(portal, variables, "migrate", "--no-input")
    first, second = folder / "first.csv", folder / "second.csv"
    write_list(first, rows, changed=False)
    write_list(second, rows, changed=True)
    return {
        "a dry run": seconds(portal, variables, "import_people", str(first), "--dry-run"),
        "the import": seconds(portal, variables, "import_people", str(first)),
        "the same import again": seconds(portal, variables, "import_people", str(first)),
        "every row changed, --update": seconds(portal, variables, "import_people", str(second), "--update"),
        "the export": seconds(portal, variables, "export_people", str(folder / "export.csv")),
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--rows", type=int, default=20_000)
    options = arguments.parse_args()
    portal = generate(REPOSITORY / "var" / "test", [])
    subprocess.run(["make", "--no-print-directory", "VENV=.venv", ".venv"], cwd=portal, check=True)
    found: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory(prefix="records-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # PostgreSQL's user must reach its folder inside
        found["SQLite"] = measure(portal, f"sqlite:///{folder}/database.sqlite3", folder, options.rows)
        try:
            for program in Database.programs:
                find_program(program)
            server = Database(folder)
        except ServerMissingError as missing:
            print(f"Without PostgreSQL: {missing}", file=sys.stderr)
        else:
            server.prepare()
            server.start()
            try:
                found["PostgreSQL"] = measure(portal, server.create("portal"), folder, options.rows)
            finally:
                server.stop(server.quickest_stop)
    print(f"| {options.rows} rows | {' | '.join(found)} |\n|---{'|---' * len(found)}|")
    for command in found["SQLite"]:
        print(f"| {command} | {' | '.join(f'{times[command]:.1f} s' for times in found.values())} |")
    print(f"\nAgain: `python benchmarks/records.py --rows {options.rows}`, on {os.cpu_count()} cores")
    if (seconds_taken := found.get("PostgreSQL", {}).get("the import", 0)) > MOST_SECONDS * options.rows / 20_000:
        sys.exit(f"Missed: {seconds_taken:.1f} s, promised: {MOST_SECONDS} s for 20,000 rows on PostgreSQL")


if __name__ == "__main__":
    main()
