"""What servers write into the frontend's page, which is built once and holds nothing of portal.yaml.

Django writes it in development (views.py) and NGINX in production (core/deployment/document.py); webpack's server gets
the texts of `portal_texts` from the development server. Each text stands once in frontend/index.html.
"""

import re
from collections.abc import Iterable
from hashlib import sha256

from core.configuration.colour import accent_of
from core.configuration.languages import direction_of
from core.configuration.portal import Portal
from core.configuration.prefixes import ICON, ICON_MASKABLE

SCHEMES = ("light", "dark")

SAFE = re.compile(r"[a-zA-Z0-9 ,./_-]")

LANGUAGE = 'lang="en" dir="ltr"'
SCHEME = 'data-scheme=""'


def portal_texts(portal: Portal) -> dict[str, str]:
    """Return the texts of the page to replace, and what portal.yaml makes of each."""
    accent, favicon = accent_of(portal.branding.colour), portal.branding.favicon
    return {
        'data-accent=""': f'data-accent="{accent.on_light} {accent.on_dark}"',
        'name="description" content=""': f'name="description" content="{escape(describe(portal))}"',
        icon_link("icon", ICON): icon_link("icon", favicon or ICON),
        icon_link("apple-touch-icon", ICON_MASKABLE): icon_link("apple-touch-icon", favicon or ICON_MASKABLE),
        "<title>Portal</title>": f"<title>{escape(portal.name)}</title>",
    }


def icon_link(relation: str, path: str) -> str:
    return f'rel="{relation}" href="{escape(path)}"'


def describe(portal: Portal) -> str:
    """Return the portal's description. Without one, it is the portal's name and the institute's."""
    return portal.description or f"{portal.name}, {portal.institute.name}"


def language_attributes(language: str) -> str:
    return f'lang="{language}" dir="{direction_of(language)}"'


def write_texts(page: str, texts: dict[str, str]) -> str:
    """Replace each text once."""
    for found, replacement in texts.items():
        page = page.replace(found, replacement, 1)
    return page


def escape(text: str) -> str:
    """Return `text` as HTML of ASCII letters, digits, `,./-_`, spaces and character references alone.

    No other character can end an attribute of the page, or a string of NGINX's configuration.
    """
    return "".join(character if SAFE.match(character) else f"&#{ord(character)};" for character in text)


def digest(parts: Iterable[str]) -> str:
    """Return a short digest of texts, for an ETag."""
    return sha256("\0".join(parts).encode()).hexdigest()[:12]
