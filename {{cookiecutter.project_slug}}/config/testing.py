"""The settings of the tests: the portal's own, in the environment called testing."""

import os

os.environ["PORTAL_ENVIRONMENT"] = "testing"

from config import settings as portal_settings

# Django reads upper-case names alone.
globals().update({name: value for name, value in vars(portal_settings).items() if name.isupper()})
