"""How long an import of the registrar's list takes: whole commands, as an operator runs them.

    python benchmarks/records.py [--rows 20000]

The list is made up: four in five rows are people with a role and details each, and the others give somebody a second
role. It goes into SQLite, and into a PostgreSQL that is started for it on the loopback address: a dry run, the import,
the same again, which has nothing to do, the list with every row changed, and the export. Each command counts with the
start of its Python. It prints a Markdown table, and ends with an error when the promise is missed.
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
    """A list of so many rows; `changed` has other names, and other ends of the same roles."""
    header = ["username", "email", "display_name", "role", "start", "end", "details.department", "details.number"]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        for number in range(rows):
            who = number % (rows * 4 // 5)
            second = who != number
            role, start = ("faculty", "2025-02-01") if second else ("student", "2024-08-01")
            person = [f"person{who}", f"person{who}@example.edu", f"Person {who}" + (" Changed" if changed else "")]
            end = "2029-07-31" if changed else "2028-07-31"
            writer.writerow([*person, role, start, end, DEPARTMENTS[who % len(DEPARTMENTS)], f"{number:06}"])


def environment(database: str, folder: Path) -> dict[str, str]:
    """What a command sees: the database alone is a real server, for an import asks nothing else for anything."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {**kept, "DATABASE_URL": database, "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}


def seconds(portal: Path, variables: dict[str, str], *arguments: str) -> float:
    """The wall time of a management command that must succeed."""
    started = time.perf_counter()
    done = subprocess.run(
        [portal / ".venv/bin/python", "manage.py", *arguments],
        cwd=portal,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )
    taken = time.perf_counter() - started
    if done.returncode:
        sys.exit(f"{' '.join(arguments)} failed:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return taken


def measure(portal: Path, database: str, folder: Path, rows: int) -> dict[str, float]:
    """What was done → seconds, on an empty database."""
    variables = environment(database, folder)
    seconds(portal, variables, "migrate", "--no-input")
    first, second = folder / "first.csv", folder / "second.csv"
    write_list(first, rows, changed=False)
    write_list(second, rows, changed=True)
    return {
        "a dry run": seconds(portal, variables, "import_people", str(first), "--dry-run"),
        "the import": seconds(portal, variables, "import_people", str(first)),
        "the same again: nothing to do": seconds(portal, variables, "import_people", str(first)),
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
        folder.chmod(0o711)  # PostgreSQL's user passes through to its own folder
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
    for what in found["SQLite"]:
        print(f"| {what} | {' | '.join(f'{times[what]:.1f} s' for times in found.values())} |")
    print(f"\nAgain: `python benchmarks/records.py --rows {options.rows}`, on {os.cpu_count()} cores")
    if (taken := found.get("PostgreSQL", {}).get("the import", 0)) > MOST_SECONDS * options.rows / 20_000:
        sys.exit(f"Missed: {taken:.1f} s, promised: {MOST_SECONDS} s for 20,000 rows on PostgreSQL")


if __name__ == "__main__":
    main()
