"""What a mail shows of an announcement: its whole text."""

import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from services.notifications.mail.links import absolute_link

from .markdown import parse_markdown
from .models import Announcement
from .rendering import html_of, text_of

KEPT_SECONDS = 60
KEPT = 16  # announcements


def render_mail(params: Mapping[str, Any], language: str) -> tuple[str, str]:
    """Return plain text and HTML for services.notifications.mail_content; only a summary of a deleted announcement.

    Thousands of mails with the same text follow each other, so a process makes it once in a minute.
    """
    return rendered(params["announcement"], int(time.monotonic() // KEPT_SECONDS)) or (params["summary"], "")


@lru_cache(maxsize=KEPT)
def rendered(pk: int, minute: int) -> tuple[str, str] | None:
    text = Announcement.objects.filter(pk=pk).values_list("text", flat=True).first()
    if text is None:
        return None
    tree = parse_markdown(text)
    return text_of(tree, url_of=absolute_link), html_of(tree, url_of=absolute_link)
