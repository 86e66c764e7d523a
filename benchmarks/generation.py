"""Compare the time to generate a default portal with the least time that any generation needs.

    python benchmarks/generation.py [--runs 15] [--profile]

Any generation needs the time of `cookiecutter --version`, which starts Python and imports cookiecutter, and of a plain
copy of the template's files. `--version` alone is no measure: it writes nothing, and on a slow disk a generation mostly
waits for its files. The three alternate, so that other work on the machine slows all of them. Nothing is downloaded,
because the template is a folder. The bytecode of all libraries exists, as after a first run.
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

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools.generate import copy_sources

# The promise: a generation takes at most this many times as long as `--version` and a copy of the files.
MOST_TIMES = 2.0
PORTAL = "{{cookiecutter.project_slug}}"

COOKIECUTTER = [sys.executable, "-m", "cookiecutter"]
# Without bytecode every run compiles cookiecutter, which takes longer than the generation.
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}


def seconds(command: list[str], *, folder: Path) -> float:
    """Return the wall time of a command. Exit when it fails."""
    started = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    seconds_taken = time.perf_counter() - started
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return seconds_taken


def generation(template: Path, folder: Path) -> list[str]:
    """Return the command, with a configuration that keeps it out of the home folder."""
    configuration = folder / "configuration.yaml"
    configuration.write_text(f"cookiecutters_dir: {folder}/templates\nreplay_dir: {folder}/replays\n")
    options = ["--no-input", "--overwrite-if-exists", "--config-file", str(configuration)]
    return [*COOKIECUTTER, *options, "--output-dir", str(folder / "made"), str(template)]


def seconds_to_copy(source: Path, target: Path) -> float:
    """Return the wall time of a copy of a folder, made as cookiecutter makes it."""
    shutil.rmtree(target, ignore_errors=True)
    started = time.perf_counter()
    shutil.copytree(source, target)
    return time.perf_counter() - started


def measure(template: Path, folder: Path, runs: int) -> dict[str, list[float]]:
    """Return the wall times, in seconds, of each command and of the copy."""
    version, generate = [*COOKIECUTTER, "--version"], generation(template, folder)
    times = {"cookiecutter --version": [], "a copy of the files": [], "a default portal": []}
    for run in range(runs + 1):
        shutil.rmtree(folder / "made", ignore_errors=True)
        taken = (
            seconds(version, folder=folder),
            seconds_to_copy(template / PORTAL, folder / "copy"),
            seconds(generate, folder=folder),
        )
        if run > 0:  # the first run writes the bytecode
            for measured, value in zip(times.values(), taken, strict=True):
                measured.append(value)
    return times


def print_profile(template: Path, folder: Path) -> None:
    """Print where the time goes, by Python's own profiler, which slows the process down."""
    shutil.rmtree(folder / "made", ignore_errors=True)
    command = generation(template, folder)
    profiled = [sys.executable, "-m", "cProfile", "-s", "cumulative", *command[1:]]
    done = subprocess.run(profiled, cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=True)
    print("\n".join(done.stdout.splitlines()[:70]))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--runs", type=int, default=15)
    arguments.add_argument("--profile", action="store_true", help="print where the time goes instead of measuring")
    options = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="generation-") as temporary:
        folder = Path(temporary)
        template = copy_sources(folder / "template")
        if options.profile:
            print_profile(template, folder)
            return
        times = measure(template, folder, options.runs)
        files = sum(path.is_file() for path in (folder / "made").rglob("*"))
    for name, measured in times.items():
        print(f"{name:24} median {median(measured):.3f} s   quickest {min(measured):.3f} s   ({len(measured)} runs)")
    runs = list(zip(*times.values(), strict=True))
    ratio = median(generate / (version + copy) for version, copy, generate in runs)
    alone = median(generate / version for version, _, generate in runs)
    print(f"{files} files; {ratio:.2f} times as long as the two together; at most {MOST_TIMES} is promised")
    print(f"{alone:.2f} times as long as `--version` alone, which depends on the disk")
    if ratio > MOST_TIMES:
        sys.exit(f"{ratio:.2f} is more than {MOST_TIMES}: run with --profile to see where the time goes")


if __name__ == "__main__":
    main()
