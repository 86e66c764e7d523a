"""`make roll-back`: returns code, locks and images to the release before. The data stay."""

import sys

from . import candidate, portal
from .commands import ROOT, RollError, is_true, output, step
from .releases import Release, release_before, unsafe_since
from .scratch import built_targets


def roll_back(*, confirmed: bool) -> None:
    """Return to the release before, after one confirmation. Raises RollError."""
    current = portal.release()
    target = release_before(current)
    if target is None:
        raise RollError(
            "no release served here before this one", do="make up builds the code and the locks that are here"
        )
    check_images(target)
    commit = commit_to_return_to(target)
    print(explanation(current, target, commit))
    if not confirmed and not is_confirmed():
        raise RollError("nothing was changed", do="answer yes, or run make roll-back YES=yes")
    if commit:
        output("git", "checkout", "--quiet", "--", *existing_files())
        output("git", "checkout", "--quiet", "--detach", commit)
    candidate.adopt(target.locks)
    step("Deploying", "infrastructure/up", do="make up deploys what this folder holds now", RELEASE=target.name)
    print(f"\nRelease {target.name} serves again.")
    if commit:
        print("The folder is at its commit. To return to your branch: git switch -")


def check_images(target: Release) -> None:
    project = portal.project()
    for one in built_targets():
        image = f"{project}-{one}:{target.name}"
        if not is_true("docker", "image", "inspect", image):
            found = f"the image {image} is not on this machine any more"
            raise RollError(found, do="check out the code and the locks of that time, and run make up")


def commit_to_return_to(target: Release) -> str:
    """Return the commit of a release, empty when the code is that of it or when it is not known.

    Raises RollError when other files than the locks were changed and not committed: they would be lost.
    """
    commit = target.commit.removesuffix("-dirty")
    if not commit or not is_true("git", "cat-file", "-e", commit) or output("git", "rev-parse", "HEAD") == commit:
        return ""
    locks = {str(file) for file in candidate.FILES}
    changed = output("git", "diff", "--name-only", "HEAD").splitlines()
    if others := [file for file in changed if file not in locks]:
        found = f"files were changed and not committed: {', '.join(others[:5])}"
        raise RollError(found, do="commit them, or put them away with git stash, then run make roll-back again")
    return commit


def existing_files() -> list[str]:
    tracked = output("git", "ls-files", "--", *map(str, candidate.FILES)).splitlines()
    return [file for file in tracked if (ROOT / file).exists()]


def explanation(current: str, target: Release, commit: str) -> str:
    """Return what a roll-back does here."""
    lines = [f"From release {current or '(unnamed)'} to {target.name}, which was deployed at {target.deployed_at}."]
    if commit:
        lines.append(f"Code: commit {commit[:12]}.")
    elif not target.commit:
        lines.append(
            "Code: the images have that of the release. This folder keeps its own, which the next make up builds."
        )
    lines.append("Locks and images: those of that release. Data: they stay, with everything that was written since.")
    if unsafe := unsafe_since(target):
        names = ", ".join(name for one in unsafe for name in one.unsafe_migrations)
        lines += [
            f"Unsafe migrations were allowed since: {names}. The older code may fail on the tables as they are now.",
            f"If it does, restore the backup from before {unsafe[0].deployed_at} with make restore. What was written",
            "since then would be lost.",
        ]
    return "\n".join(lines)


def is_confirmed() -> bool:
    if not sys.stdin.isatty():
        return False
    return input("Return to it? [yes/no] ").strip().lower() in {"y", "yes"}
