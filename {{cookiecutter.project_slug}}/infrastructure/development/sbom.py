"""Write a software bill of materials of what the portal runs on: CycloneDX, one file each for Python and JavaScript.

`make sbom` runs it: python sbom.py --environment .venv. It reads the locks, and installs none of their packages.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from lock_sources import JAVASCRIPT_LOCK, PYTHON_LOCKS, ROOT, package_files

TOOLS = Path("infrastructure") / "development"
FOLDER = Path("var") / "sbom"
PRODUCTION = next(iter(PYTHON_LOCKS))
# npm describes no package without a version. The portal and its apps have none.
NO_VERSION = "0.0.0"


def write_python(environment: Path, file: Path) -> None:
    python = environment / "bin" / "python"
    uv = [python, TOOLS / "run_uv.py", "tool", "run", "--quiet", "--no-python-downloads", f"--python={python}"]
    options = ["--pyproject=pyproject.toml", "--output-format=JSON", "--output-reproducible", f"--output-file={file}"]
    command = [*uv, "--from=cyclonedx-bom", "cyclonedx-py", "requirements", *options, PRODUCTION]
    subprocess.run([str(word) for word in command], cwd=ROOT, check=True, stderr=subprocess.PIPE, text=True)


def write_javascript(environment: Path, file: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="sbom-") as folder:
        for name in package_files(ROOT):
            copy_json(name, Path(folder), lambda package: package.setdefault("version", NO_VERSION))
        copy_json(JAVASCRIPT_LOCK, Path(folder), give_versions)
        command = [ROOT / TOOLS / "npm", "sbom", "--sbom-format=cyclonedx", "--package-lock-only", "--omit=dev"]
        variables = {**os.environ, "VENV": str(environment)}
        done = subprocess.run(command, cwd=folder, env=variables, check=True, capture_output=True, text=True)
    (ROOT / file).write_text(done.stdout, encoding="utf-8")


def copy_json(name: Path, folder: Path, change: Any) -> None:
    content = json.loads((ROOT / name).read_text(encoding="utf-8"))
    change(content)
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(json.dumps(content), encoding="utf-8")


def give_versions(lock: dict[str, Any]) -> None:
    """Give the packages of a lock that are folders of the portal a version."""
    for path, package in lock["packages"].items():
        if "node_modules" not in path:
            package.setdefault("version", NO_VERSION)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--environment", type=Path, required=True, help="the virtual environment's folder")
    environment = (ROOT / parser.parse_args().environment).absolute()
    (ROOT / FOLDER).mkdir(parents=True, exist_ok=True)
    for name, write in (("python", write_python), ("javascript", write_javascript)):
        file = FOLDER / f"{name}.cdx.json"
        try:
            write(environment, file)
        except subprocess.CalledProcessError as error:
            print(f"{file}: not written\n{error.stderr}", file=sys.stderr)
            return 1
        print(f"{file}: {len(json.loads((ROOT / file).read_text())['components'])} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main())
