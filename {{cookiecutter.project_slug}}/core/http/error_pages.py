"""The error pages: what happened and what to do, in the portal's name and the visitor's language.

Django renders them for its own errors. In production the configuration one-shot renders them for NGINX's errors too.
"""

import math
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core.configuration.languages import direction_of
from core.configuration.portal import Portal
from core.configuration.prefixes import ICON

TEMPLATE = "core/error.html"
RELOAD_SECONDS = 5


class ErrorText(NamedTuple):
    """What a page says of an error. `reloads`: the page loads again by itself, because the error passes."""

    title: str
    detail: str
    reloads: bool = False


def error_text(status: int) -> ErrorText:
    """Return the text for a status, in the active language. The server that answers may know a better detail."""
    texts = {
        400: ErrorText(_("The portal could not understand this"), _("The portal could not understand the request.")),
        401: ErrorText(_("Sign in to continue"), _("This page is for people who have signed in.")),
        403: ErrorText(_("You do not have access"), _("You do not have permission to do this.")),
        404: ErrorText(
            _("Page not found"), _("There is nothing at this URL. It may be mistyped, or the page has moved.")
        ),
        405: ErrorText(_("This does not work here"), _("This URL does not support the method of the request.")),
        413: ErrorText(_("This is too large"), _("The request is too large. Send less, or a smaller file.")),
        414: ErrorText(_("This URL is too long"), _("The portal accepts shorter URLs only.")),
        429: ErrorText(_("Too many requests"), _("Too many requests. Wait a moment, then try again.")),
        500: ErrorText(
            _("Something went wrong"),
            _("The error was logged. Try again in a minute. If it happens again, tell the maintainers the request ID."),
        ),
        502: ErrorText(
            _("The portal is being updated"),
            _("The portal is restarting, which usually takes less than a minute."),
            True,
        ),
        503: ErrorText(
            _("The portal is not available right now"),
            _("Part of the portal is not responding. Nothing is lost."),
            True,
        ),
        504: ErrorText(_("The portal takes too long"), _("The portal is taking too long to respond."), True),
    }
    return texts.get(status) or texts[500 if status >= 500 else 400]


def wait_text(seconds: float) -> str:
    """Return when to try again, in the active language."""
    if seconds < 60:
        count = max(1, math.ceil(seconds))
        return ngettext("Try again in %(count)s second.", "Try again in %(count)s seconds.", count) % {"count": count}
    count = math.ceil(seconds / 60)
    return ngettext("Try again in %(count)s minute.", "Try again in %(count)s minutes.", count) % {"count": count}


def portal_context(request: HttpRequest) -> dict[str, Any]:
    """Add the portal and the frame of plain pages to the context of every page of Django's."""
    language = get_language() or settings.LANGUAGE_CODE
    return frame_context(settings.PORTAL, language, scheme=request.COOKIES.get("scheme", ""))


def frame_context(portal: Portal, language: str, *, scheme: str = "") -> dict[str, Any]:
    """Return the context of core/plain_page.html, the frame of pages without the frontend."""
    return {
        "portal": portal,
        "language": language,
        "direction": direction_of(language),
        "scheme": scheme if scheme in {"light", "dark"} else "",
        "icon": portal.branding.favicon or ICON,
    }
