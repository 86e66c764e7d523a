"""Links in mails: absolute, and to the site where the reader may open them."""

from django.conf import settings

from core.configuration.portal import SiteName
from core.plugins.discovery import Plugin
from core.plugins.registry import installed_plugins


def absolute_link(path: str) -> str:
    """Return the URL of a path of the portal."""
    return f"{origin_of(site_of(path))}{path}"


def origin_of(site: SiteName) -> str:
    """Return the origin of a site. In development the port varies, so that a link has none."""
    return str(settings.SITE_ORIGINS[site]) if settings.CONFIGURATION.environment.is_production else ""


def site_of(path: str) -> SiteName:
    """Return the site on which people may open a path: the internet site, unless its app says otherwise.

    An app that is for some networks only is opened on the intranet site: from such a network, both sites work.
    """
    plugin = plugin_at(path)
    if plugin is None:
        return "internet"
    audience = plugin.manifest.audience
    if "internet" not in audience.sites or (audience.rings and "intranet" in audience.sites):
        return "intranet"
    return "internet"


def plugin_at(path: str) -> Plugin | None:
    """Return the app or service whose page is at a path, by its first segment."""
    segment = path.split("?")[0].split("#")[0].strip("/").split("/")[0]
    plugins = installed_plugins()
    owners = (plugin for plugin in plugins.values() if segment in plugin.manifest.pages)
    return plugins.get(segment) or next(owners, None)
