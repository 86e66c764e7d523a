"""What the functions in `attention.py` and `search.py` of an app yield: docs/how-to/be-found.md.

The portal checks each item before it shows it. It puts texts on one line and cuts them to their limits, and it raises
TypeError or ValueError for anything else.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from django.utils.functional import Promise
from django.utils.timezone import is_aware

from core.http.links import check_link
from core.plugins.registry import installed_plugins

MOST_TITLE = 200  # characters
MOST_DETAIL = 200
MOST_ACTION = 30
MOST_KEY = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionItem:
    """Something that needs the attention of the visitor.

    `link` is a path of the portal, and `action` what the visitor does there, such as "Vote". `at` is when it is due, or
    when it happened. `key` tells the items of an app apart. `app` names another app that the item is about.
    """

    title: str
    link: str
    detail: str = ""
    action: str = ""
    at: datetime | None = None
    key: str = ""
    app: str = ""

    def checked(self) -> Self:
        if self.at is not None and not (isinstance(self.at, datetime) and is_aware(self.at)):
            raise TypeError(f"at is a datetime with a time zone, or None, not {self.at!r:.100}")
        if self.app and self.app not in installed_plugins():
            raise ValueError(f"app is the name of an installed app, or empty, not {self.app!r:.100}")
        return type(self)(
            title=title(self.title),
            link=link(self.link),
            detail=line(self.detail, MOST_DETAIL),
            action=line(self.action, MOST_ACTION),
            at=self.at,
            key=line(self.key, MOST_KEY),
            app=self.app,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """Something that a search found. `image` is a path of the portal, such as that of a person's photo."""

    title: str
    link: str
    detail: str = ""
    image: str = ""

    def checked(self) -> Self:
        return type(self)(
            title=title(self.title),
            link=link(self.link),
            detail=line(self.detail, MOST_DETAIL),
            image=check_link(self.image),
        )


def title(text: Any) -> str:
    if not (found := line(text, MOST_TITLE)):
        raise ValueError("an item needs a title")
    return found


def link(path: Any) -> str:
    if not isinstance(path, str) or not path:
        raise ValueError(f"an item needs a link, a path of this portal such as /polls/7/, not {path!r:.100}")
    return check_link(path)


def line(text: Any, most: int) -> str:
    """Return a text on one line, cut to `most` characters."""
    if not isinstance(text, str | Promise):
        raise TypeError(f"a text is a str, not {text!r:.100}")
    found = " ".join(str(text).split())
    return found if len(found) <= most else found[: most - 1] + "…"
