"""Create a Python environment that holds exactly what a lock names, each package checked against its hash.

    python environment.py .venv requirements-development.lock

An environment that exists and works is updated. uv installs the packages. pip installs that uv into the environment, by
its hash in the same lock. $UV names another uv.
"""

import os
import re
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from run_uv import uv_command

OLDEST = (3, 12)


class NotAnEnvironmentError(Exception):
    """The folder holds files that are not those of a Python environment."""


def works(python: Path) -> bool:
    """Tell whether this Python runs and is new enough. An upgrade of the system can remove an environment's Python."""
    check = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    try:
        return subprocess.run([python, "-c", check], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def create(folder: Path, *, with_pip: bool) -> None:
    """Create an environment in `folder`, in place of a broken one.

    Raises NotAnEnvironmentError when the folder holds anything else.
    """
    if folder.exists() and not (folder / "pyvenv.cfg").exists() and any(folder.iterdir()):
        raise NotAnEnvironmentError(f"""\
{folder}: the folder is not empty, and is not a Python environment
  allowed  an environment with Python {OLDEST[0]}.{OLDEST[1]} or newer, an empty folder, or a new one
  do       move the folder away, or name another: make VENV=...""")
    print(f"Creating the Python environment {folder} with {sys.executable}", flush=True)
    venv.create(folder, clear=True, symlinks=True, with_pip=with_pip)


def install_uv(python: Path, lock: Path) -> Path:
    """Install the uv that `lock` names with the environment's pip, and return its path."""
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    if subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode:
        subprocess.run([python, "-m", "ensurepip"], stdout=subprocess.DEVNULL, check=True)
    entry = re.search(r"(?m)^uv==.*\n(?:[ \t]+.*\n)*", lock.read_text())
    if entry is None:
        sys.exit(f"{lock}: it does not name uv, which installs the others. Add uv to its group in pyproject.toml.")
    with tempfile.TemporaryDirectory(prefix="uv-") as folder:
        requirement = Path(folder) / "uv.lock"
        requirement.write_text(entry[0])
        subprocess.run([*pip, "install", "--quiet", "--require-hashes", "--requirement", requirement], check=True)
    return python.with_name("uv")


def main(folder: Path, lock: Path) -> None:
    python = folder / "bin" / "python"
    named = os.environ.get("UV")
    if not works(python):
        create(folder, with_pip=not named)
    uv = Path(named) if named else install_uv(python, lock)
    options = ["--quiet", "--require-hashes", "--allow-empty-requirements", "--python", python]
    if os.environ.get("PYTHONDONTWRITEBYTECODE"):
        # Python would keep no bytecode of these packages, and compile them again in every process.
        options.append("--compile-bytecode")
    if (wheels := lock.parent / "packages").is_dir():
        options += ["--find-links", wheels]
    command, environment = uv_command(uv, "pip", "sync", *options, lock)
    subprocess.run(command, env=environment, check=True)


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), Path(sys.argv[2]))
    except NotAnEnvironmentError as error:
        sys.exit(str(error))
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)  # the output of the command says why
