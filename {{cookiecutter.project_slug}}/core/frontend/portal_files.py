"""The files that servers make of portal.yaml: robots.txt, the web app manifest, the accent and the icons.

Django serves them in development. In production the configuration one-shot writes them for NGINX.
"""

import json
import mimetypes
from collections.abc import Callable
from typing import NamedTuple

from core.configuration.colour import accent_of
from core.configuration.languages import direction_of
from core.configuration.portal import Portal, SiteName
from core.configuration.prefixes import (
    ACCENT,
    ICON,
    ICON_192,
    ICON_512,
    ICON_MASKABLE,
    MANIFEST,
    ROBOTS,
)

from .document import describe
from .icons import png_icon, svg_icon

SHORT_NAME_LENGTH = 12  # characters that fit below an icon
BACKGROUND = "#f6f7f9"  # --page in frontend/styles/tokens.css, on light pages


class PortalFile(NamedTuple):
    """A file, and the media type that servers send with it."""

    media_type: str
    content: Callable[[Portal, SiteName], bytes]


def robots(portal: Portal, site: SiteName) -> bytes:
    """Return the rules for search engines: a site that not everyone may enter is not for them."""
    return b"User-agent: *\nDisallow: /\n" if portal.site(site).rings else b"User-agent: *\nDisallow:\n"


def manifest(portal: Portal, site: SiteName) -> bytes:
    """Return the web app manifest: https://developer.mozilla.org/docs/Web/Progressive_web_apps/Manifest."""
    content = {
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "name": portal.name,
        "short_name": short_name(portal.name),
        "description": describe(portal),
        "lang": portal.language,
        "dir": direction_of(portal.language),
        "theme_color": accent_of(portal.branding.colour).on_light,
        "background_color": BACKGROUND,
        "icons": icons(portal),
    }
    return json.dumps(content, indent=2).encode()


def short_name(name: str) -> str:
    """Return the first words of a name that fit below an icon, or the beginning of the first word."""
    words = name.split()
    count = max((n for n in range(1, len(words) + 1) if len(" ".join(words[:n])) <= SHORT_NAME_LENGTH), default=0)
    return " ".join(words[:count]) or name[:SHORT_NAME_LENGTH]


def icons(portal: Portal) -> list[dict[str, str]]:
    """Return the icons of the manifest: the portal's favicon, which may have any size, or the portal's own mark."""
    if favicon := portal.branding.favicon:
        media_type, _ = mimetypes.guess_type(favicon)
        return [{"src": favicon, "sizes": "any", **({"type": media_type} if media_type else {})}]
    return [
        {"src": ICON, "sizes": "any", "type": "image/svg+xml"},
        {"src": ICON_192, "sizes": "192x192", "type": "image/png"},
        {"src": ICON_512, "sizes": "512x512", "type": "image/png"},
        {"src": ICON_MASKABLE, "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
    ]


def accent_style(portal: Portal, site: SiteName) -> bytes:
    """Return the style sheet with the accent, for pages without a script: the error pages and the admin."""
    accent = accent_of(portal.branding.colour)
    return f":root {{ --brand-on-light: {accent.on_light}; --brand-on-dark: {accent.on_dark}; }}\n".encode()


def mark_colour(portal: Portal) -> str:
    return accent_of(portal.branding.colour).on_light  # the mark is white


PORTAL_FILES = {
    ROBOTS: PortalFile("text/plain", robots),
    MANIFEST: PortalFile("application/manifest+json", manifest),
    ACCENT: PortalFile("text/css", accent_style),
    ICON: PortalFile("image/svg+xml", lambda portal, site: svg_icon(mark_colour(portal))),
    ICON_192: PortalFile("image/png", lambda portal, site: png_icon(mark_colour(portal), 192)),
    ICON_512: PortalFile("image/png", lambda portal, site: png_icon(mark_colour(portal), 512)),
    ICON_MASKABLE: PortalFile("image/png", lambda portal, site: png_icon(mark_colour(portal), 512, maskable=True)),
}
