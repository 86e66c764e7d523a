"""JSON Schemas of manifest.yaml and portal.yaml, with which editors complete and check these files.

https://json-schema.org/. The files name theirs in a comment that the YAML language server reads.
"""

import json
from pathlib import Path

from pydantic import BaseModel

from core.configuration.portal import Portal
from core.plugins.manifest import Manifest

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MODELS: dict[str, type[BaseModel]] = {"manifest.schema.json": Manifest, "portal.schema.json": Portal}


def schema_files(folder: Path) -> dict[Path, str]:
    """Return the file of each schema in `folder` → its text."""
    return {
        folder / name: json.dumps({"$schema": DIALECT, **model.model_json_schema()}, indent=2) + "\n"
        for name, model in MODELS.items()
    }
