"""What the portal is told from outside, read once: `.env`, `portal.yaml`, manifests and the process's environment."""

from pathlib import Path

from core.plugins.loading import load

BASE_DIRECTORY = Path(__file__).resolve().parents[2]

configuration, plugins = load(BASE_DIRECTORY)
environment = configuration.environment
portal = configuration.portal

# Worker, scheduler and one-shots belong to no site; a developer who names none works on the intranet one.
SITE = environment.site if environment.is_production else environment.site or "intranet"

# The namespace of every key in every store: a test run must not meet what a portal keeps there.
KEY_PREFIX = "portal:test" if environment.is_testing else "portal"

VARIABLE_DIRECTORY = BASE_DIRECTORY / "var"
