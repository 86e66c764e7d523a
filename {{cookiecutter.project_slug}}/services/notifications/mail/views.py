"""The page that turns mails off. Mail servers call it too, without a session: RFC 8058."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core.http.clients import client_ip, client_network
from core.http.error_pages import frame_context
from core.http.problems import error_response
from core.stores.counters import limit

from ..kinds import get_kind
from ..preferences import kind_title
from .unsubscribing import read_token, unsubscribe

# For one address. A mail provider sends all its people's clicks from few of them.
MOST_REQUESTS = 300
PERIOD = timedelta(minutes=1)


@never_cache
@csrf_exempt  # the token is the proof, and no cookie is read
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_view(request: HttpRequest, token: str) -> HttpResponse:
    """Ask before turning anything off: programs that look for viruses follow each link. POST turns it off."""
    allowance = limit(
        "notifications", f"unsubscribe:{client_network(client_ip(request))}", most=MOST_REQUESTS, per=PERIOD
    )
    if not allowance.is_allowed:
        return error_response(request, 429, _("Too many requests."), retry_after=allowance.retry_after.total_seconds())
    subscription = read_token(token)
    if subscription is None:
        return page(
            request,
            title=_("This link does not work"),
            text=_("It is not complete, or too old. Sign in and choose on your account page what you get by mail."),
            status=404,
        )
    kinds = [kind_title(name) for name in subscription.kinds]
    in_inbox = all("inbox" in get_kind(name)[2].channels for name in subscription.kinds)
    if request.method == "POST":
        unsubscribe(subscription)
        return page(
            request,
            title=_("These mails are turned off"),
            text=_("You still find these notifications in the portal.") if in_inbox else "",
            kinds=kinds,
        )
    return page(
        request,
        title=_("Turn these mails off?"),
        text=_("You will still find these notifications in the portal.") if in_inbox else "",
        kinds=kinds,
        asks=True,
    )


def page(request: HttpRequest, *, status: int = 200, **context: Any) -> HttpResponse:
    language = getattr(request, "LANGUAGE_CODE", settings.LANGUAGE_CODE)
    frame = frame_context(settings.PORTAL, language, scheme=request.COOKIES.get("scheme", ""))
    return render(request, "notifications/unsubscribe.html", {**frame, **context}, status=status)
