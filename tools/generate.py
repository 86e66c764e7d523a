"""Generate a portal into a folder that is kept, and bring it up to date when the template has changed since.

    python tools/generate.py var/demo [prompt=answer ...]

Prints the portal's folder. What was made in the portal since (its environment, packages, build, database, secrets) is
kept, and unchanged files keep their dates, so that `make` repeats only the steps that depend on a changed file.
"""

import filecmp
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

TEMPLATE = Path(__file__).resolve().parent.parent
SOURCES = ["cookiecutter.json", "hooks", "{{cookiecutter.project_slug}}"]
# Work on the template creates these in its folder. They are not part of it, but cookiecutter would copy them.
NOT_SOURCES = {".env", ".git", ".venv", "__pycache__", "node_modules", "secrets", "var"}
CACHE_ENDING = "_cache"
WRITE_SECRETS = "infrastructure/write-secrets"  # the portal's own script, which makes files of the secrets in .env


def files(folder: Path) -> Iterator[Path]:
    """Yield the source files below `folder`, sorted, relative to it."""
    for path in sorted(folder.iterdir()):
        is_build = path.name == "build" and folder.name == "frontend"
        if path.name == "var":
            yield Path("var/.gitignore")
        if path.name in NOT_SOURCES or path.name.endswith(CACHE_ENDING) or is_build:
            continue
        if path.is_dir():
            yield from (Path(path.name) / below for below in files(path))
        else:
            yield Path(path.name)


def source_files() -> Iterator[Path]:
    """Yield the files that a portal is made from, relative to the template."""
    for name in SOURCES:
        if (TEMPLATE / name).is_dir():
            yield from (Path(name) / path for path in files(TEMPLATE / name))
        else:
            yield Path(name)


def copy_sources(destination: Path) -> Path:
    """Copy the source files to `destination`, and return it."""
    for path in source_files():
        (destination / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(TEMPLATE / path, destination / path)
    return destination


def digest_of_sources(answers: list[str]) -> str:
    """Return a digest of the sources and the answers. While it is the same, so is the portal."""
    digest = hashlib.sha256(json.dumps(answers).encode())
    for path in source_files():
        content = (TEMPLATE / path).read_bytes()
        digest.update(f"{path} {(TEMPLATE / path).stat().st_mode & 0o111} {len(content)} ".encode() + content)
    return digest.hexdigest()


def generate(folder: Path, answers: list[str]) -> Path:
    """Generate a portal below `folder` from a copy of the template's sources, and return the portal's folder."""
    clean = copy_sources(folder / "template")
    # Leave out the defaults in the user's own configuration, and write nothing to their home folder.
    configuration = folder / "configuration.yaml"
    configuration.write_text(f"cookiecutters_dir: {folder / 'templates'}\nreplay_dir: {folder / 'replays'}\n")
    made = folder / "made"
    command = [sys.executable, "-m", "cookiecutter", "--no-input", "--config-file", configuration]
    done = subprocess.run(
        [*command, "--output-dir", made, clean, *answers], stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{done.stdout}\nThe portal was not generated. The messages above say why.")
    return next(made.iterdir())


def bring_up_to_date(portal: Path, fresh: Path, known: list[str]) -> list[str]:
    """Copy the files of `fresh` that differ into `portal`, and return the names of all of them.

    `known` are the files of an earlier generation. Those that `fresh` does not have are removed.
    """
    names = [str(path) for path in files(fresh)]
    for name in set(known) - set(names):
        (portal / name).unlink(missing_ok=True)
        for folder in (portal / name).relative_to(portal).parents[:-1]:
            if {path.name for path in (portal / folder).iterdir()} <= {"__pycache__"}:
                shutil.rmtree(portal / folder)
    # The secrets are kept while the portal needs the same ones.
    if not same(portal / ".env.example", fresh / ".env.example") or not (portal / ".env").exists():
        names.append(".env")
    for name in names:
        if (fresh / name).exists() and not same(portal / name, fresh / name):
            (portal / name).parent.mkdir(parents=True, exist_ok=True)
            # The copy gets a new date, not that of the template's file, so that what depends on it is made again.
            (portal / name).unlink(missing_ok=True)
            shutil.copy(fresh / name, portal / name)
    return [name for name in names if name != ".env"]


def same(one: Path, other: Path) -> bool:
    """Tell whether both files exist, with the same content and mode."""
    return (
        one.exists()
        and other.exists()
        and one.stat().st_mode == other.stat().st_mode
        and filecmp.cmp(one, other, shallow=False)
    )


def main(folder: Path, answers: list[str]) -> Path:
    """Generate or update the portal in `folder`, and return the portal's own folder."""
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / "generated.json"
    before = json.loads(record.read_text()) if record.exists() else {"digest": "", "name": "", "files": []}
    digest = digest_of_sources(answers)
    portal = folder / before["name"]
    if digest == before["digest"] and (portal / "portal.yaml").exists():
        return portal
    print(f"Generating a portal in {folder} ...", file=sys.stderr)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="generating-", dir=folder) as temporary:
        fresh = generate(Path(temporary), answers)
        portal = folder / fresh.name
        known = before["files"] if fresh.name == before["name"] else []
        names = bring_up_to_date(portal, fresh, known)
    if (portal / WRITE_SECRETS).exists():
        subprocess.run(["sh", WRITE_SECRETS], cwd=portal, check=True)
    record.write_text(json.dumps({"digest": digest, "name": portal.name, "files": names}))
    print(f"Generating a portal in {folder}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    return portal


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    print(main(Path(sys.argv[1]).absolute(), sys.argv[2:]))
