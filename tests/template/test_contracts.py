"""A contract changes only together with an entry in CHANGELOG.md that names it."""

import os
from pathlib import Path

from tests.template.contracts import contracts, undocumented
from tests.tooling.machines import REPOSITORY

SNAPSHOT = Path(__file__).parent / "snapshots" / "contracts.txt"
DO = """\
Add an entry to CHANGELOG.md that names it and says what to do. Then:
UPDATE_SNAPSHOTS=1 .venv/bin/python -m pytest tests/template/test_contracts.py"""


def test_a_contract_that_changes_has_an_entry_in_the_changelog() -> None:
    before, after = SNAPSHOT.read_text().splitlines(), contracts()
    without_entry = undocumented(before, after, (REPOSITORY / "CHANGELOG.md").read_text())
    assert not without_entry, "\n".join(["These contracts changed without an entry:", *without_entry, DO])
    if "UPDATE_SNAPSHOTS" in os.environ:
        SNAPSHOT.write_text("\n".join(after) + "\n")
    assert SNAPSHOT.read_text().splitlines() == after, f"snapshots/contracts.txt is not up to date.\n{DO}"


def test_an_entry_names_each_contract_that_was_added_or_removed() -> None:
    before = ["command of the portal: make old", "key of portal.yaml: sites.intranet.rings", "URL: /api/x/"]
    after = ["command of the portal: make old", "command of the portal: make new", "network: outward"]
    changelog = "# Changelog\n\n## Unreleased\n\n- {}\n\n## Before\n\n- `make new`, `rings`, `/api/x/` and `outward`\n"
    assert undocumented(before, after, changelog.format("Nothing.")) == [
        "URL: /api/x/",
        "command of the portal: make new",
        "key of portal.yaml: sites.intranet.rings",
        "network: outward",
    ]
    assert undocumented(before, after, changelog.format("`make newer`, `/api/x/`, `rings` and `outward`")) == [
        "command of the portal: make new"
    ]
    assert not undocumented(before, before, changelog)
