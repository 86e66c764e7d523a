"""The commands that a roll runs, and the error that ends it."""

import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class RollError(Exception):
    """A step failed. `do` says what to do next."""

    def __init__(self, found: str, *, do: str = "") -> None:
        super().__init__(found)
        self.do = do


def step(title: str, *command: str | Path, folder: Path = ROOT, do: str = "", **variables: str) -> None:
    """Print `title` and run a command, whose output is printed. Raises RollError when it fails."""
    print(f"\n== {title}", flush=True)
    if call(*command, folder=folder, **variables):
        raise RollError(f"{title} failed", do=do or "correct what the output above names, then run make roll again")


def call(*command: str | Path, folder: Path = ROOT, **variables: str) -> int:
    """Run a command, whose output is printed, and return its exit status."""
    environment = {**os.environ, **variables}
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=folder, env=environment, stdin=subprocess.DEVNULL, check=False).returncode


def output(*command: str | Path, folder: Path = ROOT, **variables: str) -> str:
    """Return the output of a command, whose errors are printed. Raises RollError when it fails."""
    environment = {**os.environ, **variables}
    words = [str(word) for word in command]
    done = subprocess.run(
        words, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise RollError(f"`{' '.join(words)}` ended with {done.returncode}")
    return done.stdout.strip()


def is_true(*command: str | Path, folder: Path = ROOT) -> bool:
    """Return whether a command succeeds. Its output is not printed."""
    try:
        done = subprocess.run([str(word) for word in command], cwd=folder, capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0
