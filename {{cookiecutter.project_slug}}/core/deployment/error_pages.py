"""Renders NGINX's own errors: a page for people and problem details for programs, in each language of the portal.

infrastructure/nginx/snippets/error-pages.conf writes the request's id in place of `@ID@`, and the visitor's scheme.
"""

import json
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import django
from django.conf import settings
from django.template import Context, Engine
from django.utils import translation
from django.utils.translation import gettext as _

from core.configuration.portal import Portal
from core.http.error_pages import RELOAD_SECONDS, TEMPLATE, ErrorText, error_text, frame_context

CORE = Path(__file__).resolve().parents[1]
STATUSES = (400, 401, 403, 404, 405, 413, 414, 429, 500, 502, 503, 504)
PLAIN_HTTP = "plain-http/403"
MAINTENANCE = "maintenance/503"
REQUEST_ID = "@ID@"


def error_files(portal: Portal) -> Iterator[tuple[str, str]]:
    """Yield the path of each file and its content."""
    if not settings.configured:  # the one-shot has no other use of Django's settings
        settings.configure(
            LANGUAGE_CODE=portal.language,
            LANGUAGES=[(code, code) for code in portal.languages],
            LOCALE_PATHS=[CORE / "locale"],
        )
        django.setup()
    engine = Engine(dirs=[str(CORE / "templates")], libraries={"i18n": "django.templatetags.i18n"})
    for language in portal.languages:
        with translation.override(language):
            for name, status, text in nginx_errors():
                yield f"{language}/{name}.html", page(engine, portal, language, status, text)
                yield f"{language}/{name}.json", problem(status, text)


def nginx_errors() -> Iterator[tuple[str, int, ErrorText]]:
    """Yield the name, the status and the text of each error, in the active language."""
    # NGINX refuses visitors from outside the rings of a site. Django refuses people without a role.
    networks = _("This site is available from some networks only. Connect to the campus network or its VPN.")
    for status in STATUSES:
        text = error_text(status)
        if status == HTTPStatus.FORBIDDEN:
            text = ErrorText(text.title, networks)
        yield str(status), status, text
    plain = ErrorText(
        _("This address is not encrypted"), _("This request is not encrypted. Use a URL that begins with https://.")
    )
    yield PLAIN_HTTP, HTTPStatus.FORBIDDEN, plain
    maintenance = ErrorText(
        _("The portal is closed for maintenance"),
        _("The maintainers are working on the portal. Nothing is lost."),
        reloads=True,
    )
    yield MAINTENANCE, HTTPStatus.SERVICE_UNAVAILABLE, maintenance


def page(engine: Engine, portal: Portal, language: str, status: int, text: ErrorText) -> str:
    is_refused = status == HTTPStatus.FORBIDDEN  # then the home page is refused too
    context = {
        **frame_context(portal, language),
        "title": text.title,
        "detail": text.detail,
        "link": ("/sign-in", _("Sign in")) if status == HTTPStatus.UNAUTHORIZED else None,
        "is_temporary": text.reloads or is_refused or status in {429, 500},
        "has_home": not is_refused,
        "reload_seconds": RELOAD_SECONDS if text.reloads else None,
        "request_id": REQUEST_ID,
    }
    return engine.get_template(TEMPLATE).render(Context(context))


def problem(status: int, text: ErrorText) -> str:
    """Return problem details, as core/http/problems.py makes them for Django's errors."""
    detail = f"{text.detail} {_('Try again in a few seconds.')}" if text.reloads else text.detail
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "request_id": REQUEST_ID,
    }
    return json.dumps(body)
