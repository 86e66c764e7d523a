"""Bring the template's changes into the portal in the working folder, with cruft.

    python template.py --environment .venv update [--checkout REF]
    python template.py --environment .venv link URL

`make template-update` and `make template-link` run it. A portal that is older than these commands runs the file of a
clone of the template. `link` is for a portal that plain cookiecutter made: it writes `.cruft.json`, which says which
commit of the template the portal was made from, and with which answers.
"""

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from lock_sources import JAVASCRIPT_LOCK, PYTHON_LOCKS

PORTAL = Path.cwd()
RECORD = Path(".cruft.json")
CHANGELOG = "CHANGELOG.md"
LOCKS = {*map(str, PYTHON_LOCKS), str(JAVASCRIPT_LOCK), "infrastructure/development/node.lock"}
# Of the files of a template's commit, a portal that was made from it has at least this part unchanged.
LEAST_ALIKE = 0.5
# Two entries of the changelog that share at least this part of their words are the same one.
SAME_ENTRY = 0.8


class RefusedError(Exception):
    """Nothing was changed. The message says why, and what to do."""


def git(*arguments: str | Path, folder: Path = PORTAL) -> str:
    """Return what git prints. Raises RefusedError with its error when it fails."""
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)  # noqa: S607
    if done.returncode:
        raise RefusedError(f"git {arguments[0]} failed:\n{done.stderr.strip()}")
    return done.stdout


def sources_of(clone: Path) -> str:
    """Return the name of the folder from which a template makes a portal. It is a placeholder."""
    found = [folder.name for folder in clone.glob("{{*}}")]
    if len(found) != 1:
        raise RefusedError("This repository is no template: it has no folder whose name is a placeholder.")
    return found[0]


