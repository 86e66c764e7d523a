"""The settings of a test run: the portal's own, read with the environment named testing."""

import os

os.environ["PORTAL_ENVIRONMENT"] = "testing"

from config.settings import *  # noqa: F403
