"""Lighthouse, run on one page of a stack."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.support.checkout import REPOSITORY
from tests.support.processes import clean_environment

SOURCE = REPOSITORY / "tests" / "stack" / "lighthouse"  # package.json and its lock
FORMS = {"phone": [], "desktop": ["--preset=desktop"]}
CATEGORIES = ["performance", "accessibility", "best-practices", "seo"]


class Lighthouse:
    """Lighthouse of the lock, installed in `folder` by the npm that a portal uses."""

    def __init__(self, folder: Path, portal: Path) -> None:
        self.folder = folder
        self.tools = portal / "infrastructure" / "development"
        self.environment = clean_environment() | {"VENV": str(portal / ".venv")}
        installed = folder / "node_modules" / ".package-lock.json"
        lock = SOURCE / "package-lock.json"
        if installed.exists() and (folder / lock.name).read_bytes() == lock.read_bytes():
            return
        folder.mkdir(parents=True, exist_ok=True)
        for file in (SOURCE / "package.json", lock):
            shutil.copy(file, folder)
        self.run(str(self.tools / "npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund")

    def run(self, *command: str, **variables: str) -> str:
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment | variables,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            timeout=300,
        )
        if done.returncode:
            raise AssertionError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def report(self, url: str, *options: str, chromium: str, flags: list[str]) -> dict[str, Any]:
        """Return the report of one page. `flags` are those of Chromium."""
        node = self.run(str(self.tools / "find-node"), self.environment["VENV"]).strip()
        command = [node, "node_modules/lighthouse/cli/index.js", url, "--quiet", "--output=json", *options]
        chromium_flags = " ".join(["--headless=new", *flags])
        return json.loads(self.run(*command, f"--chrome-flags={chromium_flags}", CHROME_PATH=chromium))


def scores(report: dict[str, Any]) -> dict[str, float]:
    """Return the score of each category, of 100."""
    return {name: round(100 * report["categories"][name]["score"]) for name in CATEGORIES}


def lost(report: dict[str, Any], category: str) -> list[str]:
    """Return the audits of a category that take points."""
    audits = report["audits"]
    return [
        f"{one['id']}: {audits[one['id']]['title']} {audits[one['id']].get('displayValue', '')}"
        for one in report["categories"][category]["auditRefs"]
        if one["weight"] > 0 and (audits[one["id"]]["score"] or 0) < 1
    ]
