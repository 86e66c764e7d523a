"""The settings of the tests: the portal's own, in the environment called testing."""

import os
from ipaddress import ip_network
from typing import Any

os.environ["PORTAL_ENVIRONMENT"] = "testing"

from config import settings as portal_settings
from core.configuration.portal import Portal

CAMPUS = ("127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")


def with_time_for_tests(entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry of CACHES whose server, if it has one, may take 20 seconds.

    Production goes on without a store or the cache that takes longer than a second. On the busy machine of a test run,
    it would be missing in the middle of a test.
    """
    options = entry.get("OPTIONS", {})
    limits = options.keys() & {"SOCKET_CONNECT_TIMEOUT", "SOCKET_TIMEOUT", "connect_timeout", "timeout"}
    return entry | {"OPTIONS": options | dict.fromkeys(limits, 20)}


def with_rings_for_tests(portal: Portal) -> Portal:
    """Return the portal with rings of its own, so that the tests pass with the networks of every institute.

    The ring `campus` holds this machine and the private networks, and alone may enter the intranet site. Every other
    ring of portal.yaml is empty, and the internet site is open.
    """
    rings: dict[str, list[Any]] = {name: [] for name in portal.rings} | {"campus": list(map(ip_network, CAMPUS))}
    internet = portal.sites.internet.model_copy(update={"rings": []})
    intranet = portal.sites.intranet.model_copy(update={"rings": ["campus"]})
    sites = portal.sites.model_copy(update={"internet": internet, "intranet": intranet})
    return portal.model_copy(update={"rings": rings, "sites": sites})


# Django reads upper-case names alone.
globals().update({name: value for name, value in vars(portal_settings).items() if name.isupper()})
PORTAL = with_rings_for_tests(portal_settings.PORTAL)
CACHES = {alias: with_time_for_tests(entry) for alias, entry in portal_settings.CACHES.items()}
