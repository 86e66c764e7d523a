"""The texts of a notification, made when somebody reads them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from core.catalogues.texts import translate
from core.plugins.registry import installed_plugins
from core.plugins.text_templates import fill

from .kinds import find_kind

MAX_TITLE_LENGTH = 200
SOURCE_LANGUAGE = "en"

TextsOf = Callable[[str, str, str], list[tuple[str, str]]]  # app, kind, language → as the function texts_of


@dataclass(frozen=True, slots=True)
class Content:
    """What is the same in every inbox: the kind with its app, the parameters, the link and the time."""

    app: str
    kind: str
    params: Mapping[str, Any]
    link: str
    created_at: datetime

    def encode(self) -> str:
        """Return the content as JSON, for the store."""
        return json.dumps(
            [self.app, self.kind, self.params, self.link, self.created_at.isoformat()], ensure_ascii=False
        )

    @classmethod
    def decode(cls, text: str | bytes) -> Self:
        app, kind, params, link, created_at = json.loads(text)
        return cls(app, kind, params, link, datetime.fromisoformat(created_at))


def texts_of(app: str, kind: str, language: str) -> list[tuple[str, str]]:
    """Return the title and the body of a kind with their parameters in braces: in a language, and then in English.

    A kind that is no longer declared has none.
    """
    declared = find_kind(app, kind)
    if declared is None:
        return []
    languages = dict.fromkeys((language, SOURCE_LANGUAGE))
    return [(translate(declared.title, code), translate(declared.body, code)) for code in languages]


def render(content: Content, language: str, texts_of: TextsOf = texts_of) -> tuple[str, str]:
    """Return the title and the body in a language. It never fails, because old messages may be of any kind.

    A message whose kind is no longer declared, or has other parameters now, has the title that it was sent with, or
    the title of its app. For many messages, pass a `texts_of` that keeps its results.
    """
    for texts in texts_of(content.app, content.kind, language):
        try:
            title, body = (fill(text, content.params) for text in texts)
        except KeyError:  # a wrong translation must not hide the text
            continue
        return shorten(title), body
    plugin = installed_plugins().get(content.app)
    neutral = plugin.title if plugin else content.app
    return shorten(str(content.params.get("title") or neutral)), ""


def shorten(title: str) -> str:
    """Return the title on one line, cut to MAX_TITLE_LENGTH."""
    line = " ".join(title.split())
    return line if len(line) <= MAX_TITLE_LENGTH else line[: MAX_TITLE_LENGTH - 1] + "…"
