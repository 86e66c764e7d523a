"""Decides who may use what is for maintainers: /admin/, the Redis GUI and the API of maintainers.

They are people who can use /admin/ and whose powers hold now: core/people/powers.py.
"""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from core.http.problems import error_response
from core.people.powers import Powers, powers_of

from .audience import Outcome

OUTCOMES = {
    Powers.HELD: Outcome.ALLOWED,
    Powers.OTHER_SITE: Outcome.INTRANET,
    Powers.TOKEN: Outcome.TOKEN,
    Powers.SECOND_FACTOR: Outcome.SECOND_FACTOR,
}


def maintainer_outcome(request: HttpRequest, *, superuser: bool = False) -> Outcome:
    """Return whether this request may use what is for maintainers; with `superuser`, for superusers only."""
    person: Any = request.user
    if not person.is_authenticated:
        return Outcome.SIGN_IN
    if not person.is_staff or (superuser and not person.is_superuser):
        return Outcome.MAINTAINERS
    return OUTCOMES[powers_of(person)]


def maintainer_response(request: HttpRequest, path: str) -> HttpResponse | None:
    """Return the response to a request that may not use the page at `path`; None for a request that may.

    Someone who opens a page is redirected to where they can gain access. Other requests get an error. If only the
    second factor is missing, the error's page links to where it is confirmed: the browser still has the form.
    """
    outcome = maintainer_outcome(request)
    if outcome is Outcome.ALLOWED:
        return None
    is_page = request.method in {"GET", "HEAD"}
    if outcome is Outcome.SIGN_IN and is_page:
        return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': path}, safe='/')}")
    if outcome is Outcome.SECOND_FACTOR:
        url = f"/account/?{urlencode({'second-factor': 'required', 'next': path}, safe='/')}"
        if is_page:
            return HttpResponseRedirect(url)
        link = (url, _("Confirm your second factor, then go back and send the form again"))
        return error_response(request, outcome.status, outcome.detail, link=link)
    return error_response(request, outcome.status, outcome.detail)
