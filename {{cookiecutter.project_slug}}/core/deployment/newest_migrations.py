"""Writes the newest migration of each Django app of this release to a file, for core/deployment/wait.py.

    python -m core.deployment.newest_migrations var/migrations.json

The Dockerfile runs it. It connects to no database.
"""

import json
import os
import sys
from pathlib import Path


def newest_migrations() -> list[tuple[str, str]]:
    """Return app and name of each migration on which no other of its app depends."""
    from django.db.migrations.loader import MigrationLoader

    return sorted(MigrationLoader(None).graph.leaf_nodes())


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    Path(sys.argv[1]).write_text(json.dumps(newest_migrations()))
