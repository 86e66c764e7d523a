"""Measure how long `make demo` takes until the portal answers, the first time in a fresh clone and the second time.

    python benchmarks/demo.py [--cold] [--keep]

The clone holds the files that git tracks or would add. By default, pip, uv and npm install packages from their caches.
With --cold the caches are empty, and all packages are downloaded. The time ends with the first byte of the first page,
which is requested ten times a second. The steps are printed with their times.
"""

import argparse
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from tests.support.checkout import copy_checkout  # noqa: E402
from tests.support.network import free_port  # noqa: E402

# The promises on 2 cores: the first run with empty caches, the first run with warm caches, and the second run.
COLD_SECONDS, WARM_SECONDS, SECOND_SECONDS = 60, 30, 4
TIMEOUT_SECONDS = 600
CACHES = ("UV_CACHE_DIR", "PIP_CACHE_DIR", "npm_config_cache", "XDG_CACHE_HOME")


def seconds_to_first_byte(folder: Path, environment: dict[str, str], log: Path) -> float:
    """Run `make demo` until its first page answers, stop it, and return the seconds until then."""
    port = free_port()
    started = time.perf_counter()
    with (
        log.open("wb") as output,
        subprocess.Popen(
            ["make", "demo", f"PORT={port}"],
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        ) as demo,
    ):
        try:
            while not answers(port):
                if demo.poll() is not None:
                    sys.exit(f"make demo ended with {demo.returncode}:\n{log.read_text()[-5000:]}")
                if time.perf_counter() - started > TIMEOUT_SECONDS:
                    sys.exit(f"no answer from make demo:\n{log.read_text()[-5000:]}")
                time.sleep(0.1)
            return time.perf_counter() - started
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(demo.pid, signal.SIGINT)  # Ctrl-C in its terminal
            try:
                demo.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(demo.pid, signal.SIGKILL)


def answers(port: int) -> bool:
    try:
        with urlopen(f"http://127.0.0.1:{port}/", timeout=5) as response:
            return bool(response.read(1))
    except (URLError, OSError):
        return False


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--cold", action="store_true", help="with empty package caches")
    arguments.add_argument("--keep", action="store_true", help="keep the clone and its logs")
    options = arguments.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="demo-"))
    # The options of a make that runs this program must not reach the clone's.
    left_out = {"MAKEFLAGS", "MAKELEVEL", "MFLAGS", "VENV", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE"}
    environment = {name: value for name, value in os.environ.items() if name not in left_out}
    if options.cold:
        environment |= {name: str(folder / "caches" / name) for name in CACHES}
    missed = []
    try:
        copy_checkout(folder / "clone")
        promised = {"first": COLD_SECONDS if options.cold else WARM_SECONDS, "second": SECOND_SECONDS}
        for run, most in promised.items():
            log = folder / f"{run}.log"
            seconds = seconds_to_first_byte(folder / "clone", environment, log)
            print("".join(f"  {step}\n" for step in re.findall(r"(?m)^.*: \d+ s$", log.read_text())), end="")
            caches = "empty package caches" if options.cold and run == "first" else "warm package caches"
            print(f"make demo, {run} time: {seconds:.1f} s to the first byte ({caches}); at most {most} s", flush=True)
            if seconds > most:
                missed.append(run)
    finally:
        if options.keep:
            print(f"The clone and its logs are in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    if missed:
        sys.exit(f"slower than promised: {', '.join(missed)}")


if __name__ == "__main__":
    main()
