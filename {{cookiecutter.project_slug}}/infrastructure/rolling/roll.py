"""`make roll` where the portal runs: moves, tests and deploys the newest of everything."""

import os
import shutil
import time
from pathlib import Path

from . import candidate, portal
from .commands import RollError, call, is_true, output, step
from .releases import FOLDER as RELEASES
from .room import check_room
from .scratch import built_targets, scratch_stack
from .watch import watch

UNTOUCHED = "The running portal was not touched."


def roll(*, make: str, only: str, skip_tests: bool, backup: bool, data: bool) -> None:
    """Move a copy of the portal to the newest of everything, test it beside the running portal, and deploy it.

    Raises RollError. Until the deployment, nothing of the running portal and none of its files has changed by then.
    """
    started = time.monotonic()
    check_room()
    project, before = portal.project(), portal.release()
    with candidate.candidate() as folder:
        options = ["DEPLOY=no", "SKIP=tests", f"ONLY={only}", "VENV=.venv"]
        step("Finding the newest versions", make, "--no-print-directory", "-C", folder, "roll", *options)
        if not candidate.changed(folder):
            print("\nNothing to deploy.")
            return
        release = build(folder, project)
        try:
            check_release(folder, project, release, make=make, skip_tests=skip_tests)
            if backup:
                back_up()
            if data:
                restore(folder, project, release)
        except BaseException:
            remove_images(project, release, unless=before)
            raise
        deploy(folder, project, release, before)
    seconds = time.monotonic() - started
    print(f"\nRelease {release} serves, after {seconds:.0f} seconds. The one before was {before or 'unnamed'}.")
    if is_true("git", "rev-parse"):
        print("Keep it with: git commit --all --message 'Move to the newest of everything'")


def build(folder: Path, project: str) -> str:
    """Build the release beside the running one, under the portal's own name, and return it."""
    print("\n== Building the release", flush=True)
    try:
        output("infrastructure/write-secrets", folder=folder)  # Compose reads no file without them
        release = output("infrastructure/build-release", folder=folder, COMPOSE_PROJECT_NAME=project)
    except RollError:
        raise RollError("the images cannot be built", do=f"{UNTOUCHED} The output above says why") from None
    print(f"Release {release}", flush=True)
    return release


def check_release(folder: Path, project: str, release: str, *, make: str, skip_tests: bool) -> None:
    """Run the portal's tests, and doctor in a scratch stack. Raises RollError."""
    do = f"{UNTOUCHED} Move the rest without what fails: make roll ONLY=..."
    named = {"COMPOSE_PROJECT_NAME": project, "RELEASE": release}
    step(
        "Checking that the servers can read their data",
        "infrastructure/check-data",
        folder=folder,
        do=f"{UNTOUCHED} Do what the output above says, or move the rest: make roll ONLY=...",
        **named,
    )
    if not skip_tests:
        step("Running the tests", make, "--no-print-directory", "-C", folder, "test", "VENV=.venv", do=do)
    with scratch_stack(folder, project, release):
        doctor = ("docker", "compose", "exec", "-T", "intranet-server", "python", "manage.py", "doctor")
        step("Testing every part of the scratch stack", *doctor, folder=folder, do=do)


def back_up() -> None:
    do = f"{UNTOUCHED} Correct what the output above names, or roll without a backup: make roll BACKUP=no"
    step("Backing up", "infrastructure/backup-now", do=do)


def restore(folder: Path, project: str, release: str) -> None:
    """Restore the newest backup into servers of its own, migrate it and test it with the release. Raises RollError."""
    shutil.copy(portal.ENVIRONMENT, folder / ".env")  # in place of that of the scratch stack
    do = f"{UNTOUCHED} The new release may not work with your data. To roll without this step: make roll DATA=none"
    named = {"COMPOSE_PROJECT_NAME": project, "RELEASE": release}
    step("Restoring the newest backup beside the portal", "infrastructure/restore-drill", folder=folder, do=do, **named)


def deploy(folder: Path, project: str, release: str, before: str) -> None:
    """Deploy a tested release and watch it. When it is not well, return to the one before, and raise RollError."""
    kept = RELEASES / (before or "before")
    candidate.keep(kept)
    try:
        candidate.adopt(folder)
        step("Deploying", "infrastructure/up", RELEASE=release)
        print("\n== Watching the new release", flush=True)
        print(watch(float(os.environ.get("WATCH_SECONDS") or 60)), flush=True)
    except BaseException as error:
        candidate.adopt(kept)
        print(f"\n== Returning to {before or 'the release before'}: {str(error) or 'interrupted'}", flush=True)
        returned = call("infrastructure/up", RELEASE=before)
        if isinstance(error, RollError):
            error.do = (
                "the release before serves again" if not returned else "run make up: the output above says what failed"
            )
            remove_images(project, release, unless=before)
        raise


def remove_images(project: str, release: str, *, unless: str) -> None:
    """Remove the images of a release that does not serve."""
    if release != unless:
        for target in built_targets():
            is_true("docker", "image", "rm", f"{project}-{target}:{release}")
        shutil.rmtree(RELEASES / release, ignore_errors=True)
