"""Write core/plugins/lucide.json anew, with the icons of the newest lucide-static. `make roll` does so.

The package is downloaded and read, not installed: https://lucide.dev/guide/packages/lucide-static
"""

import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ICONS, LICENCE = FILES = (Path("core/plugins/lucide.json"), Path("core/plugins/lucide-license.txt"))

sys.path.insert(0, str(ROOT))
from core.plugins.svg import path_of  # noqa: E402 - it needs the portal's folder


def move_icons() -> None:
    """Download the package, and write its icons and its licence."""
    with tempfile.TemporaryDirectory() as folder:
        npm = [str(ROOT / "infrastructure" / "development" / "npm"), "pack", "lucide-static"]
        subprocess.run([*npm, "--silent", "--pack-destination", folder], check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as package:
            nodes, licence, about = (
                package.extractfile(f"package/{name}").read() for name in ("icon-nodes.json", "LICENSE", "package.json")
            )
    (ROOT / LICENCE).write_bytes(licence)
    (ROOT / ICONS).write_text(render(json.loads(nodes), json.loads(about)["version"]))


def render(nodes: dict[str, list[tuple[str, dict[str, str]]]], version: str) -> str:
    """Return the file: a line for each icon, so that a change of one is a change of its line."""
    paths = {name: "".join(path_of(tag, attributes) for tag, attributes in shapes) for name, shapes in nodes.items()}
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(path)}" for name, path in sorted(paths.items()))
    return f'{{"version": {json.dumps(version)}, "icons": {{\n{lines}\n}}}}\n'


if __name__ == "__main__":
    move_icons()
