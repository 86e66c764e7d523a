"""Install an app as a Python package, or remove one.

    python install_app.py --environment .venv --install omniport-library
    python install_app.py --environment .venv --uninstall library

`make install` and `make uninstall` run it. packages/requirements.txt names the packages, and packages/ keeps the wheels
that are in no index. When a step fails, all files are as before.
"""

import argparse
import shutil
import sys
from importlib.metadata import entry_points
from pathlib import Path

from lock_sources import INSTALLED, NAME, ROOT, canonical
from make_locks import (
    LOCKS,
    WHEELS,
    RefusedError,
    add_requirement,
    arguments,
    exit_status,
    make_locks,
    restored_on_failure,
    step,
)

GROUP = "omniport.apps"  # as in core/configuration/installed_apps.py
WHEEL_PARTS = 5  # NAME-VERSION-py3-none-any.whl; some have a sixth


def installed_apps() -> dict[str, str]:
    """Return app -> package, for the apps that are installed as packages."""
    return {one.name: one.dist.name for one in entry_points(group=GROUP) if one.dist}


def install(environment: Path, make: list[str], app: str) -> None:
    """Install a package with an app: one of an index, by its name, or a wheel, by its path."""
    requirement = keep_wheel(Path(app)) if app.endswith(".whl") else app
    add_requirement(INSTALLED, requirement, "make install: app", "app=omniport-library, or app=some/folder/NAME.whl")
    make_locks(environment, make)
    package = canonical(NAME.match(requirement)[0])
    names = [name for name, owner in installed_apps().items() if canonical(owner) == package]
    if not names:
        raise RefusedError(
            f"make install: app\n  found    {package}, a package without an entry point in the group omniport.apps\n"
            "  allowed  a package that contains an app: docs/how-to/publish-an-app-as-a-package.md\n"
            f"  do       for a package that your app needs, write make add python={package} app=..."
        )
    # It reads the manifests, and says if a name is taken.
    step("Checking", [environment / "bin" / "python", "manage.py", "check"])
    print(f"\nInstalled {', '.join(names)}. To see it, start the portal: make dev")


def keep_wheel(wheel: Path) -> str:
    """Copy a wheel to packages/ and return the requirement for it."""
    parts = wheel.stem.split("-")
    if not wheel.is_file() or len(parts) < WHEEL_PARTS:
        raise RefusedError(
            f"make install: app\n  found    {wheel}, no wheel\n  allowed  NAME-VERSION-py3-none-any.whl, a file\n"
            "  do       build it: docs/how-to/publish-an-app-as-a-package.md"
        )
    kept = WHEELS / wheel.name
    if not (ROOT / kept).exists() or not (ROOT / kept).samefile(wheel):
        shutil.copyfile(wheel, ROOT / kept)
    package, version, *_ = parts
    for other in wheels_of(canonical(package)):
        if other != kept:
            (ROOT / other).unlink()
    return f"{canonical(package)}=={version}"


def uninstall(environment: Path, make: list[str], app: str) -> None:
    """Remove an installed app, by its name or that of its package."""
    apps = installed_apps()
    package = canonical(apps.get(app, app))
    lines = (ROOT / INSTALLED).read_text(encoding="utf-8").splitlines() if (ROOT / INSTALLED).exists() else []
    others = [line for line in lines if not (name := NAME.match(line)) or canonical(name[0]) != package]
    if others == lines:
        raise RefusedError(
            f"make uninstall: app\n  found    {app or 'nothing'}\n"
            f"  allowed  an app that make install installed: {', '.join(apps) or '(none)'}\n"
            "  do       write one of these. Delete the folder of an app in apps/"
        )
    (ROOT / INSTALLED).write_text("".join(f"{line}\n" for line in others), encoding="utf-8")
    if not others:
        (ROOT / INSTALLED).unlink()
    for wheel in wheels_of(package):
        (ROOT / wheel).unlink()
    make_locks(environment, make)
    print(f"\nRemoved {app}. Its tables and files are kept.")


def wheels() -> list[Path]:
    return [wheel.relative_to(ROOT) for wheel in (ROOT / WHEELS).glob("*.whl")]


def wheels_of(package: str) -> list[Path]:
    return [wheel for wheel in wheels() if canonical(wheel.name.partition("-")[0]) == package]


def run(options: argparse.Namespace) -> None:
    new = WHEELS / Path(options.install or "").name
    with restored_on_failure([*LOCKS, INSTALLED, *wheels(), *([new] if new.suffix == ".whl" else [])]):
        if options.install is not None:
            install(options.environment, options.make, options.install)
        else:
            uninstall(options.environment, options.make, options.uninstall)


if __name__ == "__main__":
    parser = arguments(__doc__.splitlines()[0])
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--install", metavar="APP", help="a package with an app, or a wheel")
    what.add_argument("--uninstall", metavar="APP", help="an app that is installed as a package")
    options = parser.parse_args()
    sys.exit(exit_status(lambda: run(options)))
