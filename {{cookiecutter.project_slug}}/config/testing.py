"""The settings of the tests: the portal's own, in the environment called testing."""

import os
from ipaddress import ip_network

os.environ["PORTAL_ENVIRONMENT"] = "testing"

from config import settings as portal_settings

# Django reads upper-case names alone.
globals().update({name: value for name, value in vars(portal_settings).items() if name.isupper()})

# The tests must pass with the networks of every institute. In them, `campus` holds this machine and the private
# networks, every other ring of portal.yaml is empty, and only the intranet site has a ring.
_portal = portal_settings.PORTAL
_campus = ("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
_site_rings: dict[str, list[str]] = {"internet": [], "intranet": ["campus"]}
PORTAL = _portal.model_copy(
    update={
        "rings": {name: [] for name in _portal.rings} | {"campus": list(map(ip_network, _campus))},
        "sites": _portal.sites.model_copy(
            update={
                site: getattr(_portal.sites, site).model_copy(update={"rings": rings})
                for site, rings in _site_rings.items()
            }
        ),
    }
)
