"""The HTML of a mail whose text is written in full: the same words, in the portal's name and colour.

Nothing in it is loaded from elsewhere, and it needs no style sheet, because mail programs remove them.
"""

import re
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import get_language

from core.configuration.colour import accent_of
from core.configuration.languages import direction_of

TEMPLATE = "core/mail/frame.html"
URL = re.compile(r"https?://\S+")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a mail: its lines, or `url` where it is nothing but a link."""

    lines: list[str]
    url: str = ""


def framed_mail(subject: str, text: str, *, to: list[str], link_text: str = "") -> EmailMultiAlternatives:
    """Return a mail with a text and its HTML. A paragraph that is a link becomes a button with the text `link_text`."""
    body = text.strip() + "\n"
    mail = EmailMultiAlternatives(subject, body, to=to)
    mail.attach_alternative(framed_html(body, link_text), "text/html")
    return mail


def framed_html(text: str, link_text: str = "") -> str:
    """Return the HTML of a mail's text: an empty line separates paragraphs."""
    context = {
        **frame_of(get_language() or settings.LANGUAGE_CODE),
        "paragraphs": [paragraph_of(part) for part in re.split(r"\n\s*\n", text.strip())],
        "link_text": link_text,
    }
    return render_to_string(TEMPLATE, context)


def frame_of(language: str) -> dict[str, Any]:
    """Return what core/mail/frame.html needs, for a mail in this language."""
    portal = settings.PORTAL
    return {
        "portal": portal,
        "language": language,
        "direction": direction_of(language),
        "accent": accent_of(portal.branding.colour).on_light,
    }


def paragraph_of(text: str) -> Paragraph:
    lines = [line.strip() for line in text.strip().splitlines()]
    is_link = len(lines) == 1 and URL.fullmatch(lines[0])
    return Paragraph(lines, lines[0] if is_link else "")