def cruft(environment: Path, *arguments: str | Path) -> None:
    """Run cruft in an environment of its own. Raises RefusedError with its output when it fails."""
    python = environment / "bin" / "python"
    uv = [python, Path(__file__).with_name("run_uv.py")]
    options = ["--quiet", "--no-python-downloads", f"--python={python}"]
    command = [str(word) for word in (*uv, "tool", "run", *options, "cruft", *arguments)]
    done = subprocess.run(command, cwd=PORTAL, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RefusedError(f"cruft {arguments[0]} failed:\n{done.stdout}{done.stderr}".rstrip())


def refuse_uncommitted_changes() -> None:
    """Raise RefusedError unless git has every change of the portal, so that one command takes an update back."""
    try:
        changed = git("status", "--porcelain").splitlines()
    except (RefusedError, FileNotFoundError):
        raise RefusedError(
            "This portal is in no git repository, so an update could not be compared or taken back.\n"
            "  do  git init && git add --all && git commit --message 'The portal'"
        ) from None
    if changed:
        raise RefusedError("\n".join(["These changes are not committed:", *changed, "  do  commit them, or git stash"]))


# What has changed


def entries(changelog: str) -> Iterator[tuple[str, str]]:
    """Yield (headings above it, entry) for each list item and each paragraph of a changelog."""
    headings: dict[int, str] = {}
    for block in re.split(r"\n{2,}|\n(?=- |#)", changelog):
        if heading := re.match(r"(#+) (.+)", block):
            level = len(heading[1])
            headings = {depth: text for depth, text in headings.items() if depth < level} | {level: heading[2]}
        elif text := block.strip("\n"):
            yield ", ".join(name for depth, name in headings.items() if depth > 1), text


def news(before: str, after: str) -> str:
    """Return the entries of a changelog that are not in an older one, under their headings.

    An entry of which a word has changed, such as the name of a page, is not new.
    """
    known = [set(text.split()) for _, text in entries(before)]
    lines, under = [], None
    for heading, text in entries(after):
        words = set(text.split())
        if not any(len(words & others) >= SAME_ENTRY * len(words | others) for others in known):
            lines += [] if heading == under else ["", f"{heading}:", ""]
            lines.append(text)
            under = heading
    return "\n".join(lines).strip()


def show_changes(clone: Path, old: str, new: str) -> None:
    def changelog(commit: str) -> str:
        return git("show", f"{commit}:{CHANGELOG}", folder=clone)

    print(f"From {old[:12]} to {new[:12]} of the template:", flush=True)
    size = git("diff", "--shortstat", old, new, "--", sources_of(clone), folder=clone).strip()
    print(size or "no file of a portal changed")
    print(f"\n{news(changelog(old), changelog(new)) or 'Its changelog has no new entry.'}\n", flush=True)


# update


def update(environment: Path, checkout: str) -> int:
    """Apply what has changed in the template since the portal's commit. Return 1 when there are conflicts."""
    refuse_uncommitted_changes()
    if not (PORTAL / RECORD).exists():
        raise RefusedError(
            f"{RECORD} is missing: it says which commit of the template this portal was made from.\n"
            "  do  make template-link TEMPLATE=URL, with the address of the template's git repository"
        )
    record = json.loads((PORTAL / RECORD).read_text(encoding="utf-8"))
    needed_before = keys_of_environment()
    with tempfile.TemporaryDirectory(prefix="template-") as folder:
        clone = clone_template(record["template"], Path(folder), checkout)
        new = git("rev-parse", "HEAD", folder=clone).strip()
        if new == record["commit"]:
            print(f"This portal has every change of the template: {new[:12]}.")
            return 0
        show_changes(clone, record["commit"], new)
        options = ["--skip-apply-ask", "--template-path", clone, "--checkout", new]
        cruft(environment, "update", *options)
    git("add", RECORD)
    conflicts = settle_locks(conflicting_files())
    print_next(conflicts, sorted(keys_of_environment() - needed_before))
    return 1 if conflicts else 0


def clone_template(url: str, folder: Path, checkout: str = "") -> Path:
    clone = folder / "template"
    git("clone", "--quiet", url, clone)
    if checkout:
        git("checkout", "--quiet", checkout, folder=clone)
    return clone


def keys_of_environment() -> set[str]:
    """Return the keys that .env.example sets."""
    return set(re.findall(r"(?m)^([A-Z_]+)=", (PORTAL / ".env.example").read_text(encoding="utf-8")))


def conflicting_files() -> list[str]:
    """Return the files with conflict markers, and those with a part beside them, in `*.rej`, that did not apply."""
    marked = git("diff", "--name-only", "--relative", "--diff-filter=U", "-z").split("\0")
    listed = git("ls-files", "--others", "--exclude-standard", "-z", "--", "*.rej").split("\0")
    return sorted({name for name in [*marked, *listed] if name})


def settle_locks(conflicts: list[str]) -> list[str]:
    """Take the template's version of each lock in conflict, and return the other conflicts.

    Lines of two locks cannot be merged. `make lock` adds the packages of the portal's own apps again.
    """
    settled = [name for name in conflicts if name in LOCKS]
    for name in settled:
        git("checkout", "--theirs", "--", name)
        git("add", name)
        print(f"{name}: the template's version, because both sides had moved")
    return [name for name in conflicts if name not in settled]


def print_next(conflicts: list[str], keys: list[str]) -> None:
    """Print what is left to do, in order."""
    steps = []
    if conflicts:
        steps.append("resolve the conflicts in these files, and git add them:\n     " + "\n     ".join(conflicts))
    steps.append("do what the entries above say after **Do:**")
    if keys:
        steps.append(f"set the new keys of .env, as .env.example explains them: {', '.join(keys)}")
    steps += [
        "make lock         brings the locks up to date with the packages of your apps",
        "make migrations   applies new migrations, and writes those that your apps lack",
        "make test",
        "git commit --all --message 'Take in the changes of the template', then deploy",
    ]
    print("\nThe changes are in the working tree. Next:\n")
    print("\n".join(f"  {number}. {text}" for number, text in enumerate(steps, start=1)))
    print("\nTo take the update back before you commit: git reset --hard")


# link


def link(environment: Path, url: str) -> int:
    """Write .cruft.json for a portal that plain cookiecutter made."""
    if (PORTAL / RECORD).exists():
        raise RefusedError(f"{RECORD} exists: this portal is linked.\n  do  make template-update")
    refuse_uncommitted_changes()
    with tempfile.TemporaryDirectory(prefix="template-") as folder:
        clone = clone_template(url, Path(folder))
        commit, alike = most_alike(clone, blobs_of_portal())
    if alike < LEAST_ALIKE:
        raise RefusedError(
            f"This portal was not made from {url}: at most {alike:.0%} of its files are those of a commit of it.\n"
            "  do  name the template's git repository: make template-link TEMPLATE=URL"
        )
    answers = json.dumps(answers_of(yaml.safe_load((PORTAL / "portal.yaml").read_text(encoding="utf-8"))))
    cruft(environment, "link", url, "--no-input", "--checkout", commit, "--extra-context", answers)
    print(f"{RECORD}: made from {commit[:12]} of the template, of whose files {alike:.0%} are unchanged here.")
    print("\nNext:\n")
    print(f"  git add {RECORD} && git commit --message 'Link the portal to its template'")
    print("  make template-update")
    return 0


def blobs_of_portal() -> dict[str, str]:
    """Return file -> the id of its content, for every file of the portal that git has."""
    listed = git("ls-files", "--stage", "-z").split("\0")
    return {name: stage.split()[1] for stage, _, name in (line.partition("\t") for line in listed if line)}


def most_alike(clone: Path, portal: Mapping[str, str]) -> tuple[str, float]:
    """Return the commit of the template with the most files as in the portal, the newest of several, and their part."""
    files: dict[str, str] = {}
    best = ("", 0.0)
    for commit, changes in history(clone):
        files = {name: blob for name, blob in (files | changes).items() if blob}
        alike = sum(portal.get(name) == blob for name, blob in files.items()) / max(len(files), 1)
        if alike >= best[1]:
            best = (commit, alike)
    return best


def history(clone: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each commit that changed the portal's files, from the first, with file -> the id of its content.

    The id of a file that was deleted is empty.
    """
    sources = sources_of(clone)
    options = ["--reverse", "--first-parent", "--diff-merges=first-parent", "--raw", "--no-abbrev", "--no-renames"]
    log = git("-c", "core.quotePath=false", "log", *options, "--format=%x00%H", "--", sources, folder=clone)
    for described in log.split("\0")[1:]:
        commit, *lines = described.split()[0], *described.splitlines()[1:]
        changes = {}
        for line in filter(None, lines):
            fields, _, path = line.partition("\t")
            *_, blob, status = fields.split()
            changes[path.removeprefix(f"{sources}/")] = "" if status == "D" else blob
        yield commit, changes


def answers_of(portal: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers to the template's prompts that give this portal.yaml."""
    environment = (PORTAL / ".env").read_text(encoding="utf-8") if (PORTAL / ".env").exists() else ""
    slug = re.search(r"(?m)^COMPOSE_PROJECT_NAME=(.+)$", environment)
    return {
        "project_name": portal["name"],
        "project_slug": slug[1] if slug else PORTAL.name,
        "description": portal["description"],
        "institute_name": portal["institute"]["name"],
        "institute_url": portal["institute"]["url"],
        "maintainers_name": portal["maintainers"]["name"],
        "maintainers_email": portal["maintainers"]["email"],
        "internet_domain": portal["sites"]["internet"]["domain"],
        "intranet_domain": portal["sites"]["intranet"]["domain"],
        "intranet_networks": ", ".join(portal["rings"]["campus"]),
        "tls": portal["tls"],
        "language_code": portal["language"],
        "time_zone": portal["time_zone"],
        "example_app": (PORTAL / "apps" / "polls").exists(),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--environment", type=Path, required=True, help="the virtual environment's folder")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("update").add_argument("--checkout", default="", help="a commit, tag or branch of the template")
    commands.add_parser("link").add_argument("url", help="the template's git repository")
    options = parser.parse_args()
    environment = (PORTAL / options.environment).absolute()
    try:
        if options.command == "link":
            return link(environment, options.url)
        return update(environment, options.checkout)
    except RefusedError as reason:
        print(f"make template-{options.command}: nothing was changed.\n{reason}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
