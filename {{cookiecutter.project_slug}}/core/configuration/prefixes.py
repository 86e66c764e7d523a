"""The URL prefixes that belong to the servers. Every other path is a page of the frontend.

This is their only list. NGINX, webpack and the pages cannot import it: tests/test_prefixes.py compares theirs with it.
"""

API = "/api/"
AUTHENTICATION = "/_allauth/"
SOCKETS = "/ws/"
ADMIN = "/admin/"
REDIS_GUI = "/redis/"
HEALTH = "/health/"
STATIC = "/static/"
MEDIA = "/media/"
PROTECTED = "/protected/"
IDENTITY = "/identity/"  # the OpenID Connect provider, on its site only
WELL_KNOWN = "/.well-known/"

# Below these, an unknown path is 404 and never a page of the frontend.
PREFIXES = (API, AUTHENTICATION, SOCKETS, ADMIN, REDIS_GUI, HEALTH, STATIC, MEDIA, PROTECTED, IDENTITY, WELL_KNOWN)

# Below IDENTITY, these are for programs, and the others are pages.
IDENTITY_API = f"{IDENTITY}api/"

# The clients of these are programs: they get errors as problem details.
PROGRAM_PREFIXES = (API, AUTHENTICATION, SOCKETS, HEALTH, IDENTITY_API, WELL_KNOWN)

# These are 404 on the internet site.
INTRANET_PREFIXES = (ADMIN, REDIS_GUI)

# Files that the servers make of portal.yaml. Browsers and search engines look for some of them here.
ROBOTS = "/robots.txt"
MANIFEST = "/manifest.webmanifest"
ACCENT = "/accent.css"
ICON = "/icon.svg"
ICON_192, ICON_512, ICON_MASKABLE = "/icon-192.png", "/icon-512.png", "/icon-maskable.png"
PORTAL_FILES = (ROBOTS, MANIFEST, ACCENT, ICON, ICON_192, ICON_512, ICON_MASKABLE)

# Paths that more than one module names.
LIVENESS = f"{HEALTH}live/"
READINESS = f"{HEALTH}ready/"
SCHEMA = f"{API}schema/"
SWAGGER_UI = f"{SCHEMA}ui/"  # in development
SIGNED_IN = f"{PROTECTED}signed-in/"  # for the reverse proxy, which lets no client come here
ADMIN_LOGIN = f"{ADMIN}login/"
DISCOVERY = f"{WELL_KNOWN}openid-configuration"
TOKEN = f"{IDENTITY_API}token"


def relative(path: str) -> str:
    """Return `path` as Django's URL patterns have it: without the slash in front."""
    return path.removeprefix("/")


def first_segment(prefix: str) -> str:
    """Return `prefix` without its slashes. No service or app may have that name."""
    return prefix.strip("/")
