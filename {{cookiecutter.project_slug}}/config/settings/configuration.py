"""What the settings are made from, read once: `.env`, `portal.yaml`, the manifests and the process's environment."""

from pathlib import Path

from core.plugins.loading import load

BASE_DIRECTORY = Path(__file__).resolve().parents[2]
VARIABLE_DIRECTORY = BASE_DIRECTORY / "var"

CONFIGURATION, PLUGINS = load(BASE_DIRECTORY)
ENVIRONMENT = CONFIGURATION.environment
PORTAL = CONFIGURATION.portal

# Worker, scheduler and one-shots have no site. In development the intranet site is the default.
SITE = ENVIRONMENT.site if ENVIRONMENT.is_production else ENVIRONMENT.site or "intranet"

# Every key in every store starts with it. Tests have a prefix of their own, so that they never touch a portal's data.
KEY_PREFIX = "portal:test" if ENVIRONMENT.is_testing else "portal"
