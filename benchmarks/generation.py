"""How long the generation of a default portal takes, against the shortest thing that cookiecutter can do.

    python benchmarks/generation.py [--runs 15] [--profile]

Both are whole processes, measured in turns, so that whatever else the machine does meets both alike. Nothing is
fetched: the template is a folder. The bytecode of all libraries is there already, as after anybody's first run.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

REPOSITORY = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY))

from tools.generate import source_files  # noqa: E402  (found by the line above)

MOST_TIMES = 3.0  # the promise: a generation takes at most so many times as long as `cookiecutter --version`

COOKIECUTTER = [sys.executable, "-m", "cookiecutter"]
# Without bytecode each run would compile all of cookiecutter, and the generation would seem a small part of it.
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


def seconds(command: list[str], *, folder: Path) -> float:
    """The wall time of a command that must succeed."""
    started = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    taken = time.perf_counter() - started
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return taken


def clean_template(folder: Path) -> Path:
    """The template without what working on it leaves behind; cookiecutter would copy that too."""
    for path in source_files():
        target = folder / "template" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(REPOSITORY / path, target)
    return folder / "template"


def generation(template: Path, folder: Path) -> list[str]:
    """The command, with a configuration of its own: it neither reads nor writes anybody's home."""
    configuration = folder / "configuration.yaml"
    configuration.write_text(f"cookiecutters_dir: {folder}/templates\nreplay_dir: {folder}/replays\n")
    options = ["--no-input", "--overwrite-if-exists", "--config-file", str(configuration)]
    return [*COOKIECUTTER, *options, "--output-dir", str(folder / "made"), str(template)]


def measure(template: Path, folder: Path, runs: int) -> tuple[list[float], list[float]]:
    """The times of `cookiecutter --version` and of the generation into an empty folder."""
    version, generate = [*COOKIECUTTER, "--version"], generation(template, folder)
    times = ([], [])
    for run in range(runs + 1):
        shutil.rmtree(folder / "made", ignore_errors=True)
        taken = seconds(version, folder=folder), seconds(generate, folder=folder)
        if run > 0:  # the first run writes the bytecode
            times[0].append(taken[0])
            times[1].append(taken[1])
    return times


def print_profile(template: Path, folder: Path) -> None:
    """Where a generation's time goes, as Python's own profiler sees the process (which it slows down)."""
    shutil.rmtree(folder / "made", ignore_errors=True)
    command = generation(template, folder)
    profiled = [sys.executable, "-m", "cProfile", "-s", "cumulative", *command[1:]]
    done = subprocess.run(profiled, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=True)
    print("\n".join(done.stdout.splitlines()[:70]))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--runs", type=int, default=15)
    arguments.add_argument("--profile", action="store_true", help="show where the time goes, and measure nothing")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="generation-") as temporary:
        folder = Path(temporary)
        template = clean_template(folder)
        if options.profile:
            print_profile(template, folder)
            return
        version, generate = measure(template, folder, options.runs)
        files = sum(path.is_file() for path in (folder / "made").rglob("*"))
    for name, times in (("cookiecutter --version", version), ("a default portal", generate)):
        print(f"{name:24} median {median(times):.3f} s   quickest {min(times):.3f} s   ({len(times)} runs)")
    ratio = median(generate) / median(version)
    print(f"{files} files; {ratio:.2f} times as long; at most {MOST_TIMES} is promised")
    if ratio > MOST_TIMES:
        sys.exit(f"{ratio:.2f} is more than {MOST_TIMES}: look where the time goes with --profile")


if __name__ == "__main__":
    main()
