"""Move every lock to the newest of everything, and keep that only if the portal's tests pass on it.

`make roll` runs it where no portal runs in containers. Where one runs, infrastructure/rolling runs it in a copy:

    python roll.py --environment .venv --make make --only python,redis
"""

import argparse
import re
import signal
import sys
import tempfile
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import image_lock
from image_lock import IMAGE_LOCK, ImageNotFoundError
from make_locks import (
    LOCKS,
    ROOT,
    RefusedError,
    StepError,
    make_javascript_lock,
    make_locks,
    make_python_locks,
    move_node_lock,
    restored_on_failure,
    step,
)
from move_icons import FILES as ICON_FILES
from moves import audit, closed, copy_locks, image_moves, package_moves, table

PACKAGES = ("python", "npm", "node")


def parse_only(text: str) -> set[str]:
    """Return what ONLY= names: everything when it is empty. Raises RefusedError for a name that there is not."""
    images = {only_name(image) for image in locked_images().values()}
    wanted = {name.strip() for name in text.split(",") if name.strip()}
    if unknown := wanted - images - {*PACKAGES, "images"}:
        allowed = ", ".join([*PACKAGES, "images", *sorted(images)])
        raise RefusedError(f"make roll: ONLY\n  found    {', '.join(sorted(unknown))}\n  allowed  {allowed}")
    if not wanted:
        return {*PACKAGES, *images}
    return wanted | images if "images" in wanted else wanted


def only_name(image: image_lock.LockedImage) -> str:
    """Return the name of an image for ONLY=: `python` alone is the packages of Python."""
    return f"{image.name}-image" if image.name in PACKAGES else image.name


def locked_images() -> dict[str, image_lock.LockedImage]:
    return image_lock.read((ROOT / IMAGE_LOCK).read_text()) if (ROOT / IMAGE_LOCK).exists() else {}


def set_in_environment() -> set[str]:
    """Return the image variables that .env sets, which come before the lock."""
    file = ROOT / ".env"
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    return set(re.findall(r"(?m)^\s*(?:export\s+)?([A-Z_]+_IMAGE)\s*=\s*\S", text))


def move_packages(environment: Path, make: list[str], only: Collection[str]) -> None:
    if "node" in only:
        move_node_lock(environment)
    if {"python", "npm"} <= set(only):
        make_locks(environment, make, upgrade=True)
    elif "python" in only:
        make_python_locks(environment, upgrade=True)
    elif "npm" in only:
        make_javascript_lock(environment, upgrade=True)
    if "npm" in only:
        step("Icons of Lucide", [sys.executable, Path(__file__).with_name("move_icons.py")])


def move_images(only: Collection[str]) -> None:
    """Lock the newest of the chosen images. Without Docker, they stay as they are."""
    images = locked_images()
    chosen = {variable: image for variable, image in images.items() if only_name(image) in only}
    kept = set_in_environment()
    if not chosen:
        return
    print("\n== Newest images", flush=True)
    if not image_lock.is_available():
        print("No Docker engine answers, so the images stay as they are.")
        return
    for variable, image in chosen.items():
        if variable in kept:
            print(f"{variable} is set in .env, and stays.")
            continue
        try:
            images[variable] = image_lock.newest(image)
        except ImageNotFoundError as error:
            raise StepError(f"the image {error}") from None
        kind = "" if images[variable].kind == "digest" else " (the one on this machine: no registry sent it)"
        print(f"{images[variable].reference}{kind}", flush=True)
    (ROOT / IMAGE_LOCK).write_text(image_lock.write(images.values()))


def roll(environment: Path, make: list[str], only: Collection[str], *, tests: bool) -> None:
    before, images = texts(), text_of(IMAGE_LOCK)
    with tempfile.TemporaryDirectory(prefix="audit-") as folder, ThreadPoolExecutor(1) as executor:
        copy_locks(Path(folder))
        # It takes as long as making the locks.
        audited = executor.submit(audit, environment, Path(folder)) if set(only) & {*PACKAGES} else None
        move_packages(environment, make, only)
        packages = package_moves(before, texts())
        move_images(only)
        print("\n== What moves", flush=True)
        closes, not_checked = closed(audited.result(), audit(environment, ROOT)) if audited and packages else ({}, [])
    moves = [*image_moves(images, text_of(IMAGE_LOCK)), *packages]
    print(table(moves, closes), *not_checked, sep="\n", flush=True)
    if tests and moves:
        step("Installing, and running the tests", [*make, "test"])


def texts() -> dict[Path, str]:
    return {lock: text_of(lock) for lock in LOCKS}


def text_of(file: Path) -> str:
    return (ROOT / file).read_text() if (ROOT / file).exists() else ""


def run(attempt: Callable[[], None]) -> int:
    """Run a roll. When it fails or is interrupted, restore the locks and return 1."""
    try:
        with restored_on_failure([*LOCKS, IMAGE_LOCK, *ICON_FILES]):
            attempt()
    except (StepError, OSError, KeyboardInterrupt) as problem:
        reason = "interrupted" if isinstance(problem, KeyboardInterrupt) else f"this failed: {problem}"
        print(f"\nNothing was moved: {reason}")
        print("The old locks are restored. The next make command installs from them again.")
        return 1
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--environment", type=Path, required=True, help="the virtual environment's folder")
    parser.add_argument("--make", nargs="+", default=["make"], help="the command that makes a target of the portal")
    parser.add_argument("--only", default="", help="what to move, with commas: python, npm, node, images, redis, ...")
    parser.add_argument("--skip-tests", action="store_true", help="the tests ran elsewhere")
    options = parser.parse_args()
    environment = (ROOT / options.environment).absolute()

    # An interruption restores the old locks as well.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        only = parse_only(options.only)
    except RefusedError as error:
        print(error, file=sys.stderr)
        return 2
    status = run(lambda: roll(environment, options.make, only, tests=not options.skip_tests))
    if status == 0 and not options.skip_tests:
        print("\nThe tests pass. Keep it with: git commit --all --message 'Move to the newest of everything'")
    return status


if __name__ == "__main__":
    sys.exit(main())
