"""Closes the portal to visitors while the maintainers work on it: NGINX answers, so that everything else may be away.

`make maintenance STATE=on` prints a link, which gives a browser a cookie that lets it pass. Signing in could not decide
who passes, because it needs servers and stores.
"""

import secrets
from pathlib import Path

FILE = "maintenance.conf"
PREFIX = "/_maintenance/"  # infrastructure/nginx/snippets/site.conf has its location
COOKIE = "maintenance_pass"

OPEN = """\
map 1 $is_closed { default 0; }
map 1 $maintenance_cookie { default ''; }
"""


def closed(key: str) -> str:
    """Return NGINX's variables while the portal is closed to everyone without the key."""
    return f"""\
map $cookie_{COOKIE} $is_closed {{
    default 1;
    {key} 0;
}}
map $uri $maintenance_cookie {{
    default '';
    {PREFIX}{key} "{COOKIE}={key}; Path=/; Secure; HttpOnly; SameSite=Lax";
}}
"""


def set_maintenance(directory: Path, *, on: bool) -> str | None:
    """Close or open the portal from NGINX's next reload on. Returns the path of the link that lets a browser pass."""
    key = secrets.token_hex(16) if on else None
    write(directory, closed(key) if key else OPEN)
    return f"{PREFIX}{key}" if key else None


def ensure_file(directory: Path) -> None:
    """Write the file of an open portal if there is none: a deployment does not end the maintenance."""
    if not (directory / FILE).exists():
        write(directory, OPEN)


def write(directory: Path, content: str) -> None:
    temporary = directory / f"{FILE}.new"
    temporary.write_text(content)
    temporary.replace(directory / FILE)
